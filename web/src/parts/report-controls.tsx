import { Group, Select, TextInput } from '@mantine/core'
import type { AskedReport } from '../report-data.ts'
import type { LabelOf } from '../report-values.ts'
import { setQuery } from '../router.tsx'
import { texts, toOptions } from '../texts.ts'
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
          <Groupings groupBy={asked.groupBy} />
        </Group>
        <Group gap={6}>
          <AddFilter asked={asked} labelOf={labelOf} />
          <ReportColumns asked={asked} />
          <ReportOptions asked={asked} />
        </Group>
      </Group>
      <FilterPills asked={asked} labelOf={labelOf} />
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
