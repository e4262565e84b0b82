export type LineSeries = {
  readonly name: string
  /** One for each moment; null where nothing is known. */
  readonly values: readonly (number | null)[]
  /** What it is compared with: faint in the same colour. */
  readonly before?: Pick<LineSeries, 'name' | 'values'> | undefined
}

/** How a line looks: the number of its colour and dashes, with what it is compared with as a faint one of them. */
export type LineLook = `${number}` | `${number}-before`

/** One line of a chart. */
export type ChartLine = Pick<LineSeries, 'name' | 'values'> & {
  readonly look: LineLook
  /** What its values are compared with; undefined for none, and for what others are compared with. */
  readonly than: LineSeries['values'] | undefined
}

/** On and off in CSS pixels. As colour alone tells lines apart for some people only, each has a pattern of its own. */
const DASHES: readonly (readonly number[])[] = [
  [],
  [9, 4],
  [10, 3, 2, 3],
  [4, 3],
  [16, 4],
  [10, 3, 2, 3, 2, 3],
  [6, 2, 2, 2],
  [16, 3, 6, 3],
]
const BEFORE_DASHES = [1.5, 3]
const LINE_PX = 2
const BEFORE_LINE_PX = 1.5
const BEFORE_STRENGTH = '60%'

/** Every series, each followed by what it is compared with. */
export function toLines(series: readonly LineSeries[]): readonly ChartLine[] {
  return series.flatMap(({ name, values, before }, index): ChartLine[] => {
    const number = (index % DASHES.length) + 1
    const line: ChartLine = { look: `${number}`, name, values, than: before?.values }
    return before === undefined ? [line] : [line, { look: `${number}-before`, ...before, than: undefined }]
  })
}

export function isBefore(look: LineLook): boolean {
  return look.endsWith('-before')
}

/** The colour, for a style inside a chart. */
export function strokeOf(look: LineLook): string {
  const colour = `var(--chart-${Number.parseInt(look, 10)})`
  return isBefore(look)
    ? `color-mix(in oklab, ${colour} ${BEFORE_STRENGTH}, var(--mantine-color-body))`
    : colour
}

export function dashesOf(look: LineLook): readonly number[] {
  return isBefore(look) ? BEFORE_DASHES : (DASHES[Number.parseInt(look, 10) - 1] ?? [])
}

/** In CSS pixels. */
export function widthOf(look: LineLook): number {
  return isBefore(look) ? BEFORE_LINE_PX : LINE_PX
}
