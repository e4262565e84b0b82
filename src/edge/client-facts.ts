import { LIMITS } from '../domain/limits.ts'
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
  /** Why the sender is no person; '' for a person. */
  readonly bot: string
  /** A HEAD or prefetch: it looks at the link and does not follow it. */
  readonly isPreview: boolean
  /** The client's columns of a ledger row, each with a comma in front. */
  readonly json: string
}

export function readClientFacts(context: EdgeContext, exchange: Exchange): ClientFacts {
  const { headers } = exchange.request
  const ip = context.addresses.address(exchange.request)
  const place = context.geo.find(ip)
  const device = context.devices.read(headers)
  const referrer = headerText(headers.referer, LIMITS.referrerCharsMax)
  const language = ''
  const isPreview = exchange.request.method === 'HEAD'
  const bot = isPreview ? 'head' : device.isBot ? 'user_agent' : ''
  const json =
    jsonField('ip', ip) +
    place.json +
    device.json +
    jsonField('language', language) +
    jsonField('referrer', referrer) +
    jsonField('bot', bot)
  return { ip, place, device, language, referrer, bot, isPreview, json }
}
