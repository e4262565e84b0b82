import type { IncomingHttpHeaders } from 'node:http'
import { isbot } from 'isbot'
import QuickLRU from 'quick-lru'
import { UAParser } from 'ua-parser-js'
import { LIMITS } from '../domain/limits.ts'
import { EDGE_LIMITS } from './edge-limits.ts'
import { headerText } from './header-text.ts'
import { jsonField } from './json-text.ts'

export type DeviceFacts = {
  readonly deviceType: string
  readonly deviceBrand: string
  readonly os: string
  readonly osVersion: string
  readonly browser: string
  readonly browserVersion: string
}

export type Device = {
  readonly userAgent: string
  readonly facts: DeviceFacts
  readonly isBot: boolean
  /** The device's columns of a ledger row, user agent included: written once, used by all its visits. */
  readonly json: string
}

export type DeviceReader = { read(headers: IncomingHttpHeaders): Device }

export function createDeviceReader(): DeviceReader {
  const cache = new QuickLRU<string, Device>({ maxSize: EDGE_LIMITS.devicesCachedMax })
  return {
    read(headers) {
      const key = headers['user-agent'] ?? ''
      const known = cache.get(key)
      if (known !== undefined) return known
      const device = readDevice(headers)
      cache.set(key, device)
      return device
    },
  }
}

function readDevice(headers: IncomingHttpHeaders): Device {
  const userAgent = headerText(headers['user-agent'], LIMITS.userAgentCharsMax)
  const parsed = new UAParser(userAgent).getResult()
  const facts: DeviceFacts = {
    deviceType: parsed.device.type ?? 'desktop',
    deviceBrand: parsed.device.vendor ?? '',
    os: parsed.os.name ?? '',
    osVersion: parsed.os.version ?? '',
    browser: parsed.browser.name ?? '',
    browserVersion: parsed.browser.version ?? '',
  }
  return { userAgent, facts, isBot: isbot(userAgent), json: deviceJson(userAgent, facts) }
}

function deviceJson(userAgent: string, facts: DeviceFacts): string {
  return (
    jsonField('device_type', facts.deviceType) +
    jsonField('device_brand', facts.deviceBrand) +
    jsonField('os', facts.os) +
    jsonField('os_version', facts.osVersion) +
    jsonField('browser', facts.browser) +
    jsonField('browser_version', facts.browserVersion) +
    jsonField('user_agent', userAgent)
  )
}
