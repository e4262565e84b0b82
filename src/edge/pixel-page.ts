import type { UrlPixel } from '../domain/hit.ts'
import { escapeHtml } from './escape-html.ts'

/** What a frame needs to count a conversion: its own scripts and its own cookies, on its own site. */
const FRAME_RIGHTS = 'allow-scripts allow-same-origin'

/** The document of /pixel.html: the pixels nested, every URL escaped. */
export function pixelPage(pixels: readonly UrlPixel[]): string {
  return `<!doctype html><title></title>${pixels.map(toElement).join('')}`
}

/**
 * The policy of /pixel.html: exactly its pixels may be loaded, and any advertiser's page may carry the frame. A script
 * may call its own host besides, without which it could not count anything.
 */
export function pixelPolicy(pixels: readonly UrlPixel[]): string {
  const scripts = pixels.filter(({ type }) => type === 'script')
  const homes = scripts.map(({ url }) => new URL(url).origin)
  const allowed: readonly (readonly [directive: string, sources: readonly string[]])[] = [
    ['img-src', [...sourcesOf(pixels, 'image'), ...homes]],
    ['frame-src', sourcesOf(pixels, 'iframe')],
    ['script-src', sourcesOf(pixels, 'script')],
    ['connect-src', homes],
  ]
  const given = allowed.filter(([, sources]) => sources.length > 0)
  const directives = given.map(([directive, sources]) => `${directive} ${[...new Set(sources)].join(' ')}`)
  return ["default-src 'none'", ...directives, 'frame-ancestors *'].join('; ')
}

/**
 * The answer of /pixel.js: creates the pixels by DOM calls, so that it works however it was loaded, and neither
 * writes over the page nor leaves a name in it. Nothing when there are none.
 */
export function pixelScript(pixels: readonly UrlPixel[]): string {
  if (pixels.length === 0) return ''
  return `(${SHOW_PIXELS})(document,${toScriptLiteral(pixels.map(({ type, url }) => [type, url]))})`
}

const SHOW_PIXELS = `function(d,p){p.forEach(function(x){\
var t=x[0]==="image"?"img":x[0],e=d.createElement(t);\
if(t==="script")e.async=true;\
else{e.width=e.height=1;e.hidden=true;e.referrerPolicy="no-referrer"}\
if(t==="iframe")e.setAttribute("sandbox","${FRAME_RIGHTS}");\
e.src=x[1];(d.body||d.documentElement).appendChild(e)})}`

function toElement({ type, url }: UrlPixel): string {
  const src = escapeHtml(url)
  // No style: the policy allows none.
  const hidden = 'width="1" height="1" hidden referrerpolicy="no-referrer"'
  if (type === 'image') return `<img src="${src}" alt="" ${hidden}>`
  if (type === 'iframe') return `<iframe src="${src}" sandbox="${FRAME_RIGHTS}" ${hidden}></iframe>`
  return `<script src="${src}" async referrerpolicy="no-referrer"></script>`
}

/** Host and path, as a policy names a source; `;` and `,` would end it, and a query is not part of it. */
function sourcesOf(pixels: readonly UrlPixel[], type: UrlPixel['type']): readonly string[] {
  return pixels
    .filter((pixel) => pixel.type === type)
    .map(({ url }) => {
      const { origin, pathname } = new URL(url)
      return `${origin}${pathname.replaceAll(';', '%3B').replaceAll(',', '%2C')}`
    })
}

/** JSON that can not end a script element, wherever the answer is pasted. */
function toScriptLiteral(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e')
}
