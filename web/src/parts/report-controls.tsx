import { Group, Input, Select, Text, TextInput } from '@mantine/core'
import type { AskedReport } from '../report-data.ts'
import { type Filter, writeFilters } from '../report-filters.ts'
import { type Dimension, dimensionLabel } from '../report-names.ts'
import type { LabelOf } from '../report-values.ts'
import { setQuery } from '../router.tsx'
import { texts, toOptions } from '../texts.ts'
import { explorerTexts } from '../texts-explorer.ts'
import { ReportColumns } from './report-columns.tsx'
import classes from './report-controls.module.css'
import { AddFilter, FilterPills } from './report-filters.tsx'
import { Groupings } from './report-groupings.tsx'
import { ReportOptions } from './report-options.tsx'

const words = texts.report

type ReportControlsProps = { readonly asked: AskedReport; readonly labelOf: LabelOf }

/** What the report shows: period, groupings, filters, columns. All of it lives in the address. */
export function ReportControls({ asked, labelOf }: ReportControlsProps) {
  return (
    <div className={classes.controls}>
      <Group gap="sm" align="flex-end" justify="space-between">
        <Group gap="sm" align="flex-end">
          <Period asked={asked} />
          {asked.view === 'heat' || asked.view === 'map' ? (
            <UnusedGroupings view={asked.view} groupBy={asked.groupBy} />
          ) : (
            <Groupings groupBy={asked.groupBy} />
          )}
        </Group>
        <Group gap={6}>
          <AddFilter asked={asked} labelOf={labelOf} onChange={filterBy} />
          <ReportColumns asked={asked} />
          <ReportOptions asked={asked} />
        </Group>
      </Group>
      <FilterPills asked={asked} labelOf={labelOf} onChange={filterBy} />
    </div>
  )
}

function filterBy(filters: readonly Filter[]): void {
  setQuery({ only: writeFilters(filters), open: undefined, pick: undefined })
}

type UnusedGroupingsProps = {
  readonly view: keyof typeof explorerTexts.grouping.unused
  readonly groupBy: readonly Dimension[]
}

/** A map has groups of its own; those of the address wait until a table or a chart is shown again. */
function UnusedGroupings({ view, groupBy }: UnusedGroupingsProps) {
  const names = groupBy.map(dimensionLabel).join(explorerTexts.grouping.inside)
  return (
    <div>
      <Input.Label labelElement="div">{words.groupBy}</Input.Label>
      <Text size="sm" c="dimmed" className={classes.unused}>
        {explorerTexts.grouping.unused[view](names)}
      </Text>
    </div>
  )
}

function Period({ asked }: { readonly asked: AskedReport }) {
  return (
    <>
      <Select
        label={words.range}
        data={toOptions(words.ranges)}
        value={asked.range}
        onChange={(range) => setQuery({ range: range ?? undefined, from: asked.from, to: asked.to })}
        allowDeselect={false}
        w={150}
      />
      {asked.range === 'custom' && (
        <>
          <Day label={words.from} value={asked.from} onChange={(from) => setQuery({ from })} />
          <Day label={words.to} value={asked.to} onChange={(to) => setQuery({ to })} />
        </>
      )}
    </>
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
