import { Select, Stack, Text } from '@mantine/core'
import type { FlowValues } from '../flow-values.ts'
import { useNames } from '../resource.ts'
import { landers, offers } from '../resources.ts'
import { flowTexts, dryRunTexts as words } from '../texts-flow.ts'
import type { Path } from './flow-paths.tsx'
import { Pair } from './form-layout.tsx'

/** The way that a returning visitor went before; '' for what it had none of. */
export type Previous = { readonly pathId: string; readonly landerId: string; readonly offerId: string }

type DryRunPreviousProps = {
  readonly flow: Pick<FlowValues, 'rules' | 'paths' | 'sticky'>
  readonly previous: Previous | undefined
  readonly onChange: (previous: Previous | undefined) => void
}

/** What a returning visitor may keep: a path that is saved, and one of its landers and offers. */
export function DryRunPrevious({ flow, previous, onChange }: DryRunPreviousProps) {
  const landerName = useNames(landers)
  const offerName = useNames(offers)
  const saved = savedPaths(flow)
  const path = saved.find(({ id }) => id === previous?.pathId)
  const choose = (changes: Partial<Previous>) => previous && onChange({ ...previous, ...changes })
  return (
    <Stack gap="xs">
      <Select
        label={words.previousPath}
        description={flow.sticky === 'none' ? words.previousUnused : words.previousHint}
        placeholder={words.unknown}
        data={saved.map(({ id, label }) => ({ value: id, label }))}
        value={previous?.pathId ?? null}
        onChange={(pathId) => onChange(pathId === null ? undefined : { pathId, landerId: '', offerId: '' })}
        clearable
      />
      {path !== undefined && (
        <Pair>
          <Select
            label={words.previousLander}
            placeholder={words.unknown}
            data={path.landers.map(({ id }) => ({ value: id, label: landerName(id) }))}
            value={previous?.landerId || null}
            onChange={(landerId) => choose({ landerId: landerId ?? '' })}
            clearable
          />
          <Select
            label={words.previousOffer}
            placeholder={words.unknown}
            data={path.offers.map(({ id }) => ({ value: id, label: offerName(id) }))}
            value={previous?.offerId || null}
            onChange={(offerId) => choose({ offerId: offerId ?? '' })}
            clearable
          />
        </Pair>
      )}
      {saved.length === 0 && (
        <Text size="sm" c="dimmed">
          {words.previousNone}
        </Text>
      )}
    </Stack>
  )
}

type SavedPath = Path & { readonly id: string; readonly label: string }

/** Nobody can have gone a path that has no id yet. */
function savedPaths({ rules, paths }: DryRunPreviousProps['flow']): readonly SavedPath[] {
  const ofRules = rules.flatMap(({ name, paths: own }, index) =>
    withLabels(own, `${name || flowTexts.rule(index + 1)}: `),
  )
  return [...ofRules, ...withLabels(paths, '')]
}

function withLabels(paths: readonly Path[], before: string): readonly SavedPath[] {
  return paths.flatMap((path, index) =>
    path.id === undefined
      ? []
      : [{ ...path, id: path.id, label: before + (path.name || words.path(index + 1)) }],
  )
}
