import type { DeviceFacts, RequestHeaders } from './visitor.ts'

/** The hints that are read here; sent as Accept-CH with every redirect. */
export const ACCEPT_CH =
  'Sec-CH-UA, Sec-CH-UA-Mobile, Sec-CH-UA-Platform, Sec-CH-UA-Platform-Version, Sec-CH-UA-Model, Sec-CH-UA-Full-Version-List, Sec-CH-UA-Form-Factors'

const HINT_CHARS_MAX = 512
/** The brand that browsers invent so that nobody relies on the list's shape: "Not A;Brand", "Not)A;Brand". */
const GREASE = /not[^a-z]*a[^a-z]*brand/i
const BRAND = /"([^"]*)"\s*;\s*v="([^"]*)"/g

const BROWSERS: Readonly<Record<string, string>> = {
  'google chrome': 'Chrome',
  'microsoft edge': 'Edge',
  'android webview': 'Chrome WebView',
  'samsung internet': 'Samsung Internet',
  yabrowser: 'Yandex',
  headlesschrome: 'Chrome Headless',
}
const PLATFORMS: Readonly<Record<string, string>> = {
  macos: 'macOS',
  'chrome os': 'ChromeOS',
  'chromium os': 'ChromeOS',
}
const FORM_FACTORS: Readonly<Record<string, string>> = {
  desktop: 'desktop',
  mobile: 'mobile',
  tablet: 'tablet',
  xr: 'other',
  watch: 'other',
  eink: 'tablet',
  automotive: 'other',
}
/** How makers start their models' names; the hint has no maker. */
const MAKERS: readonly (readonly [RegExp, string])[] = [
  [/^(?:SM-|Galaxy)/i, 'Samsung'],
  [/^Pixel/i, 'Google'],
  [/^(?:Redmi|POCO|Mi |MI |M2\d{3}|2\d{7,}[A-Z])/, 'Xiaomi'],
  [/^CPH\d/, 'OPPO'],
  [/^RMX\d/, 'Realme'],
  [/^V2\d{3}/, 'vivo'],
  [/^(?:moto|XT\d{4})/i, 'Motorola'],
  [/^(?:ONEPLUS|LE2\d{3})/i, 'OnePlus'],
  [/^Nokia/i, 'Nokia'],
  [/^(?:LM-|LG)/, 'LG'],
]

/**
 * The device as User-Agent Client Hints tell it (https://wicg.github.io/ua-client-hints); only what was sent.
 * Hints are newer than the user agent string, which browsers froze: Windows 11 and Android versions are told by
 * hints alone.
 */
export function parseClientHints(headers: RequestHeaders): Partial<DeviceFacts> {
  const brand = mainBrand(hint(headers, 'sec-ch-ua-full-version-list') || hint(headers, 'sec-ch-ua'))
  const platform = unquoted(hint(headers, 'sec-ch-ua-platform'))
  const model = unquoted(hint(headers, 'sec-ch-ua-model'))
  const facts: Record<keyof DeviceFacts, string> = {
    device_type: deviceType(headers, platform),
    device_brand: MAKERS.find(([pattern]) => pattern.test(model))?.[1] ?? '',
    device_model: model,
    os: platform === 'Unknown' ? '' : (lookUp(PLATFORMS, platform) ?? platform),
    os_version: platformVersion(platform, unquoted(hint(headers, 'sec-ch-ua-platform-version'))),
    browser: brand.name,
    browser_version: brand.version,
  }
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== ''))
}

function hint(headers: RequestHeaders, name: string): string {
  const value = headers[name]
  return typeof value === 'string' ? value.slice(0, HINT_CHARS_MAX) : ''
}

function unquoted(value: string): string {
  return value.trim().replace(/^"(.*)"$/, '$1')
}

/** The browser's own brand rather than its engine's. */
function mainBrand(list: string): { readonly name: string; readonly version: string } {
  const brands = [...list.matchAll(BRAND)].filter(([, name = '']) => !GREASE.test(name))
  const found = brands.find(([, name]) => name !== 'Chromium') ?? brands[0]
  const [, name = '', version = ''] = found ?? []
  return { name: lookUp(BROWSERS, name) ?? name, version: version.split('.', 1)[0] ?? '' }
}

function deviceType(headers: RequestHeaders, platform: string): string {
  const factor = /"([^"]+)"/.exec(hint(headers, 'sec-ch-ua-form-factors'))?.[1] ?? ''
  const told = lookUp(FORM_FACTORS, factor)
  if (told !== undefined) return told
  const mobile = hint(headers, 'sec-ch-ua-mobile')
  if (mobile === '?1') return 'mobile'
  if (mobile !== '?0' || platform === '') return ''
  return platform === 'Android' ? 'tablet' : 'desktop'
}

/**
 * Windows counts its API level: 13 and up is Windows 11, 1 to 10 is Windows 10, 0.1 to 0.3 are 7, 8 and 8.1
 * (https://learn.microsoft.com/microsoft-edge/web-platform/how-to-detect-win11).
 */
function platformVersion(platform: string, version: string): string {
  if (platform !== 'Windows') return version.split('.').slice(0, 2).join('.')
  const major = Number.parseInt(version, 10)
  if (Number.isNaN(major)) return ''
  if (major >= 13) return '11'
  if (major >= 1) return '10'
  return { '0.1': '7', '0.2': '8', '0.3': '8.1' }[version.slice(0, 3)] ?? ''
}

function lookUp(table: Readonly<Record<string, string>>, name: string): string | undefined {
  const key = name.toLowerCase()
  return Object.hasOwn(table, key) ? table[key] : undefined
}
