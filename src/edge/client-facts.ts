import { LIMITS } from '../domain/limits.ts'
import { maskVisitUrl } from '../domain/mask-visit.ts'
import { type BotReason, decideBot, referrerDomain } from '../domain/visitor.ts'
import type { Device } from './device.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'
import type { Place } from './geo.ts'
import { headerText } from './header-text.ts'
import { jsonField } from './json-text.ts'

/** What a request tells about its sender. */
export type ClientFacts = {
  readonly ip: string
  readonly place: Place
  readonly device: Device
  /** ISO 639-1. */
  readonly language: string
  readonly referrer: string
  /** The same as it is kept: without what it says of the visitor. */
  readonly keptReferrer: string
  /** Why the sender is no person; '' for a person. */
  readonly bot: BotReason | ''
  /** A HEAD or prefetch: it looks at the link, and a person may still follow it. */
  readonly isPreview: boolean
  /** The client's columns of a ledger row but for `bot`, each with a comma in front. */
  readonly json: string
}

/** @param pageReferrer where the visitor of a page came from, when the page itself asks: the header names the page. */
export function readClientFacts(
  context: EdgeContext,
  exchange: Exchange,
  pageReferrer?: string,
): ClientFacts {
  const { headers, method = '' } = exchange.request
  const ip = context.addresses.address(exchange.request)
  const place = context.geo.find(ip)
  const device = context.devices.read(headers)
  const language = context.languages.read(headers['accept-language'])
  const referrer = pageReferrer ?? headerText(headers.referer, LIMITS.referrerCharsMax)
  const { userAgent, knownBot } = device
  const keptReferrer = referrer === '' ? '' : maskVisitUrl(referrer, false)
  const bot = decideBot({ method, headers, userAgent, knownBot })
  const isPreview = bot === 'head' || bot === 'prefetch'
  const json =
    jsonField('ip', ip) +
    place.json +
    device.json +
    jsonField('language', language) +
    referrerJson(keptReferrer, referrer)
  return { ip, place, device, language, referrer, keptReferrer, bot, isPreview, json }
}

function referrerJson(kept: string, referrer: string): string {
  if (referrer === '') return ''
  return jsonField('referrer', kept) + jsonField('referrer_domain', referrerDomain(referrer))
}
