import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LIMITS } from '../../src/domain/limits.ts'
import { campaign, type EdgeRig, offer, path, startRig, testSnapshot } from './edge-rig.ts'

let rig: EdgeRig

beforeAll(async () => {
  const base = testSnapshot()
  const raw = offer('raw', 'https://offer.example/?a={sub1|raw}&b={sub2}&cid={clickid}')
  const campaigns = (['302', 'meta', 'js', 'double_meta'] as const).map((redirectMode) =>
    campaign(`raw-${redirectMode}`, { redirectMode, paths: [path('p-raw', ['raw'])] }),
  )
  rig = await startRig({
    snapshot: { ...base, offers: [...base.offers, raw], campaigns: [...base.campaigns, ...campaigns] },
  })
})
afterAll(() => rig.stop())

/** Bytes as they are, which no HTTP client would send; the whole answer until the edge closes. */
function send(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: rig.edge.port })
    let answer = ''
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      answer += text
    })
    socket.on('error', reject)
    socket.on('close', () => {
      resolve(answer)
    })
    socket.write(Buffer.from(bytes, 'latin1'))
  })
}

function sendGet(target: string, headers = ''): Promise<string> {
  return send(`GET ${target} HTTP/1.1\r\nHost: x\r\n${headers}Connection: close\r\n\r\n`)
}

async function lastVisit() {
  return (await rig.records()).visits.at(-1)
}

describe('bad input', () => {
  it('of a URL of exactly 8 kB is served, and one byte more is a 414', async () => {
    const start = '/c/direct?a='
    const longest = start + 'x'.repeat(LIMITS.urlBytesMax - start.length)
    expect((await rig.get(longest)).status).toBe(302)
    expect((await lastVisit())?.params?.a).toHaveLength(LIMITS.paramValueCharsMax)
    expect((await rig.get(`${longest}x`)).status).toBe(414)
    expect((await rig.get(`/postback?a=${'x'.repeat(LIMITS.urlBytesMax)}`)).status).toBe(414)
    expect(await sendGet(`/c/direct?a=${'x'.repeat(60_000)}`)).toMatch(/^HTTP\/1\.1 414 /)
  })

  it('of too many headers is a 431, and of no HTTP a 400; the edge lives on', async () => {
    expect(await sendGet('/c/direct', `X: ${'x'.repeat(60_000)}\r\n`)).toMatch(/^HTTP\/1\.1 431 /)
    expect(await send('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03')).toMatch(/^HTTP\/1\.1 400 /)
    expect(await send('GET /c/direct HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
    expect(rig.edge.metrics().counters.badRequests).toBeGreaterThan(0)
    expect((await rig.get('/c/direct')).status).toBe(302)
  })

  it('of more parameters than the limit keeps the first ones and counts the rest', async () => {
    const before = rig.edge.metrics().counters.paramsExcess
    const many = Array.from({ length: LIMITS.paramsMax + 5 }, (_, n) => `q${n}=1`).join('&')
    expect((await rig.get(`/c/direct?${many}`)).status).toBe(302)
    expect(Object.keys((await lastVisit())?.params ?? {})).toHaveLength(LIMITS.paramsMax)
    expect(rig.edge.metrics().counters.paramsExcess).toBe(before + 5)
  })

  it('of invalid UTF-8 and percent-encoding is kept, with what cannot be read replaced', async () => {
    expect(await sendGet('/c/direct?a=%ff%fe&b=%zz&c=100%&d=%ff%C3%BC&e=%C3%BC&f=%ud800')).toMatch(/ 302 /)
    expect((await lastVisit())?.params).toEqual({
      a: '\ufffd\ufffd',
      b: '%zz',
      c: '100%',
      d: '\ufffdü',
      e: 'ü',
      f: '%ud800',
    })
    expect(await sendGet('/c/%ff%zz')).toMatch(/ 302 /)
    expect(await sendGet('/postback?cid=%ff')).toMatch(/ 200 /)
    expect((await rig.records()).hits.at(-1)?.params).toEqual([['cid', '\ufffd']])
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    await rig.get('/postback', { method: 'POST', headers, body: Buffer.from('a=\xff&b=\xc3\xbc', 'latin1') })
    expect((await rig.records()).hits.at(-1)?.params).toEqual([
      ['a', '\ufffd'],
      ['b', 'ü'],
    ])
  })

  it('of bytes beyond ASCII in the request line is a 400: node:http takes them for no HTTP', async () => {
    expect(await sendGet('/c/direct?a=\xc3\xbc')).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('of control characters and quotes cannot break out of a row', async () => {
    const text = '"\\\n\r\t\0\x7f</script>\u2028'
    const query = `xid=${encodeURIComponent(text)}&kw=${encodeURIComponent(text)}&${encodeURIComponent(text)}=1`
    await rig.get(`/c/direct?${query}`, {
      headers: { 'user-agent': '"\\ok', referer: 'https://x.example/"\\' },
    })
    expect(await lastVisit()).toMatchObject({
      external_id: text,
      tokens: { keyword: text },
      params: { [text]: '1' },
      user_agent: '"\\ok',
      referrer: 'https://x.example/"\\',
    })
  })

  it.each(['raw-302', 'raw-meta', 'raw-js', 'raw-double_meta'])(
    'cannot inject headers, attributes or scripts into the redirect of %s',
    async (slug) => {
      const evil = '\r\nSet-Cookie: evil=1\r\n\r\n<script>alert(1)</script>"\'</script>'
      const query = `sub1=${encodeURIComponent(evil)}&sub2=${encodeURIComponent(evil)}`
      const answer = await sendGet(`/c/${slug}?${query}`)
      const headEnd = answer.indexOf('\r\n\r\n')
      const head = answer.slice(0, headEnd)
      const body = answer.slice(headEnd)
      expect(head.match(/^set-cookie: (?!tp_)/gim)).toBeNull()
      expect(head.match(/^set-cookie: tp_\w+[^\r\n]*$/gim)).toHaveLength(3)
      expect(body).not.toContain('<script>alert')
      expect(body).not.toMatch(/"'<\/script>/)
      expect(head + body).not.toContain('\r\nSet-Cookie: evil')
    },
  )

  it('of cookies and headers that are nonsense does no harm', async () => {
    const headers = {
      cookie: `tp_cid=; tp_c_=..; =; tp_o_=${'x'.repeat(26)}; tp_cid; ${'a=b; '.repeat(500)}`,
      'accept-language': ';;q=x,'.repeat(100),
      'sec-ch-ua': '"'.repeat(1_000),
      'x-forwarded-for': ',,,',
    }
    expect((await rig.get('/c/direct', { headers })).status).toBe(302)
    expect((await rig.get('/click', { headers })).status).toBe(302)
    expect((await rig.get('/pixel.gif', { headers })).status).toBe(200)
    expect(rig.edge.metrics().counters.requestsFailed).toBe(0)
  })

  it.each([
    ['POST', '/c/direct', 'GET, HEAD'],
    ['DELETE', '/click', 'GET, HEAD'],
    ['POST', '/pixel.gif', 'GET'],
    ['HEAD', '/pixel.html', 'GET'],
    ['HEAD', '/postback', 'GET, POST'],
    ['PUT', '/postback', 'GET, POST'],
    ['POST', '/i/direct.gif', 'GET'],
    ['OPTIONS', '/healthz', 'GET, HEAD'],
  ])('by method %s on %s is a 405 that allows %s', async (method, target, allow) => {
    const answer = await rig.get(target, { method })
    expect(answer.status).toBe(405)
    expect(answer.headers.allow).toBe(allow)
  })

  it.each([
    '/',
    '/c',
    '/click/0',
    '/click/x',
    '/clicks',
    '/postback/',
    '/pixel.png',
    '/internal/metrics',
    '/../c/direct',
    '*',
  ])('at the unknown path %s is a plain 404', async (target) => {
    const answer = await rig.get(target)
    expect(answer.status).toBe(404)
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(answer.headers['set-cookie']).toBeUndefined()
  })
})
