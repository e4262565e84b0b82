import { Button, Group, MultiSelect, type PopoverProps, Select, Stack, TagsInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { type AskedReport, loadReport, toBody } from '../report-data.ts'
import { useDimensionGroups } from '../report-dimensions.ts'
import type { Filter } from '../report-filters.ts'
import { type Dimension, isDimension } from '../report-names.ts'
import type { LabelOf } from '../report-values.ts'
import { isKey, toOptions } from '../texts.ts'
import { explorerTexts } from '../texts-explorer.ts'

const words = explorerTexts.filter
const SUGGESTIONS_MAX = 200
const TYPING_MS = 250

type FilterFormProps = {
  readonly asked: AskedReport
  readonly labelOf: LabelOf
  readonly initial: Filter
  readonly onApply: (filter: Filter) => void
}

/** Which dimension must, or must not, have which values. */
export function FilterForm({ asked, labelOf, initial, onApply }: FilterFormProps) {
  const [filter, setFilter] = useState(initial)
  const { dimension, operator, values } = filter
  const isText = operator === 'contains' || operator === 'starts'
  const change = (changes: Partial<Filter>) => setFilter({ ...filter, ...changes })
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    // It opens over other forms too, which hear of it although they do not hold it.
    event.stopPropagation()
    if (values.length > 0) onApply(filter)
  }
  const groups = useDimensionGroups()
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Group gap="xs" grow wrap="nowrap">
          <Select
            label={words.dimension}
            data={groups.map(({ label, options }) => ({ group: label, items: [...options] }))}
            value={dimension}
            onChange={(name) => name !== null && isDimension(name) && change({ dimension: name, values: [] })}
            searchable
            allowDeselect={false}
            comboboxProps={{ withinPortal: false, width: 240, position: 'bottom-start' }}
          />
          <Select
            label={words.operator}
            data={toOptions(explorerTexts.operators)}
            value={operator}
            onChange={(name) => isKey(explorerTexts.operators, name) && change({ operator: name })}
            allowDeselect={false}
            comboboxProps={{ withinPortal: false }}
          />
        </Group>
        {isText ? (
          <TagsInput
            label={words.values}
            description={words.textsHint}
            value={[...values]}
            onChange={(next) => change({ values: next })}
          />
        ) : (
          <ValuesSelect
            {...{ asked, labelOf, dimension, values }}
            onChange={(next) => change({ values: next })}
          />
        )}
        <Button type="submit" disabled={values.length === 0}>
          {words.apply}
        </Button>
      </Stack>
    </form>
  )
}

/** Beside the form: below, it would cover the button that applies what is chosen. A phone has no room beside it. */
const BESIDE = {
  flip: { fallbackPlacements: ['right-start', 'bottom-start', 'top-start'] },
  shift: true,
} satisfies PopoverProps['middlewares']

type ValuesSelectProps = {
  readonly asked: AskedReport
  readonly labelOf: LabelOf
  readonly dimension: Dimension
  readonly values: readonly string[]
  readonly onChange: (values: string[]) => void
}

/** What '' is called in a list whose values are texts. */
const NO_VALUE = '\u0000none'

/** The values that the period has, most visits first; others can be typed. */
function ValuesSelect({ asked, labelOf, dimension, values, onChange }: ValuesSelectProps) {
  const [search, setSearch] = useState('')
  const found = useSuggestions(asked, dimension, search)
  const typed = search.trim()
  const shown = new Map(found.map(({ value, label }) => [value, label ?? labelOf(dimension, value)]))
  for (const value of values) if (!shown.has(value)) shown.set(value, labelOf(dimension, value))
  const isKnown = [...shown].some(([value, label]) => value === typed || label === typed)
  const options = [...shown].map(([value, label]) => ({ value: value === '' ? NO_VALUE : value, label }))
  return (
    <MultiSelect
      label={words.values}
      description={words.valuesHint}
      data={typed === '' || isKnown ? options : [...options, { value: typed, label: typed }]}
      value={values.map((value) => (value === '' ? NO_VALUE : value))}
      onChange={(next) => onChange(next.map((value) => (value === NO_VALUE ? '' : value)))}
      searchable
      searchValue={search}
      onSearchChange={setSearch}
      limit={SUGGESTIONS_MAX}
      maxDropdownHeight={320}
      comboboxProps={{ withinPortal: false, position: 'left-start', middlewares: BESIDE }}
      data-autofocus
    />
  )
}

/** A small report on the dimension under the other filters; what is typed is looked for once there are too many. */
function useSuggestions(asked: AskedReport, dimension: Dimension, search: string) {
  const queries = useQueryClient()
  const others = asked.filters.filter((filter) => filter.dimension !== dimension)
  const [typed] = useDebouncedValue(search.trim(), TYPING_MS)
  const bodyOf = (filters: readonly Filter[]) =>
    toBody({ ...asked, metrics: ['visits'] }, { groupBy: [dimension], filters, limit: SUGGESTIONS_MAX })
  const all = useQuery({
    queryKey: ['report-values', bodyOf(others)],
    queryFn: () => loadReport(queries, bodyOf(others)),
  })
  const narrowed = bodyOf([...others, { dimension, operator: 'contains', values: [typed] }])
  const some = useQuery({
    queryKey: ['report-values', narrowed],
    queryFn: () => loadReport(queries, narrowed),
    enabled: typed !== '' && (all.data?.groups ?? 0) > SUGGESTIONS_MAX,
  })
  return (
    (some.data ?? all.data)?.rows.map(({ keys, labels }) => ({
      value: keys[dimension] ?? '',
      label: labels[dimension],
    })) ?? []
  )
}
