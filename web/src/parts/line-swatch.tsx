import { dashesOf, type LineLook, strokeOf, widthOf } from './chart-lines.ts'

/** Long enough to show every pattern of dashes. */
const WIDTH_PX = 30
const HEIGHT_PX = 8

/** A piece of a chart's line, beside its name. */
export function LineSwatch({ look }: { readonly look: LineLook }) {
  return (
    <svg width={WIDTH_PX} height={HEIGHT_PX} aria-hidden="true" focusable="false">
      <line
        x2={WIDTH_PX}
        y1={HEIGHT_PX / 2}
        y2={HEIGHT_PX / 2}
        style={{ stroke: strokeOf(look) }}
        strokeWidth={widthOf(look)}
        strokeDasharray={dashesOf(look).join(' ')}
      />
    </svg>
  )
}
