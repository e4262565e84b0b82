import { escapeHtml } from './escape-html.ts'
import type { RenderedPixel } from './hit.ts'

/** What a frame needs to count a conversion: its own scripts and its own cookies, on its own site. */
export const FRAME_RIGHTS = 'allow-scripts allow-same-origin'
/** Markup has no site of its own: with an origin it would have ours, or the advertiser's. */
export const MARKUP_RIGHTS = 'allow-scripts'
/** A document within a document takes its referrer policy from itself, or else from the page around it. */
const MARKUP_HEAD = '<!doctype html><meta name="referrer" content="no-referrer">'
/** No style: the policy of /pixel.html allows none. */
const HIDDEN = 'width="1" height="1" hidden referrerpolicy="no-referrer"'

/** The element that shows a pixel in a document of ours, every URL and all markup escaped. */
export function pixelMarkup(pixel: RenderedPixel): string {
  if (pixel.type === 'html') {
    return `<iframe sandbox="${MARKUP_RIGHTS}" srcdoc="${escapeHtml(markupDocument(pixel.html))}" ${HIDDEN}></iframe>`
  }
  const src = escapeHtml(pixel.url)
  if (pixel.type === 'image') return `<img src="${src}" alt="" ${HIDDEN}>`
  if (pixel.type === 'iframe') return `<iframe src="${src}" sandbox="${FRAME_RIGHTS}" ${HIDDEN}></iframe>`
  return `<script src="${src}" async referrerpolicy="no-referrer"></script>`
}

/** The document of a frame of markup. */
export function markupDocument(html: string): string {
  return MARKUP_HEAD + html
}
