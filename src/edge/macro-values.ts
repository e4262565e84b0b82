import { formatMicros } from '../domain/money.ts'
import type { ClientFacts } from './client-facts.ts'
import type { IndexedCampaign, IndexedLander, IndexedOffer } from './snapshot-index.ts'

const MS_PER_SECOND = 1_000
/** `{random}` is a cache buster of up to nine digits. */
const RANDOM_END = 1_000_000_000

/** What the macros of a lander's or offer's URL are filled from. */
export type MacroSource = {
  readonly clickId: string
  /** When the visit happened, Unix milliseconds. */
  readonly atMs: number
  /** By macro name, from the visit's parameters: externalid, cost, sub1…, token.NAME. */
  readonly values: Readonly<Record<string, string>>
  readonly client: ClientFacts
  readonly indexed: IndexedCampaign
  readonly offer: IndexedOffer
  readonly lander: IndexedLander | undefined
}

/** The value of a macro; '' when there is none. @param name canonical. */
export function macroValue(source: MacroSource, name: string): string {
  return source.values[name] ?? requestMacro(source, name) ?? configMacro(source, name) ?? ''
}

/** What the request itself tells. */
function requestMacro(source: MacroSource, name: string): string | undefined {
  const { client } = source
  switch (name) {
    case 'clickid':
      return source.clickId
    case 'datetime':
      return String(source.atMs)
    case 'timestamp':
      return String(Math.floor(source.atMs / MS_PER_SECOND))
    case 'random':
      return String(Math.floor(Math.random() * RANDOM_END))
    case 'country':
      return client.place.country
    case 'region':
      return client.place.region
    case 'city':
      return client.place.city
    case 'isp':
      return client.place.isp
    case 'device':
      return client.device.facts.deviceType
    case 'os':
      return client.device.facts.os
    case 'browser':
      return client.device.facts.browser
    case 'language':
      return client.language
    case 'ip':
      return client.ip
    case 'useragent':
      return client.device.userAgent
    case 'referrer':
      return client.referrer
    default:
      return undefined
  }
}

/** What the configuration tells. */
function configMacro(source: MacroSource, name: string): string | undefined {
  const { indexed, offer, lander } = source
  switch (name) {
    case 'campaign.id':
      return indexed.campaign.id
    case 'campaign.name':
      return indexed.campaign.name
    case 'source.id':
      return indexed.source?.id
    case 'source.name':
      return indexed.source?.name
    case 'offer.id':
      return offer.offer.id
    case 'offer.name':
      return offer.offer.name
    case 'network.name':
      return offer.offer.affiliateNetworkName
    case 'lander.id':
      return lander?.lander.id
    case 'lander.name':
      return lander?.lander.name
    case 'payout':
      return offer.offer.payoutMicros === null ? undefined : formatMicros(offer.offer.payoutMicros)
    case 'currency':
      return offer.offer.currency
    default:
      return undefined
  }
}
