import { Checkbox, MultiSelect, NumberInput, Select, Stack, TagsInput } from '@mantine/core'
import { useItems } from '../resource.ts'
import { type TargetSystem, targetSystems } from '../resources-notifications.ts'
import type { TargetValues } from '../target-values.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { targetTexts as words } from '../texts-catalogue.ts'
import { targetFieldTexts as fieldTexts } from '../texts-targets.ts'
import classes from './flow-paths.module.css'
import { Pair } from './form-layout.tsx'
import { SystemFields } from './system-fields.tsx'
import { TargetHeaders } from './target-headers.tsx'
import { UrlField } from './url-field.tsx'

const STATUSES = ['pending', 'approved', 'rejected', 'trash'] as const
const MINUTE_SECONDS = 60

type TargetFieldsProps = {
  readonly target: TargetValues
  /** Among others on the same form, from 0. */
  readonly index: number
  /** What its URL is called; that of a traffic source's unless told. */
  readonly urlLabel?: string
  readonly errorOf: (name: string) => string | undefined
  readonly onChange: (changes: Partial<TargetValues>) => void
}

/** Whom a target calls, on which conversions, and how. */
export function TargetFields(props: TargetFieldsProps) {
  const { target, index, errorOf, onChange } = props
  const systems = useItems(targetSystems).data ?? []
  const system = systems.find((each) => each.system === target.system)
  return (
    <Stack gap="md">
      <Select
        label={index === 0 ? fieldTexts.system : `${fieldTexts.system} ${index + 1}`}
        description={target.system === '' ? undefined : fieldTexts.systemHint}
        data={[
          { value: '', label: fieldTexts.plain },
          ...systems.map((each) => ({ value: each.system, label: each.label })),
        ]}
        value={target.system}
        error={errorOf('system')}
        onChange={(chosen) => onChange(toSystem(systems.find((each) => each.system === chosen)))}
        allowDeselect={false}
      />
      {target.system === '' && <PlainUrl {...props} />}
      {system !== undefined && (
        <SystemFields
          system={system}
          values={target}
          secretNames={target.secretNames}
          errorOf={errorOf}
          onChange={onChange}
        />
      )}
      <MultiSelect
        label={texts.sources.postbackStatuses}
        description={texts.sources.postbackStatusesHint}
        data={STATUSES.map((value) => ({ value, label: texts.status[value] }))}
        value={target.statuses}
        error={errorOf('statuses')}
        onChange={(chosen) => onChange({ statuses: STATUSES.filter((status) => chosen.includes(status)) })}
      />
      <TargetConditions target={target} index={index} errorOf={errorOf} onChange={onChange} />
    </Stack>
  )
}

/** Another system asks for other fields. */
function toSystem(system: TargetSystem | undefined): Partial<TargetValues> {
  const fresh = { url: '', settings: {}, systemSecrets: {}, secretNames: [] }
  if (system === undefined) return { ...fresh, system: '' }
  const chosen = system.settings.filter(({ choices }) => choices.length > 0)
  const settings = Object.fromEntries(chosen.map(({ name, choices }) => [name, choices[0] ?? '']))
  return { ...fresh, system: system.system, type: 'postback', settings }
}

function PlainUrl({
  target,
  index,
  urlLabel = texts.sources.postbackUrl,
  errorOf,
  onChange,
}: TargetFieldsProps) {
  const label = urlLabel
  return (
    <>
      <UrlField
        label={index === 0 ? label : `${label} ${index + 1}`}
        description={texts.sources.postbackHint}
        value={target.url}
        error={errorOf('url')}
        onChange={(url) => onChange({ url })}
        purpose="target"
      />
      <Select
        label={words.type}
        description={target.type === 'postback' ? undefined : words.typeHint}
        data={toOptions(words.types)}
        value={target.type}
        error={errorOf('type')}
        onChange={(type) => isKey(words.types, type) && onChange({ type })}
        allowDeselect={false}
      />
    </>
  )
}

/** What few calls need stays folded, unless it is used. */
function TargetConditions({ target, errorOf, onChange }: TargetFieldsProps) {
  const { events, percent, delaySeconds, onlyFirst, onlyWithPayout, headers } = target
  const isPlain = target.system === '' && target.type === 'postback'
  const isLimited = events.length > 0 || percent < 100 || delaySeconds > 0 || onlyFirst || onlyWithPayout
  const isUsed = isLimited || (isPlain && headers.length > 0)
  return (
    <details open={isUsed || undefined} className={classes.more}>
      <summary>{words.conditions}</summary>
      <Stack gap="md" mt="xs">
        <TagsInput
          label={words.events}
          description={words.eventsHint}
          value={events}
          error={errorOf('events')}
          onChange={(chosen) => onChange({ events: chosen })}
        />
        <Pair>
          <NumberInput
            label={words.percent}
            description={words.percentHint}
            value={percent}
            error={errorOf('percent')}
            onChange={(value) => onChange({ percent: Number(value) })}
            min={0}
            max={100}
            allowDecimal={false}
          />
          <NumberInput
            label={words.delay}
            description={words.delayHint}
            value={delaySeconds / MINUTE_SECONDS}
            error={errorOf('delaySeconds')}
            onChange={(value) => onChange({ delaySeconds: Math.round(Number(value) * MINUTE_SECONDS) })}
            min={0}
          />
        </Pair>
        <Checkbox
          label={words.onlyFirst}
          description={words.onlyFirstHint}
          checked={onlyFirst}
          onChange={(event) => onChange({ onlyFirst: event.currentTarget.checked })}
        />
        <Checkbox
          label={words.onlyWithPayout}
          description={words.onlyWithPayoutHint}
          checked={onlyWithPayout}
          onChange={(event) => onChange({ onlyWithPayout: event.currentTarget.checked })}
        />
        {isPlain && <TargetHeaders target={target} errorOf={errorOf} onChange={onChange} />}
      </Stack>
    </details>
  )
}
