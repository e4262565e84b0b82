import { NumberInput, Select } from '@mantine/core'
import type { FlowValues } from '../flow-values.ts'
import { isKey, toOptions } from '../texts.ts'
import { flowTexts } from '../texts-flow.ts'
import { FlowPaths } from './flow-paths.tsx'
import { Pair } from './form-layout.tsx'
import { Section } from './page.tsx'
import { RuleList } from './rule-list.tsx'

const words = flowTexts
const OPTIMIZATION_DEFAULT = { metric: 'epv', floorPercent: 5, windowDays: 14 } as const
const FLOOR_PERCENT_MAX = 50
const WINDOW_DAYS_MAX = 90

type FlowEditorProps = {
  readonly flow: FlowValues
  readonly warnings: readonly { readonly ruleId: string; readonly reason: string }[]
  readonly errorOf: (path: string) => string | undefined
  readonly hasErrorAt: (path: string) => boolean
  readonly onChange: (changes: Partial<FlowValues>) => void
}

/** Rules, the paths of everyone else, and how visitors are shared among them. */
export function FlowEditor({ flow, warnings, errorOf, hasErrorAt, onChange }: FlowEditorProps) {
  return (
    <>
      <Section title={words.rules} aside={words.rulesAside}>
        <RuleList
          rules={flow.rules}
          warnings={warnings}
          errorOf={errorOf}
          hasErrorAt={hasErrorAt}
          onChange={(rules) => onChange({ rules })}
        />
      </Section>
      <Section title={words.other} aside={words.otherAside}>
        <FlowPaths paths={flow.paths} errorOf={errorOf} onChange={(paths) => onChange({ paths })} />
      </Section>
      <Section title={words.behaviour}>
        <Select
          label={words.sticky}
          data={toOptions(words.stickies)}
          value={flow.sticky}
          error={errorOf('sticky')}
          onChange={(sticky) => isKey(words.stickies, sticky) && onChange({ sticky })}
          allowDeselect={false}
        />
        <Optimization
          optimization={flow.optimization}
          errorOf={errorOf}
          onChange={(optimization) => onChange({ optimization })}
        />
      </Section>
    </>
  )
}

type OptimizationProps = {
  readonly optimization: FlowValues['optimization']
  readonly errorOf: (path: string) => string | undefined
  readonly onChange: (optimization: FlowValues['optimization']) => void
}

function Optimization({ optimization, errorOf, onChange }: OptimizationProps) {
  const choose = (level: string | null) => {
    if (level === 'none') onChange(null)
    if (level === 'paths' || level === 'landers' || level === 'offers') {
      onChange({ ...OPTIMIZATION_DEFAULT, ...optimization, level })
    }
  }
  return (
    <>
      <Select
        label={words.optimize}
        description={optimization === null ? undefined : words.optimizeHint}
        data={toOptions(words.optimizeLevels)}
        value={optimization?.level ?? 'none'}
        error={errorOf('optimization.level') ?? errorOf('optimization')}
        onChange={choose}
        allowDeselect={false}
      />
      {optimization !== null && (
        <>
          <Select
            label={words.metric}
            data={toOptions(words.metrics)}
            value={optimization.metric}
            onChange={(metric) => isKey(words.metrics, metric) && onChange({ ...optimization, metric })}
            allowDeselect={false}
          />
          <Pair>
            <NumberInput
              label={words.floor}
              description={words.floorHint}
              value={optimization.floorPercent}
              error={errorOf('optimization.floorPercent')}
              onChange={(floor) => onChange({ ...optimization, floorPercent: Number(floor) })}
              min={0}
              max={FLOOR_PERCENT_MAX}
            />
            <NumberInput
              label={words.window}
              value={optimization.windowDays}
              error={errorOf('optimization.windowDays')}
              onChange={(days) => onChange({ ...optimization, windowDays: Number(days) })}
              min={1}
              max={WINDOW_DAYS_MAX}
              allowDecimal={false}
            />
          </Pair>
        </>
      )}
    </>
  )
}
