import { createServer, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGuard, type Guard, type Resolve } from './guard.ts'

const PUBLIC = { address: '93.184.215.14', family: 4 }
const LOOPBACK = { address: '127.0.0.1', family: 4 }

describe('checkUrl', () => {
  const guard = createGuard({ allowPrivateTargets: [] })

  it.each([
    'http://example.com/pb?x=1',
    'https://example.com',
    'http://example.com:80/',
    'http://example.com:443/',
    'https://example.com:8443/',
    'http://8.8.8.8/',
    'http://[2606:4700:4700::1111]/',
  ])('lets %s through', (text) => {
    expect(guard.checkUrl(text)).toMatchObject({ ok: true })
  })

  it.each([
    ['', 'not a URL'],
    ['/relative', 'not a URL'],
    ['http://', 'not a URL'],
    ['ftp://example.com/', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['gopher://example.com/', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['data:text/html,x', 'scheme'],
    ['http://user@example.com/', 'credentials'],
    ['http://user:secret@example.com/', 'credentials'],
    ['http://example.com:22/', 'port of ssh'],
    ['http://example.com:25/', 'port of mail'],
    ['http://example.com:0/', 'no port'],
    ['http://example.com:1023/', 'system port'],
    ['http://example.com:6667/', 'port of IRC'],
    ['http://example.com:99999/', 'not a URL'],
    [`http://example.com/${'x'.repeat(8_192)}`, 'too long'],
  ])('refuses %s (%s)', (text) => {
    expect(guard.checkUrl(text)).toMatchObject({ ok: false, code: 'refused_url' })
  })

  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'http://0177.0.0.1/',
    'http://%31%32%37.0.0.1/',
    'http://１２７.0.0.1/',
    'http://0/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[64:ff9b::169.254.169.254]/',
  ])('refuses the address in %s however it is written', (text) => {
    expect(guard.checkUrl(text)).toMatchObject({ ok: false, code: 'refused_address' })
  })
})

describe('connect', () => {
  let server: Server
  let connections = 0

  beforeEach(async () => {
    connections = 0
    server = createServer((socket) => {
      connections += 1
      socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve))
  })

  /** Connects as the HTTP client does, and tells how it ended. */
  function connect(guard: Guard, hostname: string): Promise<string> {
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? String(address.port) : ''
    return new Promise((resolve) => {
      guard.connect({ hostname, host: hostname, protocol: 'http:', port }, (error, socket) => {
        socket?.destroy()
        resolve(error === null ? 'connected' : String('code' in error ? error.code : error))
      })
    })
  }

  const resolvesTo =
    (...addresses: { address: string; family: number }[]): Resolve =>
    (_hostname, callback) =>
      callback(null, addresses)

  it('opens no socket to an address that is written out and not public', async () => {
    const guard = createGuard({ allowPrivateTargets: [] })
    expect(await connect(guard, '127.0.0.1')).toBe('refused_address')
    expect(await connect(guard, '::1')).toBe('refused_address')
    expect(connections).toBe(0)
  })

  it('opens no socket to a name that resolves to an address that is not public', async () => {
    const guard = createGuard({ allowPrivateTargets: [], resolve: resolvesTo(LOOPBACK) })
    expect(await connect(guard, 'innocent.example')).toBe('refused_address')
    expect(connections).toBe(0)
  })

  it('refuses localhost as the system resolves it', async () => {
    expect(await connect(createGuard({ allowPrivateTargets: [] }), 'localhost')).toBe('refused_address')
    expect(connections).toBe(0)
  })

  it('opens no socket when one of several addresses is not public', async () => {
    const guard = createGuard({ allowPrivateTargets: [], resolve: resolvesTo(PUBLIC, LOOPBACK) })
    expect(await connect(guard, 'both.example')).toBe('refused_address')
    expect(connections).toBe(0)
  })

  it('judges the answer that the socket uses, not an earlier one', async () => {
    const answers = [PUBLIC, LOOPBACK, LOOPBACK]
    let asked = 0
    const rebinding: Resolve = (_hostname, callback) => {
      const answer = answers[asked] ?? LOOPBACK
      asked += 1
      callback(null, [answer])
    }
    const guard = createGuard({ allowPrivateTargets: [], resolve: rebinding })
    expect(guard.checkUrl('http://rebind.example/')).toMatchObject({ ok: true })
    // The first answer would be dialled for real: it stands for the look-up of an earlier check.
    rebinding('rebind.example', () => {})
    expect(await connect(guard, 'rebind.example')).toBe('refused_address')
    expect(asked).toBe(2)
    expect(connections).toBe(0)
  })

  it('reports a name without addresses as unknown', async () => {
    const guard = createGuard({ allowPrivateTargets: [], resolve: resolvesTo() })
    expect(await connect(guard, 'nothing.example')).toBe('ENOTFOUND')
  })

  it('connects to what the operator allows, by address and by name', async () => {
    const guard = createGuard({ allowPrivateTargets: ['127.0.0.0/8'], resolve: resolvesTo(LOOPBACK) })
    expect(await connect(guard, '127.0.0.1')).toBe('connected')
    expect(await connect(guard, 'inside.example')).toBe('connected')
  })
})
