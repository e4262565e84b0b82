import type { RenderedPixel, UrlPixel } from '../domain/hit.ts'
import { FRAME_RIGHTS, MARKUP_RIGHTS, markupDocument, pixelMarkup } from '../domain/pixel-markup.ts'

/** Not `*`: it would not cover every scheme, and these two are what a pixel needs. */
const ANY_SITE = 'https: http:'

/** The document of /pixel.html: the pixels nested, every URL and all markup escaped. */
export function pixelPage(pixels: readonly RenderedPixel[]): string {
  return `<!doctype html><title></title>${pixels.map(pixelMarkup).join('')}`
}

/**
 * The policy of /pixel.html: exactly its pixels may be loaded, and any advertiser's page may carry the frame. A script
 * may call its own host besides, without which it could not count anything. A frame of markup inherits the policy, and
 * nobody can tell what it will load: then any site is allowed, to a document that is otherwise our own text.
 */
export function pixelPolicy(pixels: readonly RenderedPixel[]): string {
  const directives = pixels.some(isMarkup) ? ANY_SITE_DIRECTIVES : exactDirectives(pixels.filter(isUrl))
  return ["default-src 'none'", ...directives, 'frame-ancestors *'].join('; ')
}

const ANY_SITE_DIRECTIVES: readonly string[] = [
  `img-src ${ANY_SITE} data:`,
  `frame-src ${ANY_SITE}`,
  `script-src 'unsafe-inline' ${ANY_SITE}`,
  `connect-src ${ANY_SITE}`,
]

function exactDirectives(pixels: readonly UrlPixel[]): readonly string[] {
  const scripts = pixels.filter(({ type }) => type === 'script')
  const homes = scripts.map(({ url }) => new URL(url).origin)
  const allowed: readonly (readonly [directive: string, sources: readonly string[]])[] = [
    ['img-src', [...sourcesOf(pixels, 'image'), ...homes]],
    ['frame-src', sourcesOf(pixels, 'iframe')],
    ['script-src', sourcesOf(pixels, 'script')],
    ['connect-src', homes],
  ]
  const given = allowed.filter(([, sources]) => sources.length > 0)
  return given.map(([directive, sources]) => `${directive} ${[...new Set(sources)].join(' ')}`)
}

/**
 * The answer of /pixel.js: creates the pixels by DOM calls, so that it works however it was loaded, and neither
 * writes over the page nor leaves a name in it. Nothing when there are none.
 */
export function pixelScript(pixels: readonly RenderedPixel[]): string {
  if (pixels.length === 0) return ''
  const list = pixels.map((pixel) =>
    isMarkup(pixel) ? [pixel.type, markupDocument(pixel.html)] : [pixel.type, pixel.url],
  )
  return `(${SHOW_PIXELS})(document,${toScriptLiteral(list)})`
}

const SHOW_PIXELS = `function(d,p){p.forEach(function(x){\
var h=x[0]==="html",t=h?"iframe":x[0]==="image"?"img":x[0],e=d.createElement(t);\
if(t==="script")e.async=true;\
else{e.width=e.height=1;e.hidden=true;e.referrerPolicy="no-referrer"}\
if(t==="iframe")e.setAttribute("sandbox",h?"${MARKUP_RIGHTS}":"${FRAME_RIGHTS}");\
e[h?"srcdoc":"src"]=x[1];(d.body||d.documentElement).appendChild(e)})}`

function isMarkup(pixel: RenderedPixel): pixel is Extract<RenderedPixel, { type: 'html' }> {
  return pixel.type === 'html'
}

function isUrl(pixel: RenderedPixel): pixel is UrlPixel {
  return pixel.type !== 'html'
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
