import { createHmac, timingSafeEqual } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { callOf, NOW, type Received, Receivers } from '../support/receivers.ts'

const receivers = new Receivers()
const HEADERS = { 'X-Api-Key': 'key-0123456789', Authorization: 'Bearer token-987' }

afterEach(() => receivers.close())

describe("a target's own headers", () => {
  it('go along with every call to its own origin, redirects there included', async () => {
    const { url, received } = await receivers.serve((request, response) =>
      request.url === '/' ? response.writeHead(307, { location: '/there' }).end() : response.end(),
    )
    await receivers.send({ url: `${url}/`, headers: HEADERS })
    expect(received.map(ownOf)).toEqual([Object.values(HEADERS), Object.values(HEADERS)])
  })

  it('never go to another origin, nor to the way back from it', async () => {
    const home = await receivers.serve((request, response) =>
      request.url === '/' ? response.writeHead(302, { location: away.url }).end() : response.end(),
    )
    const away = await receivers.serve((_request, response) =>
      response.writeHead(302, { location: `${home.url}/back` }).end(),
    )
    const result = await receivers.send({
      url: `${home.url}/`,
      method: 'POST',
      body: 'a=1',
      headers: HEADERS,
    })
    expect(result).toMatchObject({ kind: 'answered', answer: { status: 200 } })
    expect(home.received.map(ownOf)).toEqual([Object.values(HEADERS), [undefined, undefined]])
    expect(away.received.map(ownOf)).toEqual([[undefined, undefined]])
  })

  it('are masked when the receiver repeats a part of them, also across a cut', async () => {
    const pair = Buffer.from('shop:pass-word-1').toString('base64')
    const { url } = await receivers.serve((_request, response) =>
      response
        .setHeader('x-echo', `${'x'.repeat(508)}sk_live_51Habcdef`)
        .end(`Invalid: sk_live_51Habcdef, pass-word-1, ${pair}${'x'.repeat(4_020)}sk_live_51Habcdef`),
    )
    const headers = { Authorization: 'Bearer sk_live_51Habcdef', 'X-Basic': `Basic ${pair}` }
    const result = JSON.stringify(await receivers.send({ url, headers }))
    for (const part of ['sk_', 'pass-word', pair]) expect(result).not.toContain(part)
  })

  it('replace none of ours, in whatever case they are written', async () => {
    const { url, received } = await receivers.serve((_request, response) => response.end())
    const headers = {
      Host: 'evil.example',
      'User-Agent': 'else',
      'Webhook-Id': 'else',
      'WEBHOOK-SIGNATURE': 'v1,forged',
      'Content-Type': 'text/html',
      'Content-Length': '1',
      'Transfer-Encoding': 'chunked',
      Connection: 'x-api-key',
      Expect: '100-continue',
      Upgrade: 'h2c',
      'X-Fine': 'yes',
    }
    const contentType = 'application/json'
    await receivers.send({ url, method: 'POST', body: '{"a":1}', contentType, headers })
    expect(received).toMatchObject([{ method: 'POST', body: '{"a":1}' }])
    expect(received[0]?.headers).toMatchObject({
      host: new URL(url).host,
      'user-agent': 'Trailpost/9.9.9',
      'webhook-id': 'delivery1',
      'content-type': contentType,
      'content-length': '7',
      'x-fine': 'yes',
    })
    const said = Object.keys(received[0]?.headers ?? {})
    expect(said).not.toEqual(expect.arrayContaining(['webhook-signature']))
    expect(said.filter((name) => ['expect', 'upgrade', 'transfer-encoding'].includes(name))).toEqual([])
  })

  it('are in no log: not in the request, not in an answer that repeats it', async () => {
    const { url } = await receivers.serve((request, response) =>
      response.setHeader('x-echo', String(request.headers['x-api-key'])).end(JSON.stringify(request.headers)),
    )
    const result = await receivers.send({ url, headers: HEADERS })
    expect(result.request.headers).toMatchObject({ 'x-api-key': '***', authorization: '***' })
    expect(JSON.stringify(result)).not.toContain('key-0123456789')
    expect(JSON.stringify(result)).not.toContain('token-987')
    expect(JSON.stringify(result)).toContain('x-echo')
  })
})

describe('credentials in the URL or the body', () => {
  const secretValues = ['s3cr3t/&+token']
  const body = JSON.stringify({ access_token: 's3cr3t/&+token' })

  it('arrive, and are in no log in any form', async () => {
    const { url, received } = await receivers.serve((request, response) => response.end(request.url))
    const path = `/pb?access_token=${encodeURIComponent('s3cr3t/&+token')}`
    const result = await receivers.send({ url: `${url}${path}`, method: 'POST', body, secretValues })
    expect(received).toMatchObject([{ url: path, body }])
    expect(JSON.stringify(result)).not.toContain('s3cr3t')
    expect(result.request).toMatchObject({
      url: `${url}/pb?access_token=***`,
      body: '{"access_token":"***"}',
    })
  })

  it('in the body are not sent on to another origin', async () => {
    const away = await receivers.serve((_request, response) => response.end())
    const home = await receivers.serve((_request, response) =>
      response.writeHead(307, { location: away.url }).end(),
    )
    const result = await receivers.send({ url: home.url, method: 'POST', body, secretValues })
    expect(result).toMatchObject({ kind: 'failed', code: 'refused_redirect', forGood: false })
    expect(away.received).toEqual([])
  })
})

/** A receiver's part of Standard Webhooks, written from its text and not from our sender. */
function isGenuine({ headers, body }: Received, secret: string, nowMs: number, url: string): boolean {
  const id = String(headers['webhook-id'])
  const timestamp = String(headers['webhook-timestamp'])
  if (!/^\d+$/.test(timestamp) || Math.abs(Number(timestamp) - nowMs / 1000) > 300) return false
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const content = body === '' ? url : body
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${content}`).digest()
  return String(headers['webhook-signature'])
    .split(' ')
    .some((entry) => {
      const [version, signature = ''] = entry.split(',')
      const given = Buffer.from(signature, 'base64')
      return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected)
    })
}

describe('a signature by Standard Webhooks', () => {
  const [oldSecret, newSecret, other] = ['old', 'new', 'other'].map(
    (text) => `whsec_${Buffer.from(text.padEnd(24, '-')).toString('base64')}`,
  ) as [string, string, string] // one for each

  it.each([
    ['POST', '{"type":"conversion.recorded"}'],
    ['GET', ''],
  ])(
    'of a %s is accepted by who knows the old secret, and by who knows the new one',
    async (method, body) => {
      const { url, received } = await receivers.serve((_request, response) => response.end())
      await receivers.send({ url: `${url}/pb?a=1`, method, body, signing: [newSecret, oldSecret] })
      const [call] = received
      if (call === undefined) throw new Error('nothing arrived')
      const accepts = (secret: string, now = NOW) => isGenuine(call, secret, now, `${url}/pb?a=1`)
      expect([newSecret, oldSecret, other].map((secret) => accepts(secret))).toEqual([true, true, false])
      expect(accepts(newSecret, NOW + 301_000)).toBe(false)
      expect(call.headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}= v1,[A-Za-z0-9+/]{43}=$/)
    },
  )

  it('of a redirected call is over the URL that it arrives at', async () => {
    const { url, received } = await receivers.serve((request, response) =>
      request.url === '/' ? response.writeHead(302, { location: '/there?b=2' }).end() : response.end(),
    )
    await receivers.send({ url: `${url}/`, signing: [newSecret] })
    const [first, second] = received
    if (first === undefined || second === undefined) throw new Error('two calls should have arrived')
    expect(isGenuine(first, newSecret, NOW, `${url}/`)).toBe(true)
    expect(isGenuine(second, newSecret, NOW, `${url}/there?b=2`)).toBe(true)
    expect(isGenuine(second, newSecret, NOW, `${url}/`)).toBe(false)
  })

  it('keeps id and content over attempts, and dates each of them', async () => {
    const { url, received } = await receivers.serve((_request, response) => response.writeHead(500).end())
    const sender = receivers.sender()
    const call = callOf({ url, method: 'POST', body: '{}', signing: [newSecret] })
    await sender.send(call, NOW)
    await sender.send(call, NOW + 3_600_000)
    expect(received.map(({ headers }) => headers['webhook-id'])).toEqual(['delivery1', 'delivery1'])
    expect(new Set(received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(2)
    expect(received.map((one, n) => isGenuine(one, newSecret, NOW + n * 3_600_000, ''))).toEqual([true, true])
  })
})

function ownOf({ headers }: Received) {
  return [headers['x-api-key'], headers.authorization]
}
