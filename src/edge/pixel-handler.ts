import type { HitAnswer, HitKind, RenderedPixel, UrlPixel } from '../domain/hit.ts'
import { GIF_HEADERS, TRANSPARENT_GIF } from './answers.ts'
import type { HitDialect } from './dialects/hit-dialect.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange, HeaderList } from './exchange.ts'
import { judgeHit } from './judge-hit.ts'
import { pixelPage, pixelPolicy, pixelScript } from './pixel-page.ts'
import { readHit } from './read-hit.ts'
import { isTestHit, sendTestPage } from './test-page.ts'

export type PixelKind = Extract<HitKind, 'image' | 'iframe' | 'script'>

const NO_STORE: HeaderList = ['Cache-Control', 'no-store']
const FRAME_HEADERS: HeaderList = [
  ...NO_STORE,
  'Content-Type',
  'text/html; charset=utf-8',
  'Referrer-Policy',
  'no-referrer',
]
const SCRIPT_HEADERS: HeaderList = [
  ...NO_STORE,
  'Content-Type',
  'text/javascript; charset=utf-8',
  'X-Content-Type-Options',
  'nosniff',
]

/**
 * GET /pixel.gif, /pixel.html, /pixel.js: a conversion reported by the visitor's browser.
 * @param dialect of the other system whose pixel it is.
 */
export async function handlePixel(
  context: EdgeContext,
  exchange: Exchange,
  kind: PixelKind,
  dialect?: HitDialect,
): Promise<void> {
  const hit = await readHit(context, exchange, kind, dialect)
  if (hit === undefined) return
  const answer = await judgeHit(context, hit)
  if (kind === 'iframe' && isTestHit(hit)) sendTestPage(exchange, 200, answer)
  else sendPixel(exchange, kind, answer)
}

/**
 * Answers a pixel request: always a valid document of its kind, whatever became of the hit, since a page must never
 * look broken. It carries the pixels that core has chosen for it (PROTOCOL section 4).
 */
export function sendPixel(exchange: Exchange, kind: PixelKind, { outcome, pixels = [] }: HitAnswer): void {
  const told: HeaderList = ['X-Trailpost-Outcome', outcome]
  if (kind === 'image') {
    sendImage(exchange, pixels.find(isImage), told)
  } else if (kind === 'iframe') {
    const headers = [...FRAME_HEADERS, 'Content-Security-Policy', pixelPolicy(pixels), ...told]
    exchange.send(200, headers, pixelPage(pixels))
  } else {
    exchange.send(200, [...SCRIPT_HEADERS, ...told], pixelScript(pixels))
  }
}

function isImage(pixel: RenderedPixel): pixel is UrlPixel {
  return pixel.type === 'image'
}

/** An image can be sent on to one other image, and to nothing else. */
function sendImage(exchange: Exchange, pixel: UrlPixel | undefined, told: HeaderList): void {
  if (pixel === undefined) {
    exchange.send(200, [...GIF_HEADERS, ...told], TRANSPARENT_GIF)
    return
  }
  const headers = [...NO_STORE, 'Referrer-Policy', 'no-referrer', 'Location', pixel.url, ...told]
  exchange.send(302, headers, '')
}
