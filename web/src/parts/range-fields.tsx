import { Group, Input, Select, TextInput } from '@mantine/core'
import { TIME_ZONES } from '../choices.ts'
import type { AskedReport } from '../report-data.ts'
import type { Filter } from '../report-filters.ts'
import { readReportQuery, todayIn } from '../report-query.ts'
import { useValueLabels } from '../report-values.ts'
import { useMe } from '../session.ts'
import { rangeTexts as words } from '../texts-corrections.ts'
import { Pair } from './form-layout.tsx'
import { AddFilter, FilterPills } from './report-filters.tsx'

/** Which visits something is about: days in a time zone, and filters as reports have them. */
export type RangeValues = {
  readonly from: string
  readonly to: string
  /** '' for the one that the API takes unless told. */
  readonly timeZone: string
  readonly filters: readonly Filter[]
}

export function useTodayRange(): RangeValues {
  const today = todayIn(useMe().workspace.timeZone)
  return { from: today, to: today, timeZone: '', filters: [] }
}

/** The API's form of the days. */
export function toDays({ from, to, timeZone }: RangeValues) {
  return { from, to, ...(timeZone === '' ? {} : { timeZone }) }
}

type RangeFieldsProps = {
  readonly range: RangeValues
  readonly errorOf: (path: string) => string | undefined
  readonly onChange: (changes: Partial<RangeValues>) => void
  /** Whose days these are, where no time zone is chosen. */
  readonly zoneHint: string
  /** Where the API says what is wrong with the filters; absent where none are taken. */
  readonly filtersPath?: string
}

export function RangeFields({ range, errorOf, onChange, zoneHint, filtersPath }: RangeFieldsProps) {
  return (
    <>
      <Pair>
        <TextInput
          type="date"
          label={words.from}
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
      <Select
        label={words.timeZone}
        placeholder={zoneHint}
        data={TIME_ZONES}
        value={range.timeZone === '' ? null : range.timeZone}
        error={errorOf('timeZone')}
        onChange={(zone) => onChange({ timeZone: zone ?? '' })}
        searchable
        clearable
        limit={ZONES_SHOWN_MAX}
      />
      {filtersPath !== undefined && (
        <Filters range={range} error={errorOf(filtersPath)} onChange={(filters) => onChange({ filters })} />
      )}
    </>
  )
}

/** More of them are found by typing. */
const ZONES_SHOWN_MAX = 100

type FiltersProps = {
  readonly range: RangeValues
  readonly error: string | undefined
  readonly onChange: (filters: readonly Filter[]) => void
}

/** The same filters as those of a report, with the values that the days have. */
function Filters({ range, error, onChange }: FiltersProps) {
  const { workspace } = useMe()
  const labelOf = useValueLabels(range.filters.map(({ dimension }) => dimension))
  const asked = toAsked(range, range.timeZone || workspace.timeZone)
  return (
    <Input.Wrapper
      label={words.filters}
      description={words.filtersHint}
      labelElement="div"
      inputWrapperOrder={['label', 'description', 'input', 'error']}
      error={error}
    >
      <Group gap="xs" mt={4}>
        <FilterPills {...{ asked, labelOf, onChange }} />
        <AddFilter {...{ asked, labelOf, onChange }} side="start" />
      </Group>
    </Input.Wrapper>
  )
}

function toAsked({ from, to, filters }: RangeValues, timeZone: string): AskedReport {
  const plain = readReportQuery(new URLSearchParams(), to)
  return { ...plain, dateBasis: 'click', from, to, filters, timeZone }
}
