import { finding, isIncoming, type UrlContext, type UrlFinding, WHOLE_URL } from './explain-url-types.ts'
import { nearestName } from './nearest-name.ts'

/** Where this installation listens (PROTOCOL sections 1, 2 and 6), by what the URL is for. */
const HIT_PATHS: readonly string[] = [
  '/tracking202/static/gpb.php',
  '/tracking202/static/gpx.php',
  '/tracking202/static/upx.php',
  '/tracking202/static/pb.php',
  '/tracking202/static/px.php',
  '/conversion.gif',
  '/click.php',
  '/cf/cv',
  '/pb/',
  '/adclick.php',
  '/aff_lsr',
  '/aff_goal',
  '/aff_l',
]
const PIXEL_PATHS: readonly string[] = ['/pixel.gif', '/pixel.html', '/pixel.js']
const LINK_PATHS =
  /^\/(?:c|i)\/[^/]+$|^\/(?:o|i)\/[^/]+\/[^/]+$|^\/click(?:\/\d+)?$|^\/aff_c$|^\/tracking202\//
const KEITARO_PATH = /^\/[^/]+\/postback$/

/** What is wrong with scheme, host, port and path. @param plain the text with its macros covered. */
export function explainAddress(text: string, plain: string, context: UrlContext): readonly UrlFinding[] {
  const scheme = /^\s*([a-z][a-z0-9+.-]*):\/\//i.exec(plain)?.[1]?.toLowerCase()
  if (scheme === undefined) {
    const message = 'A URL begins with https:// or http://.'
    return [finding('error', 'no_scheme', { start: 0, end: 0 }, { message, suggestion: 'https://' })]
  }
  if (scheme !== 'http' && scheme !== 'https') {
    const message = `${scheme}:// can not be called: it must be https:// or http://.`
    return [finding('error', 'bad_scheme', whereOf(plain, scheme), { message, suggestion: 'https' })]
  }
  const url = URL.parse(plain.trim())
  if (url === null)
    return [finding('error', 'not_a_url', WHOLE_URL, { message: 'No browser reads it as a URL.' })]
  const found = scheme === 'http' ? insecure(plain, context) : []
  return [...found, ...(isIncoming(context.purpose) ? ours(plain, url, context) : theirs(text, url, context))]
}

function insecure(plain: string, { purpose, pageUrl, publicUrl }: UrlContext): readonly UrlFinding[] {
  const where = whereOf(plain, 'http')
  if (purpose === 'pixel' && pageUrl.startsWith('https:')) {
    const message = 'A browser does not load a pixel by http:// on a page that is https://.'
    return [finding('error', 'http_on_https', where, { message, suggestion: 'https' })]
  }
  if (isIncoming(purpose) && publicUrl.startsWith('http:')) return []
  const message = 'Everybody on the way can read and change what is sent by http://.'
  return [finding('warning', 'http', where, { message, suggestion: 'https' })]
}

/** Of what somebody calls at our host. */
function ours(plain: string, url: URL, { ownHosts, publicUrl, purpose }: UrlContext): readonly UrlFinding[] {
  const found: UrlFinding[] = []
  if (!ownHosts.includes(url.hostname)) {
    const message = `${url.hostname} is none of the hosts of this installation, so that nothing arrives here.`
    const suggestion = URL.parse(publicUrl)?.host ?? ''
    found.push(finding('error', 'not_our_host', whereOf(plain, url.host), { message, suggestion }))
  }
  if (isOurPath(url.pathname, purpose)) return found
  const nearest = nearestName(url.pathname, pathsFor(purpose)) ?? ''
  const message = `Nothing listens at ${url.pathname}.`
  const where = url.pathname === '/' ? WHOLE_URL : whereOf(plain, url.pathname)
  const suggestion = nearest || (pathsFor(purpose)[0] ?? '')
  return [...found, finding('error', 'wrong_path', where, { message, suggestion })]
}

function isOurPath(path: string, purpose: UrlContext['purpose']): boolean {
  if (purpose === 'link') return LINK_PATHS.test(path)
  return pathsFor(purpose).includes(path) || KEITARO_PATH.test(path)
}

function pathsFor(purpose: UrlContext['purpose']): readonly string[] {
  if (purpose === 'link') return ['/c/', '/o/', '/i/', '/click']
  return purpose === 'pixel'
    ? [...PIXEL_PATHS, '/postback', ...HIT_PATHS]
    : ['/postback', ...PIXEL_PATHS, ...HIT_PATHS]
}

/** Of what we call, or send visitors to. */
function theirs(text: string, url: URL, { ownHosts, purpose, refusal }: UrlContext): readonly UrlFinding[] {
  const isCalled = purpose === 'target' || purpose === 'affiliate_target'
  const level = isCalled ? 'error' : 'warning'
  if (ownHosts.includes(url.hostname)) {
    const message = `${url.hostname} is this installation itself: the call would come back to us for ever.`
    return [finding(level, 'loop', whereOf(text, url.host), { message })]
  }
  const reason = refusal(url.href)
  if (reason === '') return []
  const message = isCalled ? `It is not called: ${reason}.` : `Visitors may not get there: ${reason}.`
  return [finding(level, 'refused_address', whereOf(text, url.host), { message })]
}

/** Where a piece stands; the whole when it was written in another way. */
function whereOf(text: string, piece: string): { readonly start: number; readonly end: number } {
  const start = text.toLowerCase().indexOf(piece.toLowerCase())
  return start < 0 || piece === '' ? WHOLE_URL : { start, end: start + piece.length }
}
