import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { HitAnswer } from '../../src/domain/hit.ts'
import { LIMITS } from '../../src/domain/limits.ts'
import { type EdgeRig, startRig, until } from './edge-rig.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const JSON_TYPE = { 'content-type': 'application/json' }
const CLICK_ID = '06h063ezxc00n35fs003brmxpd'
let rig: EdgeRig

beforeAll(async () => {
  rig = await startRig()
})
beforeEach(() => {
  rig.core.judge = (hit) =>
    hit.problem === undefined
      ? { hit: hit.id, outcome: 'recorded', conversion: 'conv1' }
      : { hit: hit.id, outcome: 'malformed', reason: hit.problem }
})
afterAll(() => rig.stop())

async function lastHit() {
  const hit = (await rig.records()).hits.at(-1)
  if (hit === undefined) throw new Error('no hit was recorded')
  return hit
}

describe('a postback', () => {
  it('is on disk and answered with the judgement', async () => {
    const answer = await rig.get(`/postback?cid=${CLICK_ID}&payout=1.50&txid=a%20b`, {
      headers: { 'user-agent': 'net/1' },
    })
    const hit = await lastHit()
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.text)).toEqual({ outcome: 'recorded', conversion: 'conv1', hit: hit.id })
    expect(hit).toMatchObject({
      kind: 'postback',
      method: 'GET',
      path: '/postback',
      rawQuery: `cid=${CLICK_ID}&payout=1.50&txid=a%20b`,
      params: [
        ['cid', CLICK_ID],
        ['payout', '1.50'],
        ['txid', 'a b'],
      ],
      ip: '127.0.0.1',
      userAgent: 'net/1',
    })
    expect(rig.core.hits.at(-1)).toEqual(hit)
  })

  it.each([
    ['form', FORM, 'payout=2&cid=body'],
    ['JSON', JSON_TYPE, '{"payout":2,"cid":"body"}'],
  ])('may carry its parameters in a %s body, after those of the query', async (_kind, headers, body) => {
    await rig.get('/postback?cid=query', { method: 'POST', headers, body })
    const { params } = await lastHit()
    expect(params[0]).toEqual(['cid', 'query'])
    expect(params).toContainEqual(['payout', '2'])
    expect(params).toContainEqual(['cid', 'body'])
  })

  it('asked for text is answered with the outcome alone', async () => {
    expect(await rig.get('/postback?cid=x&format=text')).toMatchObject({ status: 200, text: 'recorded\n' })
  })

  it.each([
    ['recorded', 200],
    ['updated', 200],
    ['duplicate', 200],
    ['rejected', 200],
    ['test', 200],
    ['unmatched', 202],
    ['queued', 202],
    ['malformed', 400],
    ['unauthorized', 401],
    ['overloaded', 503],
  ] as const)('that is %s is answered %d', async (outcome, status) => {
    rig.core.judge = (hit): HitAnswer => ({ hit: hit.id, outcome, reason: 'because' })
    const answer = await rig.get('/postback?cid=x')
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.text)).toMatchObject({ outcome, reason: 'because' })
    expect(answer.headers['retry-after']).toBe(outcome === 'overloaded' ? '5' : undefined)
  })

  it('for a test says every step', async () => {
    const steps = [{ step: 'click', ok: false, detail: 'unknown' }]
    rig.core.judge = (hit): HitAnswer => ({ hit: hit.id, outcome: 'test', steps })
    expect(JSON.parse((await rig.get('/postback?test=1')).text)).toMatchObject({ outcome: 'test', steps })
  })

  it.each([
    ['of a wrong type', { 'content-type': 'text/xml' }, '<x/>', /text\/xml/],
    ['of broken JSON', JSON_TYPE, '{"a":', /JSON/],
    ['compressed', { ...FORM, 'content-encoding': 'gzip' }, 'x', /compressed/],
    ['too large', FORM, 'x'.repeat(LIMITS.bodyBytesMax + 1), /larger than 65536/],
    ['much too large', FORM, Buffer.alloc(900_000, 120), /larger than 65536/],
  ])('with a body %s is malformed, and kept with the reason', async (_what, headers, body, reason) => {
    const answer = await rig.get('/postback?cid=x', { method: 'POST', headers, body })
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.text)).toMatchObject({
      outcome: 'malformed',
      reason: expect.stringMatching(reason),
    })
    expect(await lastHit()).toMatchObject({ problem: expect.stringMatching(reason), params: [['cid', 'x']] })
  })

  it('in a burst while core is busy shares requests, each hit with its own answer', async () => {
    const gate = Promise.withResolvers<void>()
    rig.core.judge = async (hit) => {
      await gate.promise
      return { hit: hit.id, outcome: 'recorded', conversion: `of-${hit.params[0]?.[1]}` }
    }
    const hitsBefore = (await rig.records()).hits.length
    const batchesBefore = rig.core.batches.length
    const asked = Array.from({ length: 60 }, (_, n) => rig.get(`/postback?cid=n${n}`))
    await until(async () => (await rig.records()).hits.length === hitsBefore + 60)
    gate.resolve()
    const answers = await Promise.all(asked)
    answers.forEach((answer, n) => {
      expect(JSON.parse(answer.text)).toMatchObject({ conversion: `of-n${n}` })
    })
    expect(rig.core.batches.length - batchesBefore).toBeLessThan(10)
  })
})

describe('a pixel', () => {
  it.each([
    ['/pixel.gif', 'image', 'image/gif', /^GIF89a/],
    ['/pixel.html', 'iframe', 'text/html; charset=utf-8', /^<!doctype html>/],
    ['/pixel.js', 'script', 'text/javascript; charset=utf-8', /^$/],
  ])(
    '%s is answered validly whatever the outcome, which its header tells',
    async (path, kind, type, body) => {
      for (const outcome of ['recorded', 'malformed', 'unauthorized', 'overloaded'] as const) {
        rig.core.judge = (hit) => ({ hit: hit.id, outcome })
        const answer = await rig.get(`${path}?offer=o1&payout=1`)
        expect(answer.status).toBe(200)
        expect(answer.headers['content-type']).toBe(type)
        expect(answer.headers['x-trailpost-outcome']).toBe(outcome)
        expect(answer.headers['cache-control']).toBe('no-store')
        expect(answer.text).toMatch(body)
      }
      expect(await lastHit()).toMatchObject({ kind, path })
    },
  )

  it('tells which click ids the browser carries', async () => {
    const cookie = `tp_cid=${CLICK_ID}; tp_o_o1=${CLICK_ID}; tp_o_o2=short`
    await rig.get('/pixel.gif?offer=o1', { headers: { cookie, referer: 'https://shop.example/thanks' } })
    expect(await lastHit()).toMatchObject({
      cookieClickId: CLICK_ID,
      cookieOfferClickIds: { o1: CLICK_ID },
      referrer: 'https://shop.example/thanks',
    })
  })

  it('may stand in a frame of any page, and runs nothing', async () => {
    const { headers } = await rig.get('/pixel.html')
    expect(headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors *")
  })

  const NASTY = `https://a.example/i;x?a=1&b="><script>alert(1)</script>`
  const PIXELS = [
    { type: 'image', url: new URL(NASTY).href },
    { type: 'iframe', url: "https://b.example/f?q='x'" },
    { type: 'script', url: 'https://c.example/s.js?a=1&b=2' },
  ] as const

  it('that is an image is sent on to the one image', async () => {
    const pixels = PIXELS.slice(0, 1)
    rig.core.judge = (hit) => ({ hit: hit.id, outcome: 'recorded', pixels })
    const { status, headers } = await rig.get('/pixel.gif?offer=o1')
    expect(status).toBe(302)
    expect(headers).toMatchObject({
      location: PIXELS[0].url,
      'cache-control': 'no-store',
      'x-trailpost-outcome': 'recorded',
    })
  })

  it('that is a frame prints the pixels escaped, and allows exactly these', async () => {
    rig.core.judge = (hit) => ({ hit: hit.id, outcome: 'recorded', pixels: PIXELS })
    const { text, headers } = await rig.get('/pixel.html?offer=o1')
    expect(text).toContain('<img src="https://a.example/i;x?a=1&amp;b=')
    expect(text).toContain(
      '<iframe src="https://b.example/f?q=&#39;x&#39;" sandbox="allow-scripts allow-same-origin"',
    )
    expect(text).toContain('<script src="https://c.example/s.js?a=1&amp;b=2" async')
    expect(text.match(/<script/g)).toHaveLength(1)
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; img-src https://a.example/i%3Bx https://c.example; " +
        'frame-src https://b.example/f; script-src https://c.example/s.js; ' +
        'connect-src https://c.example; frame-ancestors *',
    )
    expect(headers['x-trailpost-outcome']).toBe('recorded')
  })

  it('that is a script makes the pixels by DOM calls', async () => {
    rig.core.judge = (hit) => ({ hit: hit.id, outcome: 'recorded', pixels: PIXELS })
    const { text } = await rig.get('/pixel.js?offer=o1')
    expect(text).not.toMatch(/document\.write|[<>]/)
    const made: Record<string, unknown>[] = []
    const page = {
      createElement: (tag: string) => ({
        tag,
        setAttribute(this: Record<string, unknown>, name: string, value: string) {
          this[name] = value
        },
      }),
      documentElement: { appendChild: (element: Record<string, unknown>) => made.push(element) },
    }
    runInNewContext(text, { document: page })
    expect(made).toMatchObject([
      { tag: 'img', src: PIXELS[0].url, hidden: true },
      { tag: 'iframe', src: PIXELS[1].url, sandbox: 'allow-scripts allow-same-origin' },
      { tag: 'script', src: PIXELS[2].url, async: true },
    ])
  })

  it('never gets an address from core that a header or document could not carry', async () => {
    for (const url of ['javascript:alert(1)', 'https://a.example/\r\nSet-Cookie: x=1']) {
      rig.core.judge = (hit) => ({ hit: hit.id, outcome: 'recorded', pixels: [{ type: 'image', url }] })
      const { status, headers } = await rig.get('/pixel.gif?offer=o1')
      expect([status, headers['x-trailpost-outcome']]).toEqual([200, 'queued'])
    }
  })
})

describe('without core', () => {
  it('a hit is queued; once core is back it is asked again', async () => {
    const other = await startRig()
    await other.core.stop()
    for (let n = 0; n < 10; n += 1) {
      const answer = await other.get('/postback?cid=x')
      expect(answer.status).toBe(202)
      expect(JSON.parse(answer.text)).toMatchObject({ outcome: 'queued' })
    }
    expect((await other.records()).hits).toHaveLength(10)
    expect((await other.get('/pixel.gif')).headers['x-trailpost-outcome']).toBe('queued')
    // What cannot be read needs no core to be called malformed.
    const malformed = await other.get('/postback', { method: 'POST', headers: JSON_TYPE, body: '{' })
    expect(malformed.status).toBe(400)
    await other.core.start()
    await until(async () => (await other.get('/postback?cid=y&format=text')).text === 'recorded\n')
    await other.stop()
  })

  it('that answers nothing in time a hit is queued', async () => {
    rig.core.judge = () => new Promise(() => undefined)
    const answer = await rig.get('/postback?cid=slow')
    expect(JSON.parse(answer.text)).toMatchObject({ outcome: 'queued' })
    expect((await lastHit()).params).toEqual([['cid', 'slow']])
  })

  it('that answers nonsense a hit is queued', async () => {
    rig.core.judge = () => ({ outcome: 'nonsense' }) as unknown as HitAnswer
    expect(JSON.parse((await rig.get('/postback?cid=odd')).text)).toMatchObject({ outcome: 'queued' })
  })
})
