import type uPlot from 'uplot'
import { dashesOf, type LineLook, strokeOf, widthOf } from './chart-lines.ts'
import { LONE_POINT_MS, marksOf, stepOf, toAxisFormat } from './chart-times.ts'

type PlotOptions = {
  /** What is drawn into; its CSS variables are the colours. */
  readonly element: HTMLElement
  /** Of each line. */
  readonly looks: readonly LineLook[]
  readonly height: number
  readonly timeZone: string
  readonly format: (value: number) => string
  /** The point under the cursor and where it is as a share of the chart's width; null when it left. */
  readonly onCursor: (index: number | null, left: number) => void
}

const FONT_PX = 11
const CHARACTER_PX = 6.2
const AXIS_GAP_PX = 14
const X_AXIS_PX = 26
const X_MARKS_PX = 72
/** Half of the widest mark, which is centred below the last point. */
const LAST_MARK_PX = 28
const Y_MARKS_PX = 44
/** Of the highest value, above it. */
const HEADROOM = 0.08

/** How uPlot draws lines over time: quiet grid, colours of the scheme that is shown, marks in the zone. */
export function toPlotOptions(options: PlotOptions): uPlot.Options {
  const { element, looks, height, onCursor } = options
  return {
    width: element.clientWidth,
    height,
    ms: 1,
    padding: [8, LAST_MARK_PX, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 }, move: toNearestPoint },
    scales: { x: { time: true, range: toTimeRange }, y: { range: toValueRange } },
    axes: [toTimeAxis(options), toValueAxis(options)],
    series: [
      {},
      ...looks.map((look): uPlot.Series => {
        const stroke = () => resolveColour(element, strokeOf(look))
        const dash = [...dashesOf(look)]
        return { stroke, dash, width: widthOf(look), points: { show: isLonePoint, fill: stroke } }
      }),
    ],
    hooks: {
      setCursor: [
        (plot) => {
          const { idx, left } = plot.cursor
          const isInside = idx !== null && idx !== undefined && left !== undefined && left >= 0
          const at = isInside ? (plot.data[0][idx] ?? 0) : 0
          const pixels = plot.over.offsetLeft + (isInside ? plot.valToPos(at, 'x') : 0)
          onCursor(isInside ? idx : null, pixels / plot.width)
        },
      ],
    },
  }
}

/** The line under the mouse stands where the numbers are read. */
const toNearestPoint: uPlot.Cursor.MousePosRefiner = (plot, left, top) => {
  const at = plot.data[0][plot.posToIdx(left)]
  return left < 0 || at === undefined ? [left, top] : [plot.valToPos(at, 'x'), top]
}

function toTimeAxis({ element, timeZone }: PlotOptions): uPlot.Axis {
  return {
    ...toQuietAxis(element),
    size: X_AXIS_PX,
    space: X_MARKS_PX,
    grid: { show: false },
    // Marks are points: the library's own would be an hour beside them after a change of the clocks.
    splits: ({ data: [at], width }) => [...marksOf(Array.from(at), timeZone, Math.floor(width / X_MARKS_PX))],
    values: (_, splits) => splits.map(toAxisFormat(stepOf(splits), timeZone)),
  }
}

function toValueAxis({ element, format }: PlotOptions): uPlot.Axis {
  return {
    ...toQuietAxis(element),
    space: Y_MARKS_PX,
    grid: { stroke: () => resolveColour(element, 'var(--chart-grid)'), width: 1 },
    size: (_, marks) => {
      const longest = Math.max(1, ...(marks ?? []).map(({ length }) => length))
      return Math.ceil(longest * CHARACTER_PX) + AXIS_GAP_PX
    },
    // Halves of a count would be written as the count below it.
    values: (_, splits) => withoutRepeats(splits.map((split) => format(split))),
  }
}

function toQuietAxis(element: HTMLElement): uPlot.Axis {
  const { fontFamily } = getComputedStyle(element)
  return {
    stroke: () => resolveColour(element, 'var(--chart-text)'),
    font: `${FONT_PX}px ${fontFamily}`,
    ticks: { show: false },
    gap: 6,
  }
}

function withoutRepeats(marks: readonly string[]): string[] {
  return marks.map((mark, index) => (mark === marks[index - 1] ? '' : mark))
}

const toTimeRange: uPlot.Range.Function = (_, min, max) =>
  min === max ? [min - LONE_POINT_MS, max + LONE_POINT_MS] : [min, max]

/** From zero, or below it, to a little above the highest. */
const toValueRange: uPlot.Range.Function = (_, min, max) => {
  const [low, high] = [Math.min(0, min ?? 0), Math.max(0, max ?? 0)]
  if (low === high) return [0, 1]
  const room = (high - low) * HEADROOM
  return [low < 0 ? low - room : 0, high > 0 ? high + room : 0]
}

/** A line of one point would not be seen. */
function isLonePoint(plot: uPlot, series: number): boolean {
  return (plot.data[series] ?? []).filter((value) => value !== null).length === 1
}

/** A canvas needs the colour itself, which depends on the scheme. */
function resolveColour(element: HTMLElement, colour: string): string {
  const probe = document.createElement('span')
  probe.style.color = colour
  element.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
