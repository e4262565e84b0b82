import { ActionIcon, MultiSelect, Select, TagsInput, Text, TextInput } from '@mantine/core'
import { needsAsnDatabase, suggestionsOf, valuesHint } from '../condition-values.ts'
import { choicesOf, type Operator, operatorLabel, type Test, takesValues } from '../conditions.ts'
import { useItems } from '../resource.ts'
import { sources } from '../resources.ts'
import { useMe } from '../session.ts'
import { isKey, toOptions } from '../texts.ts'
import { flowTexts } from '../texts-flow.ts'
import { AsnNote } from './asn-note.tsx'
import classes from './condition-editor.module.css'
import { Icon } from './icon.tsx'

const words = flowTexts
const PARAM = 'param:'
/** Comparisons for which the known values of a field are the whole choice. */
const EXACT: ReadonlySet<Operator> = new Set(['is', 'is_not'])
const ORDERED = /^(hour|weekday|asn|os_version|browser_version|external_id|sub\d+|token:.*|param:.*)$/
const BELOW: ('input' | 'description' | 'error')[] = ['input', 'description', 'error']
const FIELD_GROUPS = [
  {
    group: words.fieldGroups.place,
    fields: ['country', 'region', 'city', 'isp', 'asn', 'ip', 'connection_type', 'proxy'],
  },
  {
    group: words.fieldGroups.device,
    fields: [
      'device_type',
      'device_brand',
      'device_model',
      'os',
      'os_version',
      'browser',
      'browser_version',
      'language',
      'user_agent',
    ],
  },
  {
    group: words.fieldGroups.visit,
    fields: ['visitor', 'workspace_visitor', 'hour', 'weekday', 'referrer', 'referrer_domain', 'bot'],
  },
  {
    group: words.fieldGroups.ids,
    fields: ['external_id', ...Array.from({ length: 10 }, (_, index) => `sub${index + 1}`)],
  },
]

type ConditionTestProps = {
  readonly test: Test
  /** "2", or "2.1" in a group: what tells its inputs apart for screen readers. */
  readonly place: string
  readonly errorOf: (path: string) => string | undefined
  /** undefined removes it. */
  readonly onChange: (test: Test | undefined) => void
}

/** One test: a field, how it compares, and the values. */
export function ConditionTest({ test, place, errorOf, onChange }: ConditionTestProps) {
  const { field, operator } = test
  const { timeZone } = useMe().workspace
  const change = (changes: Partial<Test>) => onChange({ ...test, ...changes })
  return (
    <div className={classes.test}>
      <FieldSelect test={test} place={place} error={errorOf('field')} onChange={change} />
      <Select
        aria-label={words.operator(place)}
        data={operatorsFor(field)}
        value={operator}
        error={errorOf('operator')}
        onChange={(chosen) => isKey(words.operators, chosen) && change({ operator: chosen })}
        allowDeselect={false}
      />
      {takesValues(operator) ? (
        <Values test={test} place={place} errorOf={errorOf} onChange={(values) => change({ values })} />
      ) : (
        <Text size="xs" c="dimmed" className={classes.hint}>
          {valuesHint(field, operator, timeZone)}
        </Text>
      )}
      <ActionIcon
        variant="subtle"
        color="gray"
        size={36}
        aria-label={words.remove(words.test(place))}
        onClick={() => onChange(undefined)}
      >
        <Icon name="remove" size={14} />
      </ActionIcon>
      {needsAsnDatabase(field) && <AsnNote />}
    </div>
  )
}

function operatorsFor(field: string): { value: string; label: string }[] {
  return toOptions(words.operators)
    .filter(({ value }) => (value !== 'greater' && value !== 'less') || ORDERED.test(field))
    .map(({ value, label }) => ({
      value,
      label: isKey(words.operators, value) ? operatorLabel(field, value) : label,
    }))
}

type FieldSelectProps = {
  readonly test: Test
  readonly place: string
  readonly error: string | undefined
  readonly onChange: (changes: Partial<Test>) => void
}

function FieldSelect({ test: { field }, place, error, onChange }: FieldSelectProps) {
  const isParam = field.startsWith(PARAM)
  const tokens = useTokenNames()
  const known = field.startsWith('token:') ? [...new Set([...tokens, field.slice('token:'.length)])] : tokens
  return (
    <div className={classes.name}>
      <Select
        aria-label={words.field(place)}
        data={[
          ...FIELD_GROUPS.map(({ group, fields }) => ({ group, items: fields.map(toFieldOption) })),
          {
            group: words.fieldGroups.tokens,
            items: known.map((name) => ({ value: `token:${name}`, label: words.token(name) })),
          },
          { group: words.fieldGroups.more, items: [{ value: PARAM, label: words.otherParam }] },
        ]}
        value={isParam ? PARAM : field}
        error={error}
        // Values of another field mean nothing for this one.
        onChange={(chosen) => chosen !== null && onChange({ field: chosen, operator: 'is', values: [] })}
        searchable
        allowDeselect={false}
        comboboxProps={{ width: 240, position: 'bottom-start' }}
      />
      {isParam && (
        <TextInput
          aria-label={words.paramName(place)}
          placeholder="utm_source"
          value={field.slice(PARAM.length)}
          onChange={(event) => onChange({ field: PARAM + event.currentTarget.value })}
        />
      )}
    </div>
  )
}

/** Of all traffic sources: a shared flow may serve several. */
export function useTokenNames(): readonly string[] {
  const items = useItems(sources).data ?? []
  return [...new Set(items.flatMap((source) => source.tokens.map(({ name }) => name)))]
}

function toFieldOption(value: string): { value: string; label: string } {
  return { value, label: isKey(words.fields, value) ? words.fields[value] : value }
}

type ValuesProps = {
  readonly test: Test
  readonly place: string
  readonly errorOf: (path: string) => string | undefined
  readonly onChange: (values: readonly string[]) => void
}

/** A choice where the field has few values; else any texts. */
function Values({ test, place, errorOf, onChange }: ValuesProps) {
  const { field, operator, values } = test
  const { timeZone } = useMe().workspace
  const choices = EXACT.has(operator) ? choicesOf(field) : undefined
  const error = [...values.keys(), undefined]
    .map((index) => errorOf(index === undefined ? 'values' : `values.${index}`))
    .find((problem) => problem !== undefined)
  const common = {
    'aria-label': words.values(place),
    description: valuesHint(field, operator, timeZone),
    inputWrapperOrder: BELOW,
    value: [...values],
    error,
    onChange,
    classNames: { inputField: classes.search },
  }
  if (choices === undefined) {
    return (
      <TagsInput
        {...common}
        data={[...suggestionsOf(field)]}
        placeholder={values.length === 0 ? words.valuesHint : ''}
        acceptValueOnBlur
      />
    )
  }
  const unlisted = values.filter((value) => !choices.some((choice) => choice.value === value))
  return (
    <MultiSelect
      {...common}
      data={[...choices, ...unlisted.map((value) => ({ value, label: value }))]}
      searchable
    />
  )
}
