import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClientAddressReader } from './client-address.ts'

let seen: IncomingMessage | undefined
const server = createServer((request, response) => {
  seen = request
  // Read while the socket is open, as handlers do.
  for (const read of readers.splice(0)) read(request)
  response.end()
})
const readers: ((request: IncomingMessage) => void)[] = []

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '::', resolve)))
afterAll(() => new Promise((resolve) => server.close(resolve)))

async function read<T>(headers: Record<string, string>, how: (request: IncomingMessage) => T): Promise<T> {
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    readers.push((request) => {
      resolve(how(request))
    })
    get({ port, host: '127.0.0.1', headers, agent: false }, (response) => response.resume()).on(
      'error',
      reject,
    )
  })
}

describe('the client address', () => {
  it.each([
    [[], '9.9.9.9', '127.0.0.1', 'no proxy is trusted'],
    [['10.0.0.0/8'], '9.9.9.9', '127.0.0.1', 'the peer is not a trusted proxy'],
    [['127.0.0.1'], '9.9.9.9', '9.9.9.9', 'a trusted proxy tells it'],
    [['127.0.0.0/8'], '6.6.6.6, 9.9.9.9', '9.9.9.9', 'the visitor forged the left part'],
    [['127.0.0.1', '10.0.0.0/8'], '6.6.6.6, 9.9.9.9, 10.1.2.3', '9.9.9.9', 'two trusted proxies'],
    [['127.0.0.1', '10.0.0.0/8'], '10.9.9.9, 10.1.2.3', '10.9.9.9', 'only trusted addresses'],
    [['127.0.0.1'], '9.9.9.9, junk', '127.0.0.1', 'the nearest entry is no address'],
    [['127.0.0.1'], '1', '127.0.0.1', 'a number is no address'],
    [['127.0.0.1'], '9.9.9.9:5678', '9.9.9.9', 'an entry has a port'],
    [['127.0.0.1', '2001:db8::/32'], '2001:470::9, [2001:db8::1]:99', '2001:470::9', 'IPv6 in brackets'],
    [['127.0.0.1'], '::ffff:9.9.9.9', '9.9.9.9', 'IPv4 written as IPv6'],
    [['127.0.0.1'], `${'1'.repeat(60)}`, '127.0.0.1', 'an entry is longer than any address'],
    [['127.0.0.1'], '', '127.0.0.1', 'the header is empty'],
  ])('behind %j with "%s" is %s: %s', async (trusted, forwarded, expected) => {
    const reader = createClientAddressReader(trusted, false)
    expect(await read({ 'x-forwarded-for': forwarded }, (request) => reader.address(request))).toBe(expected)
    expect(seen).toBeDefined()
  })

  it.each([
    [['127.0.0.1'], 'https', false, true],
    [['127.0.0.1'], 'https, http', false, true],
    [['127.0.0.1'], 'http', true, false],
    [[], 'https', false, false],
    [[], 'http', true, true],
  ])(
    'behind %j labelled %s, with a public https of %s, https is %s',
    async (trusted, label, publicHttps, expected) => {
      const reader = createClientAddressReader(trusted, publicHttps)
      expect(await read({ 'x-forwarded-proto': label }, (request) => reader.isHttps(request))).toBe(expected)
    },
  )

  it('refuses a range that is none when it is made, not at the first request', () => {
    expect(() => createClientAddressReader(['10.0.0.0/99'], false)).toThrow()
    expect(() => createClientAddressReader(['proxy.example'], false)).toThrow()
  })
})
