import { NumberInput, Select } from '@mantine/core'
import { lazy, Suspense, useRef, useState } from 'react'
import { focusPlace, ruleOfPlace } from '../flow-place.ts'
import type { FlowValues } from '../flow-values.ts'
import { type FlowOwner, SetShares, useSetShares } from '../set-weights.ts'
import { isKey, toOptions } from '../texts.ts'
import { diagramTexts, flowTexts } from '../texts-flow.ts'
import classes from './flow-editor.module.css'
import { FlowPaths } from './flow-paths.tsx'
import { Fields, Pair } from './form-layout.tsx'
import { Lines } from './loaded.tsx'
import { Section } from './page.tsx'
import { RuleList } from './rule-list.tsx'

const words = flowTexts
const OPTIMIZATION_DEFAULT = { metric: 'epv', floorPercent: 5, windowDays: 14 } as const
const FLOOR_PERCENT_MAX = 50
const WINDOW_DAYS_MAX = 90

const FlowPicture = lazy(async () => ({ default: (await import('./flow-picture.tsx')).FlowPicture }))

type FlowEditorProps = {
  readonly flow: FlowValues
  /** Undefined until it is saved. The diagram of a shared flow counts the visits of all that use it. */
  readonly owner: FlowOwner | undefined
  readonly warnings: readonly { readonly ruleId: string; readonly reason: string }[]
  readonly errorOf: (path: string) => string | undefined
  readonly hasErrorAt: (path: string) => boolean
  readonly onChange: (changes: Partial<FlowValues>) => void
}

/** The flow as a picture; rules, the paths of everyone else, and how visitors are shared among them. */
export function FlowEditor({ flow, owner, warnings, errorOf, hasErrorAt, onChange }: FlowEditorProps) {
  const setShareOf = useSetShares(owner, flow.optimization)
  const [openedRule, setOpenedRule] = useState<number>()
  const fields = useRef<HTMLDivElement>(null)
  const goTo = (place: string) => {
    const rule = ruleOfPlace(place)
    if (rule !== undefined && place !== `rules.${rule}`) setOpenedRule(rule)
    if (fields.current !== null) focusPlace(fields.current, place)
  }
  const campaignId = owner?.kind === 'campaign' ? owner.id : undefined
  return (
    <SetShares value={setShareOf}>
      <div className={classes.picture}>
        <Section title={diagramTexts.title} aside={diagramTexts.aside}>
          <Suspense fallback={<Lines count={4} />}>
            <FlowPicture flow={flow} campaignId={campaignId} onChoose={goTo} />
          </Suspense>
        </Section>
      </div>
      <div ref={fields} className={classes.fields}>
        <Section title={words.rules} aside={words.rulesAside}>
          <RuleList
            rules={flow.rules}
            opened={openedRule}
            onOpen={setOpenedRule}
            warnings={warnings}
            errorOf={errorOf}
            hasErrorAt={hasErrorAt}
            onChange={(rules) => onChange({ rules })}
          />
        </Section>
        <Section title={words.other} aside={words.otherAside}>
          <div data-place="paths">
            <Fields>
              <FlowPaths
                paths={flow.paths}
                scope=""
                errorOf={errorOf}
                onChange={(paths) => onChange({ paths })}
              />
            </Fields>
          </div>
        </Section>
        <Fields>
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
        </Fields>
      </div>
    </SetShares>
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
