import type { LedgerDimensions } from './ledger-row.ts'

/** Header values by lower-case name, as node:http gives them. */
export type RequestHeaders = { readonly [name: string]: string | readonly string[] | undefined }

export type DeviceFacts = Pick<
  LedgerDimensions,
  'device_type' | 'device_brand' | 'device_model' | 'os' | 'os_version' | 'browser' | 'browser_version'
>

/** What a parser of user agent strings finds (the shape of ua-parser-js). */
export type ParsedUserAgent = {
  readonly device?: {
    readonly type?: string | undefined
    readonly vendor?: string | undefined
    readonly model?: string | undefined
  }
  readonly os?: { readonly name?: string | undefined; readonly version?: string | undefined }
  readonly browser?: { readonly name?: string | undefined; readonly version?: string | undefined }
}

/** Why a visit is not a person's. 'head' and 'prefetch' are not counted as bots either: somebody may follow. */
export type BotReason = 'head' | 'prefetch' | 'user_agent' | 'no_user_agent'

const HEADER_CHARS_MAX = 512
const DEVICE_TYPES: Readonly<Record<string, string>> = {
  mobile: 'mobile',
  tablet: 'tablet',
  smarttv: 'tv',
  console: 'console',
  wearable: 'other',
  embedded: 'other',
}
const OS_NAMES: Readonly<Record<string, string>> = {
  'Mac OS': 'macOS',
  'Chromium OS': 'ChromeOS',
  'Chrome OS': 'ChromeOS',
}
const BROWSER_NAMES: Readonly<Record<string, string>> = {
  'Mobile Safari': 'Safari',
  'Mobile Chrome': 'Chrome',
  'Mobile Firefox': 'Firefox',
  'Samsung Browser': 'Samsung Internet',
}
const DESKTOP_SYSTEMS = /^(?:Windows|macOS|ChromeOS|Linux|Ubuntu|Debian|Fedora|FreeBSD|OpenBSD|Mint|Arch)$/
/** Brands of hints that say less than an app's own user agent. */
const ENGINE_BRANDS: ReadonlySet<string> = new Set(['Chromium', 'Chrome WebView'])
const FROZEN_MODEL = 'K'
const PREFETCH_HEADERS = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz']
const PREFETCH_WORDS = /prefetch|prerender|preview/i

/** The preferred language of Accept-Language as ISO 639 ('en' of 'en-GB,de;q=0.8'); '' when none is told. */
export function parseLanguage(acceptLanguage: string | undefined): string {
  let best = ''
  let bestQuality = 0
  for (const range of (acceptLanguage ?? '').slice(0, HEADER_CHARS_MAX).split(',')) {
    const [tag = '', ...parameters] = range.split(';')
    const language = /^[a-z]{2,3}$/i.exec(tag.trim().split('-', 1)[0] ?? '')?.[0].toLowerCase()
    const quality = qualityOf(parameters)
    if (language !== undefined && quality > bestQuality) {
      best = language
      bestQuality = quality
    }
  }
  return best
}

/** The host of a referrer, lower case, without port and 'www.'; '' when it has none. */
export function referrerDomain(referrer: string): string {
  const host = /^(?:https?|android-app):\/\/(?:[^/?#@]*@)?([^/?#:]+)/i.exec(referrer)?.[1] ?? ''
  return host.toLowerCase().replace(/^www\./, '')
}

/** Whether the browser, or a link preview, fetches ahead of a person. */
function isPrefetch(headers: RequestHeaders): boolean {
  return PREFETCH_HEADERS.some((name) => {
    const value = headers[name]
    return typeof value === 'string' && PREFETCH_WORDS.test(value)
  })
}

/** Why a request is not a person's visit; '' for a person's. */
export function decideBot(request: {
  readonly method: string
  readonly headers: RequestHeaders
  readonly userAgent: string
  /** Whether the list of bots knows the user agent. */
  readonly knownBot: boolean
}): BotReason | '' {
  if (request.method === 'HEAD') return 'head'
  if (isPrefetch(request.headers)) return 'prefetch'
  if (request.userAgent.trim() === '') return 'no_user_agent'
  return request.knownBot ? 'user_agent' : ''
}

/** The parser's findings in the ledger's words: browsers by major version, systems by two places. */
export function toDeviceFacts(parsed: ParsedUserAgent): DeviceFacts {
  const os = renamed(OS_NAMES, parsed.os?.name)
  const browser = renamed(BROWSER_NAMES, parsed.browser?.name)
  const type = parsed.device?.type
  return {
    device_type:
      type === undefined ? (DESKTOP_SYSTEMS.test(os) ? 'desktop' : '') : (DEVICE_TYPES[type] ?? 'other'),
    device_brand: parsed.device?.vendor ?? '',
    device_model: toModel(parsed.device?.model),
    os,
    os_version: (parsed.os?.version ?? '').split('.').slice(0, 2).join('.'),
    browser,
    browser_version: (parsed.browser?.version ?? '').split('.', 1)[0] ?? '',
  }
}

/**
 * What hints say goes before what the user agent says, except that an app is known by its user agent where the hints
 * name its engine only; a version always comes from the same source as its name.
 */
export function combineDevice(fromUserAgent: DeviceFacts, hints: Partial<DeviceFacts>): DeviceFacts {
  const appOnly = ENGINE_BRANDS.has(hints.browser ?? '') && fromUserAgent.browser !== ''
  const browserSource = hints.browser === undefined || appOnly ? fromUserAgent : hints
  const osVersion = hints.os_version ?? (sameSystem(fromUserAgent, hints) ? fromUserAgent.os_version : '')
  return {
    device_type: hints.device_type ?? fromUserAgent.device_type,
    device_brand: hints.device_brand ?? fromUserAgent.device_brand,
    device_model: hints.device_model ?? fromUserAgent.device_model,
    os: hints.os ?? fromUserAgent.os,
    os_version: osVersion,
    browser: browserSource.browser ?? '',
    browser_version: browserSource.browser_version ?? '',
  }
}

/** Chrome writes `K` for every Android model since it froze its user agent: https://www.chromium.org/updates/ua-reduction */
function toModel(model: string | undefined): string {
  return model === undefined || model === FROZEN_MODEL ? '' : model
}

function sameSystem(fromUserAgent: DeviceFacts, hints: Partial<DeviceFacts>): boolean {
  return hints.os === undefined || hints.os === fromUserAgent.os
}

function qualityOf(parameters: readonly string[]): number {
  const text = parameters.find((parameter) => /^\s*q=/i.test(parameter))
  if (text === undefined) return 1
  const quality = Number(text.slice(text.indexOf('=') + 1))
  return quality >= 0 && quality <= 1 ? quality : 0
}

function renamed(names: Readonly<Record<string, string>>, name: string | undefined): string {
  if (name === undefined) return ''
  return Object.hasOwn(names, name) ? (names[name] ?? '') : name
}
