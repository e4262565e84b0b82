import { Text, VisuallyHidden } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { chartTexts as words } from '../texts-chart.ts'
import { type ChartLine, type LineSeries, toLines } from './chart-lines.ts'
import { stepOf, toPointFormat } from './chart-times.ts'
import classes from './line-chart.module.css'
import { LineSwatch } from './line-swatch.tsx'

// The drawing library is loaded with the first chart.
const LinePlot = lazy(async () => ({ default: (await import('./line-plot.tsx')).LinePlot }))

export type LineChartProps = {
  readonly label: string
  /** Unix milliseconds, rising. */
  readonly at: readonly number[]
  readonly series: readonly LineSeries[]
  /** Whose clocks and calendar the moments are read on. */
  readonly timeZone: string
  readonly format: (value: number) => string
  /** In CSS pixels, without the names of the series. */
  readonly height?: number
}

const HEIGHT = 240

/** Lines over time with a read-out on hover and by the arrow keys; the same numbers as a table for screen readers. */
export function LineChart({ label, at, series, timeZone, format, height = HEIGHT }: LineChartProps) {
  const lines = toLines(series)
  const isEmpty = at.length === 0 || lines.every(({ values }) => values.every((value) => value === null))
  return (
    <figure className={classes.chart} aria-label={label}>
      {lines.length > 1 && <Names lines={lines} />}
      {isEmpty ? (
        <Text className={classes.nothing} style={{ height }} c="dimmed" size="sm">
          {words.nothing}
        </Text>
      ) : (
        <Suspense fallback={<div className={classes.waiting} style={{ height }} />}>
          <LinePlot {...{ label, at, lines, format, height, timeZone }} />
        </Suspense>
      )}
      {!isEmpty && <AsTable {...{ label, at, lines, format, timeZone }} />}
    </figure>
  )
}

function Names({ lines }: { readonly lines: readonly ChartLine[] }) {
  return (
    <ul className={classes.names} aria-hidden="true">
      {lines.map(({ look, name }) => (
        <li key={look}>
          <LineSwatch look={look} />
          {name}
        </li>
      ))}
    </ul>
  )
}

/** What is drawn: a chart whose series are lines. */
export type DrawnLines = Omit<LineChartProps, 'series' | 'height'> & { readonly lines: readonly ChartLine[] }

/** What the lines show, as text. */
function AsTable({ label, at, lines, format, timeZone }: DrawnLines) {
  const toPoint = toPointFormat(stepOf(at), timeZone)
  const toText = (value: number | null | undefined) =>
    value === null || value === undefined ? words.missing : format(value)
  return (
    <VisuallyHidden component="div">
      <table>
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">{words.time}</th>
            {lines.map(({ look, name }) => (
              <th key={look} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {at.map((moment, index) => (
            <tr key={moment}>
              <th scope="row">{toPoint(moment)}</th>
              {lines.map(({ look, values }) => (
                <td key={look}>{toText(values[index])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </VisuallyHidden>
  )
}
