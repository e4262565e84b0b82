import { Stack } from '@mantine/core'
import { keyCheckUrl, nodeSnippet, phpSnippet } from '../lander-snippets.ts'
import type { Lander } from '../resources.ts'
import { landerKeyTexts as words } from '../texts-elsewhere.ts'
import { CopyField } from './copy-field.tsx'
import { Section } from './page.tsx'

/** How the page of a protected lander tells who may see it. */
export function LanderKeyHelp({ lander: { id, clickUrl } }: { readonly lander: Lander }) {
  return (
    <Section title={words.title} aside={words.lead}>
      <Stack gap="md">
        <CopyField label={words.param} value="k={lander.key}" description={words.paramHint} />
        <CopyField label={words.php} value={phpSnippet(id)} description={words.secretHint} />
        <CopyField label={words.node} value={nodeSnippet(id)} description={words.nodeHint} />
        <CopyField label={words.ask} value={keyCheckUrl(clickUrl, id)} description={words.askHint} />
      </Stack>
    </Section>
  )
}
