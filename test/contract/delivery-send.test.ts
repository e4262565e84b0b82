import { createHmac } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { createGuard, type Resolve } from '../../src/delivery/guard.ts'
import { createSender } from '../../src/delivery/send.ts'
import { verdictOf } from '../../src/delivery/system-verdict.ts'
import { callOf, NOW, Receivers } from '../support/receivers.ts'

const receivers = new Receivers()
const serve = receivers.serve.bind(receivers)
const serveBytes = receivers.serveBytes.bind(receivers)
const send = receivers.send.bind(receivers)

afterEach(() => receivers.close())

describe('a call', () => {
  it('arrives as a GET with the id, the time and the product in its headers', async () => {
    const { url, received } = await serve((_request, response) => response.end('OK'))
    const result = await send({ url: `${url}/pb?x=%7B1%7D&payout=1.25` })
    expect(result).toMatchObject({ kind: 'answered', answer: { status: 200, body: 'OK' } })
    expect(received).toMatchObject([{ method: 'GET', url: '/pb?x=%7B1%7D&payout=1.25', body: '' }])
    expect(received[0]?.headers).toMatchObject({
      'user-agent': 'Trailpost/9.9.9',
      'webhook-id': 'delivery1',
      'webhook-timestamp': '1772366400',
    })
    expect(received[0]?.headers).not.toHaveProperty('webhook-signature')
  })

  it.each([
    ['application/x-www-form-urlencoded', 'payout=1.25&cid=abc'],
    ['application/json', '{"payout":1.25,"name":"Jürgen"}'],
  ])('arrives as a POST of %s, byte for byte', async (contentType, body) => {
    const { url, received } = await serve((_request, response) => response.writeHead(204).end())
    const result = await send({ url, method: 'POST', contentType, body })
    expect(result).toMatchObject({ kind: 'answered', answer: { status: 204 } })
    expect(received).toMatchObject([{ method: 'POST', body, headers: { 'content-type': contentType } }])
  })

  it('is signed over its URL, or over its body', async () => {
    const { url, received } = await serve((_request, response) => response.end())
    await send({ url: `${url}/a b?q=ü#fragment`, signing: ['s3cret'] })
    await send({ url, method: 'POST', body: '{"a":1}', signing: ['s3cret'] })
    expect(received.map((request) => request.headers['webhook-signature'])).toEqual([
      signature(`${url}/a%20b?q=%C3%BC`),
      signature('{"a":1}'),
    ])
  })

  it('with a line break in its content type is refused before anything is sent', async () => {
    const { url, received } = await serve((_request, response) => response.end())
    const result = await send({ url, method: 'POST', contentType: 'text/plain\r\nx-evil: 1' })
    expect(result).toMatchObject({ kind: 'failed', code: 'bad_request', forGood: true })
    expect(received).toEqual([])
  })
})

describe('a receiver', () => {
  it('that answers byte by byte and never ends its headers runs into the total time-out', async () => {
    const url = await serveBytes((socket) => {
      const bytes = `HTTP/1.1 200 OK\r\nx-slow: ${'x'.repeat(10_000)}`
      let sent = 0
      const timer = setInterval(() => socket.write(bytes.charAt(sent++)), 5)
      socket.on('close', () => clearInterval(timer))
    })
    expect(await send({ url })).toMatchObject({ kind: 'failed', code: 'timeout', forGood: false })
  })

  it('that never answers runs into the total time-out', async () => {
    const url = await serveBytes(() => {})
    expect(await send({ url })).toMatchObject({ kind: 'failed', code: 'timeout' })
  })

  it('that sends its status and then a slow body has answered', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write('.'), 20)
      response.on('close', () => clearInterval(timer))
    })
    const result = await send({ url })
    expect(result).toMatchObject({ kind: 'answered', answer: { status: 200 } })
    expect(result.kind === 'answered' && result.answer.body).toMatch(/^\.+$/)
  })

  it('that sends 100 MB is cut off; the first 4 kB are kept', async () => {
    let written = 0
    let closed = false
    const { url } = await serve((_request, response) => {
      const chunk = Buffer.alloc(65_536, 'a')
      const pump = () => {
        while (!closed && written < 100_000_000) {
          written += chunk.length
          if (!response.write(chunk)) return
        }
        response.end()
      }
      response.on('drain', pump).on('close', () => {
        closed = true
      })
      pump()
    })
    const result = await send({ url })
    expect(result).toMatchObject({ kind: 'answered', answer: { status: 200, body: 'a'.repeat(4_096) } })
    // What is in the sockets' buffers was sent for nothing; the rest never left.
    expect(written).toBeLessThan(20_000_000)
  })

  it('that sends no HTTP is a protocol failure', async () => {
    const answers = [
      'SSH-2.0-OpenSSH_9.6\r\n',
      'HTTP/1.1 200 OK\r\nbad header\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello',
      'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n',
      'HTTP/9.9 abc\r\n\r\n',
      `HTTP/1.1 200 OK\r\nx-big: ${'x'.repeat(20_000)}\r\n\r\n`,
    ]
    for (const answer of answers) {
      const url = await serveBytes((socket) => socket.end(answer, 'latin1'))
      expect(await send({ url }), answer.slice(0, 60)).toMatchObject({ kind: 'failed', code: 'protocol' })
    }
  })

  it('that hangs up without an answer is a connection failure', async () => {
    const url = await serveBytes((socket) => socket.destroy())
    expect(await send({ url })).toMatchObject({ kind: 'failed', code: 'connect' })
  })

  it('that does not listen is a connection failure', async () => {
    const { url, close } = await serve((_request, response) => response.end())
    await close()
    expect(await send({ url })).toMatchObject({ kind: 'failed', code: 'connect' })
  })

  it('that speaks plain HTTP on an https URL is a TLS failure', async () => {
    const url = await serveBytes((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const result = await send({ url: url.replace('http:', 'https:') })
    expect(result).toMatchObject({ kind: 'failed', code: 'tls' })
  })

  it('whose name does not exist is a DNS failure', async () => {
    const resolve: Resolve = (_hostname, callback) =>
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), [])
    const result = await send({ url: 'http://nowhere.example/' }, { resolve })
    expect(result).toMatchObject({ kind: 'failed', code: 'dns', forGood: false })
  })

  it('sees answers with very many headers kept to a bound', async () => {
    const { url } = await serve((_request, response) => {
      for (let n = 0; n < 200; n += 1) response.setHeader(`x-${n}`, 'v')
      response.setHeader('x-0', 'v'.repeat(2_000))
      response.end()
    })
    const result = await send({ url })
    const headers = result.kind === 'answered' ? result.answer.headers : {}
    expect(Object.keys(headers)).toHaveLength(40)
    expect(headers['x-0']).toHaveLength(512)
  })

  it('whose body says whether the call was taken is read to its end, however slow', async () => {
    const { url } = await serve((_request, response) => {
      response.write('{"code":40001,')
      setTimeout(() => response.end(`"filler":"${'x'.repeat(20_000)}","message":"no"}`), 2_200)
    })
    const sender = createSender({
      guard: createGuard({ allowPrivateTargets: ['127.0.0.0/8'] }),
      version: '0',
    })
    const result = await sender.send({ ...callOf({ url }), isJudgedByBody: true }, NOW)
    expect(verdictOf({ system: 'tiktok' }, result)).toMatchObject({
      kind: 'refused',
      reason: 'no (code 40001)',
    })
    await sender.close()
  })

  it.each(['{"code":', '<html>'])('that answers 200 with %s has not taken the call', async (body) => {
    const { url } = await serve((_request, response) => response.end(body))
    const result = await send({ url, isJudgedByBody: true })
    expect(verdictOf({ system: 'tiktok' }, result)).toMatchObject({ kind: 'refused', forGood: false })
  })

  it('whose body breaks off has not taken the call', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{}')
      setTimeout(() => response.destroy(), 50)
    })
    const result = await send({ url, isJudgedByBody: true })
    expect(verdictOf({ system: 'tiktok' }, result)).toMatchObject({ kind: 'refused', forGood: false })
  })

  it('may send bytes that are no text', async () => {
    const { url } = await serve((_request, response) => response.end(Buffer.from([0x61, 0, 0xff, 0x62])))
    expect(await send({ url })).toMatchObject({ answer: { body: 'a\0\uFFFDb' } })
  })
})

describe('a redirect', () => {
  it('is followed up to three times', async () => {
    const { url, received } = await serve((request, response) => {
      const hop = Number(request.url?.slice(1))
      if (hop < 3) response.writeHead(302, { location: `/${hop + 1}` }).end()
      else response.end('there')
    })
    const result = await send({ url: `${url}/0` })
    expect(result).toMatchObject({ kind: 'answered', answer: { status: 200, body: 'there' } })
    expect(result.request).toMatchObject({
      url: `${url}/3`,
      redirectedFrom: [`${url}/0`, `${url}/1`, `${url}/2`],
    })
    expect(received.map((request) => request.headers['webhook-id'])).toEqual(Array(4).fill('delivery1'))
  })

  it('in a loop ends after three', async () => {
    const { url, received } = await serve((_request, response) =>
      response.writeHead(302, { location: '/again' }).end(),
    )
    const result = await send({ url })
    expect(result).toMatchObject({ kind: 'failed', code: 'too_many_redirects', forGood: false })
    expect(received).toHaveLength(4)
  })

  it('keeps method and body, except for 303', async () => {
    const { url, received } = await serve((request, response) => {
      const status = Number(request.url?.slice(1))
      if (status > 0) response.writeHead(status, { location: '/0' }).end()
      else response.end()
    })
    for (const status of [301, 302, 307, 308, 303]) {
      await send({ url: `${url}/${status}`, method: 'POST', body: 'a=1' })
    }
    const arrived = received.filter((request) => request.url === '/0')
    expect(arrived.map((request) => `${request.method} ${request.body}`)).toEqual([
      'POST a=1',
      'POST a=1',
      'POST a=1',
      'POST a=1',
      'GET ',
    ])
  })

  it.each([
    ['http://169.254.169.254/latest/meta-data/', 'refused_address'],
    ['http://[::1]:8080/', 'refused_address'],
    ['//10.0.0.1/', 'refused_address'],
    ['file:///etc/passwd', 'refused_url'],
    ['http://user:pw@example.com/', 'refused_url'],
    ['http://example.com:25/', 'refused_url'],
    ['http://', 'refused_url'],
  ])('to %s is refused, and may be mended by the receiver', async (location, code) => {
    const { url } = await serve((_request, response) => response.writeHead(302, { location }).end())
    expect(await send({ url })).toMatchObject({ kind: 'failed', code, forGood: false })
  })

  it('to a name that resolves to a private address is refused', async () => {
    const { url } = await serve((_request, response) =>
      response.writeHead(302, { location: 'http://innocent.example/' }).end(),
    )
    const resolve: Resolve = (_hostname, callback) => callback(null, [{ address: '10.0.0.1', family: 4 }])
    expect(await send({ url }, { resolve })).toMatchObject({ kind: 'failed', code: 'refused_address' })
  })

  it('is followed along a location longer than what the log keeps', async () => {
    const path = `/${'x'.repeat(3_000)}`
    const { url, received } = await serve((request, response) =>
      request.url === '/' ? response.writeHead(302, { location: path }).end() : response.end(),
    )
    expect(await send({ url })).toMatchObject({ kind: 'answered', answer: { status: 200 } })
    expect(received.at(-1)?.url).toBe(path)
  })
})

it('a call to a private address opens no connection', async () => {
  const { url, received } = await serve((_request, response) => response.end())
  const result = await send({ url }, { allowPrivateTargets: [] })
  expect(result).toMatchObject({ kind: 'failed', code: 'refused_address', forGood: true })
  expect(received).toEqual([])
})

function signature(content: string): string {
  const hmac = createHmac('sha256', 's3cret').update(`delivery1.${NOW / 1000}.${content}`)
  return `v1,${hmac.digest('base64')}`
}
