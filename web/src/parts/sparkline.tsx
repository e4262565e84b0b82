import classes from './sparkline.module.css'

const WIDTH = 100
const HEIGHT = 24
/** Half a stroke must not be cut off at the edges. */
const EDGE = 2

type SparklineProps = {
  /** In order; null where nothing is known, which breaks the line. */
  readonly values: readonly (number | null)[]
  readonly label: string
}

/** The run of a few numbers as a small line, without axes. */
export function Sparkline({ values, label }: SparklineProps) {
  const { line, dots } = toPaths(values)
  return (
    <svg
      className={classes.sparkline}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <line className={classes.base} x1={0} x2={WIDTH} y1={HEIGHT - EDGE} y2={HEIGHT - EDGE} />
      <path className={classes.line} d={line} />
      <path className={classes.dots} d={dots} />
    </svg>
  )
}

type Drawn = { readonly line: string; readonly dots: string }

/** Lines through what is known, and dots where a value has none beside it: a line of one point would not be seen. */
function toPaths(values: readonly (number | null)[]): Drawn {
  const known = values.filter((value) => value !== null)
  const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)]
  const span = high - low || 1
  const stepX = WIDTH / Math.max(1, values.length - 1)
  const toY = (value: number) => HEIGHT - EDGE - ((value - low) / span) * (HEIGHT - 2 * EDGE)
  const isKnown = (index: number) => (values[index] ?? null) !== null
  let [line, dots] = ['', '']
  for (const [index, value] of values.entries()) {
    if (value === null) continue
    const point = `${round(index * stepX)} ${round(toY(value))}`
    if (isKnown(index - 1)) line += `L${point}`
    else if (isKnown(index + 1)) line += `M${point}`
    // A stroke of no length is drawn as a dot by its round ends.
    else dots += `M${point}h0.01`
  }
  return { line, dots }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
