import { createServer, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Resolve } from '../../src/delivery/guard.ts'
import { callOf, NOW, Receivers } from '../support/receivers.ts'

/** Stands for a public address: the operator allows it, and it is reached by a real socket. */
const OUTSIDE = '127.0.0.2'
const ALLOWED = { allowPrivateTargets: [`${OUTSIDE}/32`] }

const receivers = new Receivers()
/** On every address of this machine: whatever is not refused arrives here. */
let victim: Server
let port = 0
let visits = 0

beforeEach(async () => {
  visits = 0
  victim = createServer((socket) => {
    visits += 1
    socket.on('error', () => {})
    socket.once('data', (request) => socket.end(answerTo(String(request))))
  })
  await new Promise<void>((resolve) => victim.listen(0, '::', resolve))
  const address = victim.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterEach(async () => {
  await receivers.close()
  await new Promise((resolve) => victim.close(resolve))
})

/** The victim's own redirect: `/go?` and the place. */
function answerTo(request: string): string {
  const [, place] = /^GET \/go\?(\S+)/.exec(request) ?? []
  if (place === undefined) return 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nowned'
  return `HTTP/1.1 302 Found\r\nLocation: ${decodeURIComponent(place)}\r\nContent-Length: 0\r\n\r\n`
}

const redirectTo = (place: string) => `http://${OUTSIDE}:${port}/go?${encodeURIComponent(place)}`

const answers =
  (...addresses: string[]): Resolve =>
  (_hostname, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )

/** Hosts as they stand in a URL, with what a careless check takes them for. */
const HOSTS = [
  ['127.0.0.1', 'loopback'],
  ['127.1', 'loopback, short'],
  ['127.0.1', 'loopback, three parts'],
  ['2130706433', 'loopback, one number'],
  ['0x7f000001', 'loopback, hexadecimal'],
  ['0x7f.0x0.0x0.0x1', 'loopback, dotted hexadecimal'],
  ['0177.0.0.01', 'loopback, octal'],
  ['017700000001', 'loopback, one octal number'],
  ['127.0.0.1.', 'loopback, as a name with a trailing dot'],
  ['%31%32%37.0.0.1', 'loopback, percent-encoded'],
  ['１２７.０.０.１', 'loopback, full-width digits'],
  ['①②⑦.0.0.1', 'loopback, circled digits'],
  ['127。0。0。1', 'loopback, ideographic full stops'],
  ['0.0.0.0', 'this host'],
  ['0', 'this host, one number'],
  ['[::1]', 'loopback'],
  ['[0:0:0:0:0:0:0:1]', 'loopback, in full'],
  ['[::]', 'unspecified'],
  ['[::ffff:127.0.0.1]', 'mapped loopback'],
  ['[::ffff:7f00:1]', 'mapped loopback, hexadecimal'],
  ['[::127.0.0.1]', 'compatible loopback'],
  ['[64:ff9b::7f00:1]', 'NAT64 of loopback'],
  ['[64:ff9b:1::7f00:1]', 'NAT64 of loopback, local prefix'],
  ['[2002:7f00:1::]', '6to4 of loopback'],
  ['[2001:0:7f00:1::]', 'Teredo'],
  ['10.0.0.1', 'private'],
  ['172.16.0.1', 'private'],
  ['192.168.0.1', 'private'],
  ['100.64.0.1', 'carrier-grade NAT'],
  ['169.254.169.254', 'metadata'],
  ['[::ffff:169.254.169.254]', 'mapped metadata'],
  ['[fd00:ec2::254]', 'metadata'],
  ['168.63.129.16', 'metadata of Azure'],
  ['100.100.100.200', 'metadata of Alibaba'],
  ['[fe80::1]', 'link-local'],
  ['[fc00::1]', 'unique local'],
  ['[ff02::1]', 'multicast'],
  ['224.0.0.1', 'multicast'],
  ['255.255.255.255', 'broadcast'],
] as const

describe('a call to an address that is written out', () => {
  it.each(HOSTS)('http://%s/ opens no socket (%s)', async (host) => {
    const result = await receivers.send({ url: `http://${host}:${port}/` }, { allowPrivateTargets: [] })
    expect(result).toMatchObject({ kind: 'failed', code: 'refused_address', forGood: true })
    expect(visits).toBe(0)
  })

  it.each(HOSTS)('http://%s/ opens no socket after a redirect either (%s)', async (host) => {
    const result = await receivers.send({ url: redirectTo(`http://${encodeURI(host)}:${port}/`) }, ALLOWED)
    expect(result).toMatchObject({ kind: 'failed', forGood: false })
    expect(result.kind === 'failed' && result.code).toMatch(/^refused_(?:address|url)$/)
    expect(visits).toBe(1)
  })
})

describe('a call to a name', () => {
  const ADDRESSES =
    `127.0.0.1 127.8.9.10 0.0.0.0 10.1.2.3 172.31.255.255 192.168.1.1 100.127.0.1 169.254.169.254
    198.18.0.1 224.0.0.251 240.0.0.1 255.255.255.255 192.0.0.192 ::1 :: ::ffff:127.0.0.1 ::ffff:10.0.0.1
    64:ff9b::a9fe:a9fe 2002:a9fe:a9fe:: 2001:0:1::1 fe80::1 fd00:ec2::254 fc00::1 fec0::1 ff02::1 100::1`.split(
      /\s+/,
    )

  it.each(ADDRESSES)('that resolves to %s opens no socket', async (address) => {
    const resolve = answers(address)
    const result = await receivers.send({ url: `http://innocent.example:${port}/` }, { ...ALLOWED, resolve })
    expect(result).toMatchObject({ kind: 'failed', code: 'refused_address', forGood: false })
    expect(visits).toBe(0)
  })

  it.each([
    [['127.0.0.1', OUTSIDE]],
    [[OUTSIDE, '127.0.0.1']],
    [[OUTSIDE, '::1']],
    [[OUTSIDE, OUTSIDE, '169.254.169.254']],
  ])('that resolves to %s opens no socket: one private address refuses the name', async (addresses) => {
    const resolve = answers(...addresses)
    const result = await receivers.send({ url: `http://mixed.example:${port}/` }, { ...ALLOWED, resolve })
    expect(result).toMatchObject({ kind: 'failed', code: 'refused_address' })
    expect(visits).toBe(0)
  })

  it.each(['localhost', 'LOCALHOST', 'localhost.', 'ⓛocalhost'])('%s opens no socket', async (name) => {
    const result = await receivers.send({ url: `http://${name}:${port}/` }, { allowPrivateTargets: [] })
    expect(result).toMatchObject({ kind: 'failed' })
    expect(visits).toBe(0)
  })

  it('that resolves to a public address first and to a private one next reaches the first alone', async () => {
    const calls: string[] = []
    const rebinding: Resolve = (hostname, callback) => {
      calls.push(hostname)
      answers(calls.length === 1 ? OUTSIDE : '127.0.0.1')(hostname, callback)
    }
    const sender = receivers.sender({ ...ALLOWED, resolve: rebinding })
    const call = callOf({ url: `http://rebind.example:${port}/` })
    // The victim listens on OUTSIDE as well, and hangs up after each answer: the name is resolved for each call.
    expect(await sender.send(call, NOW)).toMatchObject({ kind: 'answered', answer: { body: 'owned' } })
    expect(await sender.send(call, NOW)).toMatchObject({ kind: 'failed', code: 'refused_address' })
    expect([calls.length, visits]).toEqual([2, 1])
  })

  it('that a redirect leads to is judged by what it resolves to then', async () => {
    const resolved: string[] = []
    const resolve: Resolve = (hostname, callback) => {
      resolved.push(hostname)
      answers('127.0.0.3')(hostname, callback)
    }
    const url = redirectTo(`http://rebind.example:${port}/`)
    const result = await receivers.send({ url }, { ...ALLOWED, resolve })
    expect(result).toMatchObject({ kind: 'failed', code: 'refused_address', forGood: false })
    expect([resolved, visits]).toEqual([['rebind.example'], 1])
  })
})

describe('a URL', () => {
  it.each([
    ['ftp://%/', 'scheme'],
    ['file://%/etc/passwd', 'scheme'],
    ['gopher://%/', 'scheme'],
    ['ws://%/', 'scheme'],
    ['unix:/run/docker.sock', 'scheme'],
    ['http://user:pw@%/', 'credentials'],
    ['http://user@%/', 'a user'],
    ['http://:pw@%/', 'a password'],
    ['//%/', 'no scheme'],
    ['http://', 'no host'],
    ['http://a b/', 'a space in its host'],
    ['http://[::1/', 'a bracket that stays open'],
    ['http://127.0.0.1:22/', 'the port of ssh'],
    ['http://127.0.0.1:25/', 'the port of mail'],
    ['http://127.0.0.1:6000/', 'the port of X11'],
    ['http://127.0.0.1:65536/', 'no port'],
  ])('%s is refused (%s), whatever the operator allows', async (pattern) => {
    const url = pattern.replace('%', `127.0.0.1:${port}`)
    const result = await receivers.send({ url }, { allowPrivateTargets: ['0.0.0.0/0', '::/0'] })
    expect(result).toMatchObject({ kind: 'failed', code: 'refused_url', forGood: true })
    expect(visits).toBe(0)
  })

  it('is called by its host, and not by what stands before or behind it', async () => {
    const tricks = [
      `http://${OUTSIDE}@127.0.0.1:${port}/`,
      `http://127.0.0.1:${port}#@${OUTSIDE}/`,
      `http://127.0.0.1:${port}/?@${OUTSIDE}`,
      `http://127.0.0.1:${port}\\@${OUTSIDE}/`,
      `http:\\\\127.0.0.1:${port}\\`,
      `http://\t127.0.0.1:${port}/`,
    ]
    for (const url of tricks) {
      expect(await receivers.send({ url }, ALLOWED), url).toMatchObject({ kind: 'failed', forGood: true })
    }
    expect(visits).toBe(0)
  })
})

it('what the operator allows is called, and nothing beside it', async () => {
  const allowed = { allowPrivateTargets: ['127.0.0.1/32', '::1'] }
  for (const host of ['127.0.0.1', '[::1]']) {
    const result = await receivers.send({ url: `http://${host}:${port}/` }, allowed)
    expect(result, host).toMatchObject({ kind: 'answered', answer: { body: 'owned' } })
  }
  for (const host of ['127.0.0.2', '[::ffff:127.0.0.1]', '0.0.0.0']) {
    const result = await receivers.send({ url: `http://${host}:${port}/` }, allowed)
    expect(result, host).toMatchObject({ kind: 'failed', code: 'refused_address' })
  }
  expect(visits).toBe(2)
})
