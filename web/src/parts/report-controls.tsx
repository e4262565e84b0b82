import { Group, Input, Pill, SegmentedControl, Select, TextInput } from '@mantine/core'
import {
  dimensionLabel,
  GROUPINGS_MAX,
  type Only,
  type ReportQuery,
  splitDimension,
  writeOnly,
} from '../report-query.ts'
import { useItems } from '../resource.ts'
import { sources } from '../resources.ts'
import { setQuery } from '../router.tsx'
import { texts, toOptions } from '../texts.ts'
import { ReportColumns } from './report-columns.tsx'
import classes from './report-controls.module.css'

const words = texts.report

type ReportControlsProps = {
  readonly query: ReportQuery
  readonly labelOf: (only: Only) => string
}

/** What the report shows: period, which date counts, groupings, filters. All of it lives in the address. */
export function ReportControls({ query, labelOf }: ReportControlsProps) {
  return (
    <div className={classes.controls}>
      <Group gap="xs" align="flex-end">
        <Select
          label={words.range}
          data={toOptions(words.ranges)}
          value={query.range}
          onChange={(range) => setQuery({ range: range ?? undefined, from: query.from, to: query.to })}
          allowDeselect={false}
          w={150}
        />
        {query.range === 'custom' && (
          <>
            <Day label={words.from} value={query.from} onChange={(from) => setQuery({ from })} />
            <Day label={words.to} value={query.to} onChange={(to) => setQuery({ to })} />
          </>
        )}
        <div>
          <Input.Label labelElement="div" id="date-basis" className={classes.label}>
            {words.dateBasis}
          </Input.Label>
          <SegmentedControl
            aria-labelledby="date-basis"
            data={toOptions(words.dateBases)}
            value={query.dateBasis}
            onChange={(basis) => setQuery({ basis })}
            size="sm"
          />
        </div>
      </Group>
      <Group gap="xs" align="flex-end">
        <Groupings query={query} />
        <ReportColumns query={query} />
        {splitDimension(query) !== undefined && (
          <Select
            label={words.splitBy}
            data={toOptions(words.splitMetrics)}
            value={query.splitBy}
            onChange={(split) => setQuery({ split: split ?? undefined })}
            allowDeselect={false}
            w={180}
          />
        )}
      </Group>
      {query.only.length > 0 && (
        <Group gap={6}>
          {query.only.map((only) => (
            <Pill
              key={`${only.dimension} ${only.value}`}
              size="md"
              className={classes.only}
              withRemoveButton
              removeButtonProps={{
                'aria-label': texts.campaigns.remove(labelOf(only)),
                tabIndex: 0,
                'aria-hidden': false,
              }}
              onRemove={() => setQuery({ only: writeOnly(query.only.filter((other) => other !== only)) })}
            >
              {words.only(dimensionLabel(only.dimension), labelOf(only))}
            </Pill>
          ))}
        </Group>
      )}
    </div>
  )
}

type DayProps = { readonly label: string; readonly value: string; readonly onChange: (day: string) => void }

function Day({ label, value, onChange }: DayProps) {
  return (
    <TextInput
      type="date"
      label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      w={150}
    />
  )
}

/** As many selects as there are groupings, and one more to add the next. */
function Groupings({ query: { groupBy } }: { readonly query: ReportQuery }) {
  const change = (at: number, value: string | null) => {
    const next = groupBy.map((name, index) => (index === at ? value : name))
    if (at === groupBy.length) next.push(value)
    setQuery({ by: next.filter((name) => name !== null).join(',') || undefined, sort: undefined })
  }
  const tokens = new Set(
    (useItems(sources).data ?? []).flatMap((source) => source.tokens.map(({ name }) => name)),
  )
  const choices = [
    ...toOptions(words.dimensions),
    ...[...tokens].map((name) => ({ value: `token:${name}`, label: words.token(name) })),
  ]
  const slots = Math.min(groupBy.length + 1, GROUPINGS_MAX)
  return (
    <Group gap="xs" align="flex-end">
      {Array.from({ length: slots }, (_, index) => {
        const chosen = groupBy[index] ?? null
        const taken = new Set<string>(groupBy.filter((name) => name !== chosen))
        return (
          <Select
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is what it stands for
            key={index}
            {...(index === 0 ? { label: words.groupBy } : { 'aria-label': words.thenBy(index + 1) })}
            placeholder={words.thenByAdd}
            data={choices.filter(({ value }) => !taken.has(value))}
            value={chosen}
            onChange={(value) => change(index, value)}
            searchable
            clearable={chosen !== null && groupBy.length > 1}
            allowDeselect={false}
            w={180}
          />
        )
      })}
    </Group>
  )
}
