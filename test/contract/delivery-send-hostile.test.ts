import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { createGuard } from '../../src/delivery/guard.ts'
import { HttpPools } from '../../src/delivery/http-pools.ts'
import { callOf, NOW, Receivers } from '../support/receivers.ts'

const receivers = new Receivers()
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK'

afterEach(() => receivers.close())

/** Writes it for as long as anybody listens. */
function pourOut(socket: Socket, text: string): void {
  const much = text.repeat(Math.ceil(65_536 / text.length))
  const pour = () => {
    while (!socket.destroyed && socket.write(much));
  }
  socket.on('drain', pour)
  pour()
}

describe('a receiver', () => {
  it('that writes its status line byte by byte runs into the total time-out', async () => {
    const url = await receivers.serveBytes((socket) => {
      const line = `HTTP/1.1 200 ${'x'.repeat(10_000)}`
      let sent = 0
      const timer = setInterval(() => socket.write(line.charAt(sent++)), 5)
      socket.on('close', () => clearInterval(timer))
    })
    expect(await receivers.send({ url })).toMatchObject({ kind: 'failed', code: 'timeout', forGood: false })
  })

  it.each([
    ['without an end', (socket: Socket) => pourOut(socket, 'x-header: value\r\n')],
    ['in one name', (socket: Socket) => pourOut(socket, 'x'.repeat(1_000))],
  ])('that floods headers %s is a protocol failure', async (_how, flood) => {
    const url = await receivers.serveBytes((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      flood(socket)
    })
    expect(await receivers.send({ url })).toMatchObject({ kind: 'failed', code: 'protocol' })
  })

  it('that announces an answer without end is a protocol failure', async () => {
    const url = await receivers.serveBytes((socket) =>
      pourOut(socket, 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'),
    )
    expect(await receivers.send({ url })).toMatchObject({ kind: 'failed', code: 'protocol' })
  })

  it('that announces an answer and gives it has answered', async () => {
    const url = await receivers.serveBytes((socket) => socket.end(`HTTP/1.1 103 Early Hints\r\n\r\n${OK}`))
    expect(await receivers.send({ url })).toMatchObject({
      kind: 'answered',
      answer: { status: 200, body: 'OK' },
    })
  })

  it.each([
    ['a page without a status line', '<html><body>OK</body></html>'],
    ['HTTP/0.9', 'OK\n'],
    ['a status that is none', 'HTTP/1.1 2OO OK\r\n\r\n'],
    ['a folded header', 'HTTP/1.1 200 OK\r\n x: y\r\n\r\n'],
    ['a header with a NUL', 'HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n'],
    ['two framings', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nOK'],
    ['binary garbage', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc'],
  ])('that sends %s is a protocol failure', async (_what, answer) => {
    const url = await receivers.serveBytes((socket) => socket.end(answer, 'latin1'))
    expect(await receivers.send({ url })).toMatchObject({ kind: 'failed', code: 'protocol', forGood: false })
  })

  it('that resets the connection before it answers is a connection failure', async () => {
    const url = await receivers.serveBytes((socket) => socket.resetAndDestroy())
    expect(await receivers.send({ url })).toMatchObject({ kind: 'failed', code: 'connect', forGood: false })
  })

  it.each([
    ['resets halfway', 'Content-Length: 100\r\n\r\nhalf', (socket: Socket) => socket.resetAndDestroy()],
    ['sends less than it said', 'Content-Length: 100\r\n\r\nhalf', (socket: Socket) => socket.end()],
    [
      'breaks its chunks',
      'Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n',
      (socket: Socket) => socket.end(),
    ],
  ])('whose status is in has answered, though it %s', async (_how, rest, end) => {
    const url = await receivers.serveBytes((socket) => {
      // A reset throws away what has not left yet.
      socket.write(`HTTP/1.1 200 OK\r\n${rest}`, () => setTimeout(() => end(socket), 50))
    })
    expect(await receivers.send({ url })).toMatchObject({
      kind: 'answered',
      answer: { status: 200, body: 'half' },
    })
  })

  it('that sends more than it said can not answer the next call in advance', async () => {
    let calls = 0
    const url = await receivers.serveBytes((socket) => {
      calls += 1
      const forged = 'HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n'
      socket.write(calls === 1 ? OK + forged : OK)
    })
    const sender = receivers.sender()
    expect(await sender.send(callOf({ url }), NOW)).toMatchObject({ answer: { status: 200 } })
    expect(await sender.send(callOf({ url }), NOW)).toMatchObject({ answer: { status: 200 } })
    expect(calls).toBe(2)
  })

  it('that sends a compressed bomb is kept compressed, to the same bound', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    const { url } = await receivers.serve((_request, response) => {
      response.setHeader('content-encoding', 'gzip')
      response.end(bomb)
    })
    const result = await receivers.send({ url })
    expect(result).toMatchObject({ kind: 'answered', answer: { status: 200 } })
    const body = result.kind === 'answered' ? result.answer.body : ''
    expect(body.length).toBeGreaterThan(0)
    expect(body.length).toBeLessThanOrEqual(4_096)
    expect(body).not.toMatch(/^\uFFFD*$/)
  })

  it('whose Location is no URL is refused with a reason, and may mend it', async () => {
    for (const location of ['http://[::', 'https://%', 'javascript:alert(1)', '\\\\evil.example\\x']) {
      const { url } = await receivers.serve((_request, response) =>
        response.writeHead(302, { location }).end(),
      )
      const result = await receivers.send({ url })
      expect(result, location).toMatchObject({ kind: 'failed', forGood: false })
    }
  })
})

describe('connections', () => {
  it('are kept for the next call to the same origin', async () => {
    const { url, connections } = await receivers.serve((_request, response) => response.end('OK'))
    const sender = receivers.sender()
    for (let n = 0; n < 20; n += 1) await sender.send(callOf({ url }), NOW)
    // A call that begins while the one before is being put away takes a second.
    expect(connections()).toBeLessThanOrEqual(2)
  })

  it('to one origin are bounded, and calls beyond the bound are made after the others', async () => {
    const waiting: (() => void)[] = []
    let most = 0
    const { url, received, connections } = await receivers.serve((_request, response) => {
      waiting.push(() => response.end())
      most = Math.max(most, waiting.length)
      // Everything that can come at once has come.
      if (waiting.length === 128) for (const answer of waiting.splice(0)) answer()
      else if (received.length > 128) for (const answer of waiting.splice(0)) answer()
    })
    const sender = receivers.sender()
    const results = await Promise.all(Array.from({ length: 200 }, () => sender.send(callOf({ url }), NOW)))
    expect(results.filter(({ kind }) => kind === 'answered')).toHaveLength(200)
    expect(most).toBe(128)
    expect(connections()).toBe(128)
  })

  it('to the origin that was not called for the longest are closed for a new one, its calls finished first', async () => {
    const release: (() => void)[] = []
    const slow = await receivers.serve((_request, response) => release.push(() => response.end('late')))
    const quick = await receivers.serve((_request, response) => response.end('quick'))
    const pools = new HttpPools({
      guard: createGuard({ allowPrivateTargets: ['127.0.0.0/8'] }),
      originsKeptMax: 1,
    })
    const get = async (url: string) => {
      const { body } = await pools.of(url).request({ path: '/', method: 'GET' })
      return await body.text()
    }
    const underWay = get(slow.url)
    expect(await get(quick.url)).toBe('quick')
    expect(await get(quick.url)).toBe('quick')
    expect(quick.connections()).toBeLessThanOrEqual(2)
    for (const answer of release.splice(0)) answer()
    expect(await underWay).toBe('late')
    const again = get(slow.url)
    await expect.poll(() => release.length).toBe(1)
    for (const answer of release.splice(0)) answer()
    expect(await again).toBe('late')
    expect(slow.connections()).toBe(2)
    await pools.close()
  })
})
