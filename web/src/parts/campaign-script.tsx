import { Input, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import type { Campaign } from '../resources.ts'
import { scriptTexts } from '../texts-elsewhere.ts'
import classes from './campaign-script.module.css'
import { CopyField } from './copy-field.tsx'
import { Loaded } from './loaded.tsx'

const words = scriptTexts

/** What to paste into pages that visitors reach without the campaign link; asked for once it is unfolded. */
export function CampaignScript({ campaign }: { readonly campaign: Campaign }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details className={classes.more} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.withoutRedirect}</summary>
      {isOpen && <Snippets campaign={campaign} />}
    </details>
  )
}

function Snippets({ campaign }: { readonly campaign: Campaign }) {
  const { id, slug, domainId } = campaign
  const query = useQuery({
    // The snippets name the campaign's link and its domain, which saving may change.
    queryKey: ['campaign-script', id, slug, domainId],
    queryFn: () => answerOf(api.GET('/api/v1/campaigns/{id}/script', { params: { path: { id } } })),
  })
  return (
    <Loaded query={query}>
      {(script) => (
        <Stack gap="md" mt="xs">
          <Text size="sm" c="dimmed">
            {words.lead}
          </Text>
          <CopyField label={words.visit} value={script.visit} description={words.visitHint} />
          <CopyField label={words.organic} value={script.organic} description={words.organicHint} />
          <CopyField label={words.lander} value={script.lander} description={words.landerHint} />
          <CopyField label={words.conversion} value={script.conversion} description={words.conversionHint} />
          <CopyField label={words.click} value={script.click} description={words.clickHint} />
          <CopyField label={words.update} value={script.update} description={words.updateHint} />
          <CopyField
            label={words.serverUpdate}
            value={script.serverUpdate}
            description={words.serverUpdateHint}
          />
          <CopyField label={words.clickId} value={script.clickId} description={words.clickIdHint} />
          <CopyField label={words.honeypot} value={script.honeypot} description={words.honeypotHint} />
          <Attributes />
        </Stack>
      )}
    </Loaded>
  )
}

function Attributes() {
  return (
    <Input.Wrapper label={words.attributes} description={words.attributesHint} labelElement="div">
      <dl className={classes.attributes}>
        {words.attributeRows.map(([name, meaning]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Input.Wrapper>
  )
}
