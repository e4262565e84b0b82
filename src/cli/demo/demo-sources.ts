import { type ApiClient, field } from './api-client.ts'

/** Templates of the catalogue, with what only an account holder knows. */
const TEMPLATES = {
  clickadu: { REPLACE_HASH: 'c0ffee', REPLACE_AID: '4711' },
  hilltopads: {},
  adsterra: { REPLACE_LOGIN: 'demo_adsterra' },
  zeropark: { REPLACE_ID: '77' },
  richads: {},
} as const

export type SourceKey = keyof typeof TEMPLATES
export const SOURCE_KEYS: readonly SourceKey[] = ['clickadu', 'hilltopads', 'adsterra', 'zeropark', 'richads']

/** A traffic source as the demo configured it, and how its own server tells visits apart. */
export type DemoSource = {
  readonly key: SourceKey
  readonly id: string
  /** The source's macros, as they stand in campaign links. */
  readonly externalIdMacro: string
  readonly costMacro: string
  readonly tokenMacros: readonly string[]
  /** Of the source's conversion URL: which query parameters carry the click id and the payout. */
  readonly externalIdParam: string
  readonly payoutParam: string
}

/**
 * Creates a source from its template. The conversion URL keeps its path and parameters and leads to the demo's own
 * process instead of the source's server: nobody outside is called.
 */
export async function createSource(api: ApiClient, key: SourceKey, sourceUrl: string): Promise<DemoSource> {
  const source = await api.post('/traffic-sources/from-template', {
    template: key,
    replacements: TEMPLATES[key],
    currency: 'USD',
  })
  const id = String(field(source, 'id'))
  const target = firstTarget(source)
  const url = atDemoSource(target.url, key, sourceUrl)
  // RichAds takes its conversions by a pixel in the visitor's browser here, the others by postback.
  const change = key === 'richads' ? { url, type: 'image' } : { url, statuses: ['approved'] }
  await api.patch(`/notification-targets/${target.id}`, change)
  return {
    key,
    id,
    externalIdMacro: String(field(source, 'externalIdMacro')),
    costMacro: String(field(source, 'costMacro')),
    tokenMacros: (field(source, 'tokens') as readonly { macro: string }[]).map(({ macro }) => macro),
    externalIdParam: paramOf(url, '{externalid}'),
    payoutParam: paramOf(url, '{payout}'),
  }
}

function firstTarget(source: unknown): { readonly id: string; readonly url: string } {
  const [target] = field(source, 'notificationTargets') as readonly { id: string; url: string }[]
  if (target === undefined) throw new Error(`the template has no conversion URL: ${JSON.stringify(source)}`)
  return target
}

function atDemoSource(url: string, key: SourceKey, sourceUrl: string): string {
  return url.replace(/^https?:\/\/[^/]+/, `${sourceUrl}/${key}`)
}

/** Macros are not encoded in the template, so that the text itself is searched. */
function paramOf(url: string, macro: string): string {
  const pair = (url.split('?')[1] ?? '').split('&').find((part) => part.endsWith(`=${macro}`))
  if (pair === undefined) throw new Error(`${url} has no parameter for ${macro}`)
  return pair.slice(0, pair.indexOf('='))
}
