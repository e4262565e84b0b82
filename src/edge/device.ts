import type { IncomingHttpHeaders } from 'node:http'
import { isbot } from 'isbot'
import QuickLRU from 'quick-lru'
import { UAParser } from 'ua-parser-js'
import { parseClientHints } from '../domain/client-hints.ts'
import { LIMITS } from '../domain/limits.ts'
import { combineDevice, type DeviceFacts, toDeviceFacts } from '../domain/visitor.ts'
import { EDGE_LIMITS } from './edge-limits.ts'
import { headerText } from './header-text.ts'
import { jsonField } from './json-text.ts'

export type Device = {
  readonly userAgent: string
  readonly facts: DeviceFacts
  /** Whether the list of bots knows the user agent. */
  readonly knownBot: boolean
  /** The device's columns of a ledger row, user agent included: written once, used by all its visits. */
  readonly json: string
}

export type DeviceReader = {
  /** Never throws. */
  read(headers: IncomingHttpHeaders): Device
}

/** The headers that tell devices apart. */
const HINT_HEADERS = [
  'sec-ch-ua',
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
  'sec-ch-ua-platform-version',
  'sec-ch-ua-model',
  'sec-ch-ua-full-version-list',
  'sec-ch-ua-form-factors',
] as const

/**
 * Reads devices from Client Hints and user agents. Parsing one takes 45 µs and asking the list of bots 5 µs,
 * more than all the rest of a visit, and few devices make most of the traffic: hence the cache.
 */
export function createDeviceReader(): DeviceReader {
  const cache = new QuickLRU<string, Device>({ maxSize: EDGE_LIMITS.devicesCachedMax })
  return {
    read(headers) {
      const key = deviceKey(headers)
      const known = cache.get(key)
      if (known !== undefined) return known
      const device = readDevice(headers)
      cache.set(key, device)
      return device
    },
  }
}

/** Cut, so that the cache is bounded in bytes too; what lies behind the limits is not read either. */
function deviceKey(headers: IncomingHttpHeaders): string {
  let key = (headers['user-agent'] ?? '').slice(0, LIMITS.userAgentCharsMax)
  if (headers['sec-ch-ua'] === undefined && headers['sec-ch-ua-platform'] === undefined) return key
  for (const name of HINT_HEADERS) {
    const value = headers[name]
    if (typeof value === 'string') key += `\n${value.slice(0, EDGE_LIMITS.hintCharsMax)}`
    else key += '\n'
  }
  return key
}

function readDevice(headers: IncomingHttpHeaders): Device {
  const userAgent = headerText(headers['user-agent'], LIMITS.userAgentCharsMax)
  const parsed = new UAParser(userAgent).getResult()
  const facts = combineDevice(toDeviceFacts(parsed), parseClientHints(headers))
  return { userAgent, facts, knownBot: isbot(userAgent), json: deviceJson(userAgent, facts) }
}

function deviceJson(userAgent: string, facts: DeviceFacts): string {
  return (
    jsonField('device_type', facts.device_type) +
    jsonField('device_brand', facts.device_brand) +
    jsonField('device_model', facts.device_model) +
    jsonField('os', facts.os) +
    jsonField('os_version', facts.os_version) +
    jsonField('browser', facts.browser) +
    jsonField('browser_version', facts.browser_version) +
    jsonField('user_agent', userAgent)
  )
}
