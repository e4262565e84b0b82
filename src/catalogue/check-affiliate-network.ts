import { mapStatus } from '../domain/conversion.ts'
import { type HitFields, parseHit } from '../domain/hit-params.ts'
import { compileTemplate } from '../domain/macros.ts'
import { isUnfilledMacro } from '../domain/unfilled-macro.ts'
import type { AffiliateNetworkTemplate } from './catalogue-schema.ts'
import { checkCurrency, checkPlaceholders } from './check-placeholders.ts'
import { findPlaceholders } from './find-placeholders.ts'
import { type PostbackUrl, postbackUrls } from './postback-urls.ts'

/** What a network could fill in, by our parameter names. */
const SAMPLES: Readonly<Record<string, string>> = {
  cid: '01hf6z8y3c0000000000000000',
  payout: '12.50',
  currency: 'EUR',
  txid: 'tx-1',
  event: 'sale',
  status: 'approved',
}

/**
 * What would not work about a template: an offer link that can not be built, a macro that would be taken for a
 * value, a postback that would not be understood. One sentence each; none when it is sound.
 */
export function checkAffiliateNetwork(template: AffiliateNetworkTemplate): readonly string[] {
  return [
    ...checkOfferLink(template),
    ...checkMacros(template),
    ...checkReporting(template),
    ...postbackUrls(template).flatMap((url) => checkRoundTrip(template, url)),
    ...checkPlaceholders(template.placeholders, [template.currency]),
    ...checkCurrency(template.currency),
  ]
}

function checkOfferLink({ clickId, offerParams }: AffiliateNetworkTemplate): string[] {
  const path = clickId.where === 'path' ? clickId.text : ''
  const query = clickId.where === 'query' ? [{ param: clickId.param, value: '{clickid}' }] : []
  const pairs = [...query, ...offerParams].map(({ param, value }) => `${param}=${value}`)
  const text = `https://offer.example${path}?${pairs.join('&')}`
  const compiled = compileTemplate(text)
  if (!compiled.ok) return [`offer link: ${compiled.reason}`]
  const [placeholder] = findPlaceholders(text)
  if (placeholder !== undefined) return [`offer link: "${placeholder}" can not stand here`]
  const needsId = clickId.where !== 'unknown'
  return needsId && !compiled.template.macros.includes('clickid') ? ['offer link: {clickid} is missing'] : []
}

function checkMacros({ incoming, values, urls }: AffiliateNetworkTemplate): string[] {
  const macros = [
    ...Object.values(incoming),
    ...values.map(({ macro }) => macro),
    ...urls.map((url) => url.payout ?? ''),
  ]
  return macros
    .filter((macro) => macro !== '')
    .flatMap((macro) => {
      if (findPlaceholders(macro).length > 0) return [`incoming: "${macro}" can not stand in a postback`]
      return isUnfilledMacro(macro) ? [] : [`incoming: "${macro}" left unfilled would count as a value`]
    })
}

function checkReporting({ reporting, incoming }: AffiliateNetworkTemplate): string[] {
  if (reporting === 'postback' && incoming.clickId === '') return ['incoming.clickId: a postback needs it']
  return []
}

/** The network fills in its macros: what arrives says the same under our names. */
function checkRoundTrip(template: AffiliateNetworkTemplate, { title, pairs }: PostbackUrl): string[] {
  const where = title === '' ? 'postback' : `postback "${title}"`
  const words = Object.keys(template.statusMap)
  const problems = words.length === 0 ? [] : words.flatMap((word) => problemsOfHit(template, pairs, word))
  return [...problemsOfHit(template, pairs, 'approved'), ...problems].map((problem) => `${where}: ${problem}`)
}

function problemsOfHit(
  template: AffiliateNetworkTemplate,
  pairs: PostbackUrl['pairs'],
  word: string,
): string[] {
  const filled = pairs.map(([name, value]): [string, string] => [
    name,
    isUnfilledMacro(value) ? (name === 'status' ? word : (SAMPLES[name] ?? value)) : value,
  ])
  const hit = parseHit(filled)
  if (!hit.ok) return [hit.reason]
  return filled
    .filter(([name]) => name in SAMPLES)
    .flatMap(([name, value]) =>
      readBack(hit.fields, name, template) === expected(template, name, value)
        ? []
        : [`${name}=${value} is not understood`],
    )
}

function readBack(fields: HitFields, name: string, { statusMap }: AffiliateNetworkTemplate): string {
  switch (name) {
    case 'payout':
      return String(fields.payoutMicros)
    case 'status':
      return mapStatus(fields.status, fields.statusMap, statusMap) ?? ''
    case 'cid':
    case 'currency':
    case 'txid':
    case 'event':
      return fields[name]
    default:
      return ''
  }
}

function expected({ statusMap }: AffiliateNetworkTemplate, name: string, value: string): string {
  if (name === 'payout') return String(Number(value) * 1_000_000)
  return name === 'status' ? (statusMap[value] ?? value) : value
}
