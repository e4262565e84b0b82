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
  return (
    <svg
      className={classes.sparkline}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <line className={classes.base} x1={0} x2={WIDTH} y1={HEIGHT - EDGE} y2={HEIGHT - EDGE} />
      <path className={classes.line} d={toPath(values)} />
    </svg>
  )
}

function toPath(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null)
  const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)]
  const span = high - low || 1
  const stepX = WIDTH / Math.max(1, values.length - 1)
  const toY = (value: number) => HEIGHT - EDGE - ((value - low) / span) * (HEIGHT - 2 * EDGE)
  return values
    .map((value, index) => {
      if (value === null) return ''
      const point = `${round(index * stepX)} ${round(toY(value))}`
      const isJoined = index > 0 && values[index - 1] !== null
      const isAlone = !isJoined && (values[index + 1] ?? null) === null
      // A stroke of no length is drawn as a dot by its round ends.
      return `${isJoined ? 'L' : 'M'}${point}${isAlone ? 'h0.01' : ''}`
    })
    .join('')
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
