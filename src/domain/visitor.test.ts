import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseClientHints } from './client-hints.ts'
import { combineDevice, decideBot, parseLanguage, referrerDomain, toDeviceFacts } from './visitor.ts'

describe('a visitor', () => {
  it.each([
    ['en-GB,de;q=0.8', 'en'],
    ['fr;q=0.3, pt-BR;q=0.9, *;q=0.1', 'pt'],
    ['zh-Hans-CN', 'zh'],
    ['de;q=0,nl', 'nl'],
    ['EN', 'en'],
    ['*', ''],
    ['', ''],
    ['en;q=abc', ''],
    [undefined, ''],
  ])('accepting %j reads %s', (header, language) => {
    expect(parseLanguage(header)).toBe(language)
  })

  it.each([
    ['https://www.Example.COM:8080/a?b', 'example.com'],
    ['http://user@news.test/', 'news.test'],
    ['android-app://com.google.android.gm/', 'com.google.android.gm'],
    ['javascript:alert(1)', ''],
    ['//x.test/', ''],
    ['', ''],
  ])('coming from %s came from domain %j', (referrer, domain) => {
    expect(referrerDomain(referrer)).toBe(domain)
  })

  it.each([
    [{ method: 'HEAD' }, 'head'],
    [{ headers: { 'sec-purpose': 'prefetch;prerender' } }, 'prefetch'],
    [{ headers: { purpose: 'prefetch' } }, 'prefetch'],
    [{ headers: { 'x-moz': 'prefetch' } }, 'prefetch'],
    [{ headers: { 'x-purpose': 'preview' } }, 'prefetch'],
    [{ userAgent: ' ' }, 'no_user_agent'],
    [{ knownBot: true }, 'user_agent'],
    [{}, ''],
  ])('%j is judged %j', (change, reason) => {
    const person = { method: 'GET', headers: {}, userAgent: 'Mozilla/5.0', knownBot: false }
    expect(decideBot({ ...person, ...change })).toBe(reason)
  })

  it('with hostile headers never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        parseLanguage(text)
        referrerDomain(text)
        const names = [
          '',
          '-mobile',
          '-platform',
          '-platform-version',
          '-model',
          '-full-version-list',
          '-form-factors',
        ]
        parseClientHints(Object.fromEntries(names.map((name) => [`sec-ch-ua${name}`, text])))
      }),
    )
  })
})

describe('a device', () => {
  const userAgent = toDeviceFacts({
    device: { type: 'mobile', vendor: 'Samsung', model: 'SM-G991B' },
    os: { name: 'Android', version: '10' },
    browser: { name: 'Chrome', version: '124.0.0.0' },
  })

  it('is told by the user agent in the words of the ledger', () => {
    expect(userAgent).toEqual({
      device_type: 'mobile',
      device_brand: 'Samsung',
      device_model: 'SM-G991B',
      os: 'Android',
      os_version: '10',
      browser: 'Chrome',
      browser_version: '124',
    })
    expect(
      toDeviceFacts({ os: { name: 'Mac OS', version: '10.15.7' }, browser: { name: 'Mobile Safari' } }),
    ).toMatchObject({ device_type: 'desktop', os: 'macOS', os_version: '10.15', browser: 'Safari' })
    expect(toDeviceFacts({ device: { type: 'smarttv' } }).device_type).toBe('tv')
    expect(Object.values(toDeviceFacts({})).join('')).toBe('')
    // Chrome's frozen user agent names every Android model K.
    expect(toDeviceFacts({ device: { model: 'K' } }).device_model).toBe('')
  })

  it('is told better by hints', () => {
    const hints = parseClientHints({
      'sec-ch-ua': '"Not)A;Brand";v="24", "Chromium";v="126", "Google Chrome";v="126"',
      'sec-ch-ua-mobile': '?1',
      'sec-ch-ua-platform': '"Android"',
      'sec-ch-ua-platform-version': '"14.0.0"',
      'sec-ch-ua-model': '"Pixel 8"',
    })
    expect(combineDevice(userAgent, hints)).toEqual({
      device_type: 'mobile',
      device_brand: 'Google',
      device_model: 'Pixel 8',
      os: 'Android',
      os_version: '14.0',
      browser: 'Chrome',
      browser_version: '126',
    })
  })

  it.each([
    ['"15.0.0"', '11'],
    ['"10.0.0"', '10'],
    ['"0.3.0"', '8.1'],
    ['""', undefined],
  ])('with Windows platform version %s runs Windows %s', (version, windows) => {
    const headers = { 'sec-ch-ua-platform': '"Windows"', 'sec-ch-ua-platform-version': version }
    expect(parseClientHints(headers).os_version).toBe(windows)
  })

  it('is a tablet when Android is not mobile, and what the form factor says before that', () => {
    const android = { 'sec-ch-ua-mobile': '?0', 'sec-ch-ua-platform': '"Android"' }
    expect(parseClientHints(android).device_type).toBe('tablet')
    expect(parseClientHints({ ...android, 'sec-ch-ua-form-factors': '"Desktop"' }).device_type).toBe(
      'desktop',
    )
    expect(parseClientHints({ 'sec-ch-ua-mobile': '?0', 'sec-ch-ua-platform': '"macOS"' })).toMatchObject({
      device_type: 'desktop',
      os: 'macOS',
    })
  })

  it('keeps the name of an app whose hints tell its engine only', () => {
    const app = { ...userAgent, browser: 'Facebook', browser_version: '450' }
    const hints = parseClientHints({ 'sec-ch-ua': '"Android WebView";v="126", "Not/A)Brand";v="8"' })
    expect(combineDevice(app, hints)).toMatchObject({ browser: 'Facebook', browser_version: '450' })
    expect(combineDevice({ ...userAgent, browser: '' }, hints)).toMatchObject({ browser: 'Chrome WebView' })
  })

  it('never mixes the version of one system with the name of another', () => {
    expect(combineDevice(userAgent, { os: 'ChromeOS' })).toMatchObject({ os: 'ChromeOS', os_version: '' })
    expect(combineDevice(userAgent, {})).toEqual(userAgent)
  })
})
