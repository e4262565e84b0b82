import { encode } from 'uqr'
import classes from './qr-code.module.css'

/** Modules that stay free around a code, so that readers find its edge (ISO/IEC 18004). */
const QUIET_ZONE = 4

export type QrOutline = { readonly size: number; readonly path: string }

/** A text as a QR code: a path of dark modules in a square of `size` units. */
export function toQrOutline(text: string): QrOutline {
  const { size, data } = encode(text, { ecc: 'M', border: QUIET_ZONE })
  return { size, path: toPath(data) }
}

/** Dark on light in both schemes: readers expect it so. */
export function QrPicture({ outline, label }: { readonly outline: QrOutline; readonly label: string }) {
  const { size, path } = outline
  return (
    <svg
      className={classes.code}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <path d={path} fill="black" />
    </svg>
  )
}

/** Each row's dark modules as rectangles, neighbours in one. */
function toPath(rows: readonly (readonly boolean[])[]): string {
  return rows
    .map((row, y) => {
      const text = row.map((isDark) => (isDark ? '1' : '0')).join('')
      return [...text.matchAll(/1+/g)]
        .map(({ 0: run, index }) => `M${index} ${y}h${run.length}v1h-${run.length}z`)
        .join('')
    })
    .join('')
}
