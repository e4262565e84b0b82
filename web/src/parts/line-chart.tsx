import { Text, VisuallyHidden } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useMe } from '../session.ts'
import { chartTexts as words } from '../texts-chart.ts'
import { stepOf, toPointFormat } from './chart-times.ts'
import classes from './line-chart.module.css'

// The drawing library is loaded with the first chart.
const LinePlot = lazy(async () => ({ default: (await import('./line-plot.tsx')).LinePlot }))

export type LineSeries = {
  readonly name: string
  /** One for each moment; null where nothing is known. */
  readonly values: readonly (number | null)[]
  /** What the others are compared with: drawn dashed and grey. */
  readonly isFaint?: boolean
}

export type LineChartProps = {
  readonly label: string
  /** Unix milliseconds, rising. */
  readonly at: readonly number[]
  readonly series: readonly LineSeries[]
  readonly format: (value: number) => string
  /** In CSS pixels, without the names of the series. */
  readonly height?: number
}

const HEIGHT = 240
const COLOURS = 6

/** Lines over time with a read-out on hover and by the arrow keys; the same numbers as a table for screen readers. */
export function LineChart({ label, at, series, format, height = HEIGHT }: LineChartProps) {
  const { timeZone } = useMe().workspace
  const isEmpty = at.length === 0 || series.every(({ values }) => values.every((value) => value === null))
  return (
    <figure className={classes.chart} aria-label={label}>
      {series.length > 1 && <Names series={series} />}
      {isEmpty ? (
        <Text className={classes.nothing} style={{ height }} c="dimmed" size="sm">
          {words.nothing}
        </Text>
      ) : (
        <Suspense fallback={<div className={classes.waiting} style={{ height }} />}>
          <LinePlot {...{ label, at, series, format, height, timeZone }} />
        </Suspense>
      )}
      {!isEmpty && <AsTable {...{ label, at, series, format, timeZone }} />}
    </figure>
  )
}

/** Which of the chart's colours a series has: `faint`, or its number among the others. */
export function colourOf(series: readonly LineSeries[], index: number): string {
  if (series[index]?.isFaint === true) return 'faint'
  const before = series.slice(0, index).filter(({ isFaint }) => isFaint !== true).length
  return String((before % COLOURS) + 1)
}

function Names({ series }: { readonly series: readonly LineSeries[] }) {
  return (
    <ul className={classes.names} aria-hidden="true">
      {series.map(({ name }, index) => (
        <li key={name} data-colour={colourOf(series, index)}>
          {name}
        </li>
      ))}
    </ul>
  )
}

type AsTableProps = Omit<LineChartProps, 'height'> & { readonly timeZone: string }

/** What the lines show, as text. */
function AsTable({ label, at, series, format, timeZone }: AsTableProps) {
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
            {series.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {at.map((moment, index) => (
            <tr key={moment}>
              <th scope="row">{toPoint(moment)}</th>
              {series.map(({ name, values }) => (
                <td key={name}>{toText(values[index])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </VisuallyHidden>
  )
}
