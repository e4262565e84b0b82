import { Anchor, Group, Text } from '@mantine/core'
import type { FlowValues } from '../flow-values.ts'
import { splitTexts as words } from '../texts-flow.ts'
import type { Path } from './flow-paths.tsx'

type SplitLinksProps = {
  readonly flow: Pick<FlowValues, 'rules' | 'paths'>
  /** Whose visits are compared. */
  readonly campaignId: string
}

/** To the report that judges which path, lander or offer is better, where the flow has more than one of them. */
export function SplitLinks({ flow, campaignId }: SplitLinksProps) {
  const lists = [flow.paths, ...flow.rules.map(({ paths }) => paths)]
  const kinds = (['path', 'lander', 'offer'] as const).filter((kind) =>
    lists.some((list) => splits(list, kind)),
  )
  if (kinds.length === 0) return null
  return (
    <Group gap="sm" mt={8}>
      <Text size="sm" c="dimmed">
        {words.lead}
      </Text>
      {kinds.map((kind) => (
        <Anchor key={kind} href={reportBy(kind, campaignId)} size="sm">
          {words.compare[kind]}
        </Anchor>
      ))}
    </Group>
  )
}

function splits(paths: readonly Path[], kind: 'path' | 'lander' | 'offer'): boolean {
  if (kind === 'path') return paths.length > 1
  return paths.some((path) => (kind === 'lander' ? path.landers : path.offers).length > 1)
}

function reportBy(kind: string, campaignId: string): string {
  const only = JSON.stringify([['campaign', campaignId]])
  return `/report?${new URLSearchParams({ range: 'month', by: kind, only })}`
}
