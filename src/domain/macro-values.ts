import type { LedgerRow } from './ledger-row.ts'
import type { MacroValues } from './macro-names.ts'
import { wholeAddressOf, wholeUserAgentOf } from './personal-data.ts'

/** Names that a visit's row does not hold, only their ids. */
export type VisitNames = {
  readonly campaign?: string
  readonly source?: string
  readonly offer?: string
  readonly network?: string
  readonly lander?: string
}

/** A visit as macros see it: its row, without needing the row to be whole. */
export type MacroVisit = Partial<Omit<LedgerRow, 'kind'>>

/**
 * The values of a visit's macros, for lander and offer URLs. `payout` and `revenue` are empty until it converts.
 * @param random fills {random}: digits, made by the caller.
 */
export function buildVisitMacroValues(visit: MacroVisit, names: VisitNames = {}, random = ''): MacroValues {
  const atMs = visit.at ?? 0
  const values: { [name: string]: string | undefined } = {
    clickid: visit.click_id,
    externalid: visit.external_id,
    cost: visit.cost === undefined ? undefined : shortDecimal(visit.cost),
    datetime: String(atMs),
    timestamp: String(Math.floor(atMs / 1_000)),
    'click.datetime': visitTime(visit),
    'campaign.id': visit.campaign_id,
    'campaign.name': names.campaign,
    'source.id': visit.traffic_source_id,
    'source.name': names.source,
    'offer.id': visit.offer_id,
    'offer.name': names.offer,
    'network.name': names.network,
    'lander.id': visit.lander_id,
    'lander.name': names.lander,
    'affiliate.id': visit.affiliate_id,
    'advertiser.id': visit.advertiser_id,
    sub1: visit.sub1,
    sub2: visit.sub2,
    sub3: visit.sub3,
    sub4: visit.sub4,
    sub5: visit.sub5,
    sub6: visit.sub6,
    sub7: visit.sub7,
    sub8: visit.sub8,
    sub9: visit.sub9,
    sub10: visit.sub10,
    country: visit.country,
    region: visit.region,
    city: visit.city,
    isp: visit.isp,
    device: visit.device_type,
    os: visit.os,
    browser: visit.browser,
    language: visit.language,
    // What retention has left of them is nothing that a receiver could use.
    ip: wholeAddressOf(visit),
    useragent: wholeUserAgentOf(visit),
    referrer: visit.referrer,
    'device.brand': visit.device_brand,
    'device.model': visit.device_model,
    'os.version': visit.os_version,
    'browser.version': visit.browser_version,
    'referrer.domain': visit.referrer_domain,
    connection: visit.connection_type,
    asn: visit.asn,
    random,
  }
  for (const name in visit.tokens) values[`token.${name}`] = visit.tokens[name]
  return values
}

/** When the visitor followed the link, Unix milliseconds; '' without a visit. */
export function visitTime({ click_id, visit_at, at }: MacroVisit): string {
  return (click_id ?? '') === '' ? '' : String(visit_at ?? at ?? '')
}

/** "0.010000" as people write it: "0.01". */
function shortDecimal(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal
}
