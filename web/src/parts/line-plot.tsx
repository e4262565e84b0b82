import { type CSSProperties, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { formatChange } from '../format.ts'
import { changeOf } from '../report-metrics.ts'
import { chartTexts as words } from '../texts-chart.ts'
import { type ChartLine, isBefore } from './chart-lines.ts'
import { stepOf, toPointFormat } from './chart-times.ts'
import classes from './line-chart.module.css'
import type { DrawnLines } from './line-chart.tsx'
import { toPlotOptions } from './line-plot-options.ts'
import { LineSwatch } from './line-swatch.tsx'

type LinePlotProps = DrawnLines & { readonly height: number }
type Cursor = { readonly index: number; readonly left: number }

/** The drawing of a line chart and its read-out. As a slider, its points are reached by the arrow keys, too. */
export function LinePlot(props: LinePlotProps) {
  const { label, at, lines, format, timeZone } = props
  const { holder, plot, cursor } = usePlot(props)
  const toPoint = toPointFormat(stepOf(at), timeZone)
  const last = at.length - 1
  const newest = Math.max(0, newestOf(lines))
  const index = Math.min(cursor?.index ?? newest, last)
  const read = (point: number) =>
    words.read(
      toPoint(at[point] ?? 0),
      lines.map((line) => words.value(line.name, toText(line.values[point], format), toChange(line, point))),
    )
  const move = (event: KeyboardEvent) => {
    const next = toNext(event.key, { index: cursor?.index, newest, last })
    if (next === undefined || plot.current === null) return
    event.preventDefault()
    plot.current.setCursor({ left: plot.current.valToPos(at[next] ?? 0, 'x'), top: 0 })
  }
  return (
    <div
      className={classes.plot}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-description={words.keys}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={index}
      aria-valuetext={read(index)}
      onKeyDown={move}
      onBlur={() => plot.current?.setCursor({ left: -10, top: -10 })}
    >
      <div className={classes.canvas} ref={holder} aria-hidden="true" />
      {cursor !== undefined && (
        <Readout {...props} cursor={{ ...cursor, index }} time={toPoint(at[index] ?? 0)} />
      )}
    </div>
  )
}

/** Draws into the holder, follows its width, the data and the colour scheme, and tells where the cursor is. */
function usePlot({ at, lines, format, height, timeZone }: LinePlotProps) {
  const holder = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const shown = useRef(format)
  shown.current = format
  const [cursor, setCursor] = useState<Cursor>()
  const looks = useSame(lines.map(({ look }) => look))
  const data: uPlot.AlignedData = [[...at], ...lines.map(({ values }) => [...values])]
  const latest = useRef(data)
  latest.current = data

  useEffect(() => {
    const element = holder.current
    if (element === null) return
    const drawn = new uPlot(
      toPlotOptions({
        element,
        looks,
        height,
        timeZone,
        format: (value) => shown.current(value),
        onCursor: (index, left) => setCursor(index === null ? undefined : { index, left }),
      }),
      latest.current,
      element,
    )
    plot.current = drawn
    const sizes = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height }))
    sizes.observe(element)
    // A canvas keeps the colours it was drawn with.
    const scheme = new MutationObserver(() => drawn.redraw(false))
    scheme.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme'] })
    return () => {
      sizes.disconnect()
      scheme.disconnect()
      drawn.destroy()
      plot.current = null
    }
  }, [looks, height, timeZone])

  const version = JSON.stringify(data)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same numbers in new arrays are not drawn again
  useEffect(() => plot.current?.setData(latest.current), [version])
  return { holder, plot, cursor }
}

/** The same array for as long as it has the same parts. */
function useSame<T extends string>(parts: readonly T[]): readonly T[] {
  const kept = useRef(parts)
  if (kept.current.join(' ') !== parts.join(' ')) kept.current = parts
  return kept.current
}

type ReadoutProps = LinePlotProps & { readonly cursor: Cursor; readonly time: string }

function Readout({ lines, format, cursor, time }: ReadoutProps) {
  const { index, left } = cursor
  return (
    <div className={classes.readout} style={toSide(left)} aria-hidden="true">
      {time}
      <dl>
        {lines.map((line) => (
          <div key={line.look} className={classes.read} data-before={isBefore(line.look) || undefined}>
            <dt>
              <LineSwatch look={line.look} />
              {line.name}
            </dt>
            <dd>{toText(line.values[index], format)}</dd>
            <dd className={classes.change}>{toChange(line, index)}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

const READOUT_GAP_PX = 14

/** Beside the cursor, on the side with more room. `left` is a share of the chart's width. */
function toSide(left: number): CSSProperties {
  const [side, share] = left < 0.5 ? ['--left', left] : ['--right', 1 - left]
  return { [side]: `calc(${share * 100}% + ${READOUT_GAP_PX}px)` }
}

/** How much more or less than before at a point; nothing where there is nothing to compare. */
function toChange({ values, than }: ChartLine, point: number): string {
  const change = changeOf(values[point] ?? null, than?.[point] ?? null)
  return change === null ? '' : formatChange(change)
}

/** The last point that is known: what the lines are compared with may go on into the future. */
function newestOf(lines: readonly ChartLine[]): number {
  const known = lines
    .filter(({ look }) => !isBefore(look))
    .map(({ values }) => values.findLastIndex((value) => value !== null))
  return Math.max(-1, ...known)
}

type Points = { readonly index: number | undefined; readonly newest: number; readonly last: number }

/** The point that a key leads to; the first press shows the newest. */
function toNext(key: string, { index, newest, last }: Points): number | undefined {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return index === undefined ? newest : Math.max(0, index - 1)
    case 'ArrowRight':
    case 'ArrowUp':
      return index === undefined ? newest : Math.min(last, index + 1)
    case 'Home':
      return 0
    case 'End':
      return last
    default:
      return undefined
  }
}

function toText(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? words.missing : format(value)
}
