import type { HitAnswer, HitKind } from '../domain/hit.ts'
import { GIF_HEADERS, TRANSPARENT_GIF } from './answers.ts'
import type { HitDialect } from './dialects/hit-dialect.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange, HeaderList } from './exchange.ts'
import { judgeHit } from './judge-hit.ts'
import { readHit } from './read-hit.ts'

export type PixelKind = Extract<HitKind, 'image' | 'iframe' | 'script'>

type PixelBody = { readonly headers: HeaderList; readonly body: string | Buffer }

/** The frame has nothing to show or run, and any advertiser's page may carry it. */
const FRAME_POLICY = "default-src 'none'; frame-ancestors *"

/** What the advertiser's page gets, whatever became of the hit: a page must never look broken. */
const BODIES: Readonly<Record<PixelKind, PixelBody>> = {
  image: { headers: GIF_HEADERS, body: TRANSPARENT_GIF },
  iframe: {
    headers: [
      'Cache-Control',
      'no-store',
      'Content-Type',
      'text/html; charset=utf-8',
      'Content-Security-Policy',
      FRAME_POLICY,
      'Referrer-Policy',
      'no-referrer',
    ],
    body: '<!doctype html><title></title>',
  },
  script: {
    headers: [
      'Cache-Control',
      'no-store',
      'Content-Type',
      'text/javascript; charset=utf-8',
      'X-Content-Type-Options',
      'nosniff',
    ],
    body: '',
  },
}

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
  if (hit !== undefined) sendPixel(exchange, kind, await judgeHit(context, hit))
}

/** Answers a pixel request: always a valid document of its kind. */
export function sendPixel(exchange: Exchange, kind: PixelKind, { outcome }: HitAnswer): void {
  const { headers, body } = BODIES[kind]
  exchange.send(200, [...headers, 'X-Trailpost-Outcome', outcome], body)
}
