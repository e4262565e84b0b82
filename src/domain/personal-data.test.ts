import { describe, expect, it } from 'vitest'
import { carriesPersonalData, masked } from './carried-data.ts'
import {
  coarseUserAgent,
  hashing,
  isWholeAddress,
  TRUNCATION,
  treatRow,
  wholeAddressOf,
  wholeUserAgentOf,
  withoutParams,
} from './personal-data.ts'

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.71 Safari/537.36'

describe('truncation', () => {
  it.each([
    ['203.0.113.9', '203.0.113.0/24'],
    ['::ffff:203.0.113.9', '203.0.113.0/24'],
    ['2001:db8:1:2::5', '2001:db8:1::/48'],
    ['2001:DB8::5', '2001:db8::/48'],
    ['2001:0:1:2:3:4:5:6', '2001:0:1::/48'],
    ['::1', '::/48'],
    ['', ''],
    ['no address', ''],
  ])('cuts %s to %s, and leaves it so', (ip, cut) => {
    expect(TRUNCATION.address(ip)).toBe(cut)
    expect(TRUNCATION.address(cut)).toBe(cut)
    expect(isWholeAddress(cut)).toBe(false)
  })

  it.each([
    [CHROME, 'Chrome 120'],
    [`${CHROME} Edg/121.0.1`, 'Edge 121'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0', 'Firefox 115'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1',
      'Safari 17',
    ],
    ['curl/8.0', 'other'],
    ['', ''],
  ])('tells of %s the family and major version alone', (userAgent, coarse) => {
    expect(coarseUserAgent(userAgent)).toBe(coarse)
    expect(coarseUserAgent(coarse)).toBe(coarse)
  })
})

it('hashes a value once, whatever was done to it before', () => {
  const treatment = hashing((text) => `hash:${text.length}`)
  const once = treatRow({ ip: '203.0.113.9', user_agent: CHROME }, treatment)
  expect(once).toEqual({ ip: 'hash:11', user_agent: `hash:${CHROME.length}` })
  expect(treatRow(once, treatment)).toEqual(once)
  expect(treatRow(once, TRUNCATION)).toEqual(once)
  expect(treatment.address('203.0.113.0/24')).toBe('203.0.113.0/24')
})

it.each([TRUNCATION, hashing((text) => `hash:${text.length}/x`)])(
  'what a treatment has left of a visit is neither its address nor its user agent',
  (treatment) => {
    for (const row of [
      { ip: '203.0.113.9', user_agent: CHROME, browser: 'Chrome', browser_version: '120.0.6099.71' },
      { ip: '2001:db8::5', user_agent: 'curl/8.0', browser: '' },
      { ip: '203.0.113.9', user_agent: 'Firefox', browser: 'Firefox', browser_version: '128' },
    ]) {
      expect([wholeAddressOf(row), wholeUserAgentOf(row)]).toEqual([row.ip, row.user_agent])
      const treated = treatRow(row, treatment)
      expect([wholeAddressOf(treated), wholeUserAgentOf(treated)]).toEqual(['', ''])
    }
    expect([wholeAddressOf({}), wholeUserAgentOf({})]).toEqual(['', ''])
  },
)

it('leaves nothing of the URL that a visit was sent to, whatever of the visit it repeats', () => {
  const row = { ip: '203.0.113.9', params: { a: 'b' }, location: 'https://o.example/?x=MjAzLjAuMTEzLjk&a=b' }
  expect(treatRow(row, TRUNCATION)).toEqual({ ip: '203.0.113.0/24', params: { a: 'b' }, location: '' })
  expect(withoutParams(row)).toEqual({ ip: '203.0.113.9', params: {}, location: '' })
  expect(withoutParams({ ip: '203.0.113.9' })).toEqual({ ip: '203.0.113.9', params: {} })
})

it('masks addresses, e-mail addresses and digests in what a receiver says', () => {
  const said = 'no user jane@shop.example at 203.0.113.9 (d41d8cd98f00b204e9800998ecf8427e): answered 400'
  expect(masked(said)).toBe('no user (masked) at (masked) ((masked)): answered 400')
})

it.each([
  ['https://a.example/?ip=203.0.113.9', true],
  ['https://a.example/?ip=2001%3Adb8%3A1%3A2%3A%3A5', true],
  ['https://a.example/?ua=Mozilla%2F5.0+%28X11%29', true],
  ['https://a.example/?x=Dalvik%2F2.1.0+%28Linux%29', true],
  ['https://a.example/?device_ua=Shop+3', true],
  ['{"event":"sale","clientUserAgent": "Shop 3"}', true],
  ['user%5Fagent=Shop', true],
  ['https://a.example/?lang=ua&ua=&qua=3&payout=1', false],
  ['{"user_agent":"","payout":"1"}', false],
  ['{"em":"b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514"}', true],
  ['https://203.0.113.9:8080/pb?payout=1.25&time=12:30:15', false],
  ['https://a.example/v1.2.3/pb?cid=01hf3k9x5m2q8r7t6v4w0y1z2a', false],
])('knows whether a call carries something personal: %s', (text, carries) => {
  expect(carriesPersonalData(text)).toBe(carries)
})
