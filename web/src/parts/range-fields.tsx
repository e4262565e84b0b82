import { Input, Select, TextInput } from '@mantine/core'
import { type Dimension, dimensionLabel } from '../report-names.ts'
import { todayIn } from '../report-query.ts'
import type { Listed } from '../resource.ts'
import { campaigns, landers, networks, offers, sources } from '../resources.ts'
import { useMe } from '../session.ts'
import { rangeTexts as words } from '../texts-corrections.ts'
import { Pair } from './form-layout.tsx'
import { ItemSelect } from './pickers.tsx'
import { RowList } from './row-list.tsx'

type Filter = { readonly dimension: string; readonly value: string }
/** Which visits something is about: days in the workspace's time zone, and filters. */
export type RangeValues = { readonly from: string; readonly to: string; readonly filters: readonly Filter[] }

type Named = { readonly id: string; readonly name: string }
const THINGS: Readonly<Record<string, Listed<Named>>> = {
  campaign: campaigns,
  source: sources,
  offer: offers,
  lander: landers,
  network: networks,
}
const DIMENSIONS: readonly Dimension[] = [
  ...(['campaign', 'source', 'offer', 'lander', 'network', 'country', 'region', 'city', 'isp'] as const),
  ...(['device_type', 'os', 'browser', 'language', 'referrer_domain'] as const),
  ...(['sub1', 'sub2', 'sub3', 'sub4', 'sub5'] as const),
]

export function useTodayRange(): RangeValues {
  const today = todayIn(useMe().workspace.timeZone)
  return { from: today, to: today, filters: [] }
}

/** The API's form of the filters. */
export function toFilters(filters: readonly Filter[]) {
  return filters
    .filter(({ value }) => value !== '')
    .map(({ dimension, value }) => ({ dimension, operator: 'is' as const, values: [value] }))
}

type RangeFieldsProps = {
  readonly range: RangeValues
  readonly errorOf: (path: string) => string | undefined
  readonly onChange: (changes: Partial<RangeValues>) => void
  readonly withFilters?: boolean
}

export function RangeFields({ range, errorOf, onChange, withFilters = true }: RangeFieldsProps) {
  const { timeZone } = useMe().workspace
  return (
    <>
      <Pair>
        <TextInput
          type="date"
          label={words.from}
          description={words.zone(timeZone)}
          value={range.from}
          error={errorOf('from')}
          onChange={(event) => onChange({ from: event.currentTarget.value })}
          required
        />
        <TextInput
          type="date"
          label={words.to}
          value={range.to}
          error={errorOf('to')}
          onChange={(event) => onChange({ to: event.currentTarget.value })}
          required
        />
      </Pair>
      {withFilters && (
        <Input.Wrapper
          label={words.filters}
          description={words.filtersHint}
          labelElement="div"
          inputWrapperOrder={['label', 'description', 'input', 'error']}
          error={errorOf('filters')}
        >
          <RowList
            rows={range.filters}
            onChange={(filters) => onChange({ filters })}
            addLabel={words.filterAdd}
            removeLabel={(index) => words.filterRemove(index + 1)}
            empty={{ dimension: 'campaign', value: '' }}
            row={(filter, change, index) => (
              <>
                <Select
                  aria-label={words.dimension(index + 1)}
                  data={DIMENSIONS.map((value) => ({ value, label: dimensionLabel(value) }))}
                  value={filter.dimension}
                  onChange={(dimension) => dimension !== null && change({ dimension, value: '' })}
                  searchable
                  allowDeselect={false}
                />
                <FilterValue filter={filter} number={index + 1} onChange={(value) => change({ value })} />
              </>
            )}
          />
        </Input.Wrapper>
      )}
    </>
  )
}

type FilterValueProps = {
  readonly filter: Filter
  readonly number: number
  readonly onChange: (value: string) => void
}

function FilterValue({ filter, number, onChange }: FilterValueProps) {
  const resource = THINGS[filter.dimension]
  if (resource !== undefined) {
    return <ThingSelect resource={resource} filter={filter} number={number} onChange={onChange} />
  }
  return (
    <TextInput
      aria-label={words.value(number)}
      value={filter.value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

type ThingSelectProps = FilterValueProps & { readonly resource: Listed<Named> }

function ThingSelect({ resource, filter, number, onChange }: ThingSelectProps) {
  return (
    <ItemSelect
      resource={resource}
      label={words.value(number)}
      hiddenLabel
      placeholder=""
      value={filter.value}
      onChange={onChange}
      required
    />
  )
}
