import { Script } from 'node:vm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CLICK_ID, cookieHeader, type DialectWorld, openDialectWorld } from './dialect-world.ts'

let world: DialectWorld

beforeAll(async () => {
  world = await openDialectWorld({
    direct: ['prosper202:1123'],
    lander: ['prosper202:4567'],
    offerTwo: ['prosper202:7123', 'prosper202:cid-12'],
    landerPage: ['prosper202:8889'],
  })
})
beforeEach(() => {
  world.judgeAs({ outcome: 'recorded', conversion: 'c1' })
})
afterAll(() => world.rig.stop())

const get = (path: string, headers = {}) => world.rig.get(path, { headers })
const STATIC = '/tracking202/static'
const REDIRECT = '/tracking202/redirect'

describe('gpb.php', () => {
  it('records a conversion under our names and answers 200 with an empty page', async () => {
    const answer = await get(`${STATIC}/gpb.php?amount=1.50&subid=${CLICK_ID}&cid=12`)
    expect(answer).toMatchObject({ status: 200, text: '' })
    expect(answer.headers['content-type']).toMatch(/^text\/html/)
    const hit = await world.lastHit()
    expect(hit).toMatchObject({
      kind: 'postback',
      dialect: 'prosper202',
      path: `${STATIC}/gpb.php`,
      rawQuery: `amount=1.50&subid=${CLICK_ID}&cid=12`,
    })
    // Its cid is a campaign and no click id: it says which offer.
    expect(await world.lastParams()).toEqual({
      cid: CLICK_ID,
      payout: '1.50',
      'prosper202.cid': '12',
      offer: 'o2',
    })
  })

  it.each([
    ['below a sub-directory', '/202/app', `subid=${CLICK_ID}`],
    ['with names in upper case', '', `SUBID=${CLICK_ID}`],
    ['under sid', '', `sid=${CLICK_ID}`],
    ['with a suffix', '', `subid=${CLICK_ID}-7871`],
  ])('finds the click id %s', async (_how, base, query) => {
    expect((await get(`${base}${STATIC}/gpb.php?${query}`)).status).toBe(200)
    expect((await world.lastParams()).cid).toBe(CLICK_ID)
  })

  it.each([
    ['t202txid=a&txid=b', 'a'],
    ['oid=f&txid=b&transaction_id=c', 'b'],
    ['oid=f&transactionid=d&transaction_id=c', 'c'],
    ['oid=f&order_id=e&transactionid=d', 'd'],
    ['oid=f&orderid=g&order_id=e', 'e'],
    ['oid=f&orderid=g', 'g'],
    ['txid=&oid=f', 'f'],
  ])('takes from %s the transaction %s', async (query, txid) => {
    await get(`${STATIC}/gpb.php?subid=${CLICK_ID}&${query}`)
    expect((await world.lastParams()).txid).toBe(txid)
  })

  it('counts without its amount when that is no number', async () => {
    await get(`${STATIC}/gpb.php?subid=${CLICK_ID}&amount=%7Bpayout%7D`)
    expect(await world.lastParams()).not.toHaveProperty('payout')
  })

  it.each([
    ['', 'SubID not found'],
    ['subid=0', 'SubID not found'],
    ['subid=1503353', 'Click data not found'],
  ])('that finds nobody by "%s" answers 404 %s, and never asks the address', async (query, msg) => {
    world.judgeAs({ outcome: 'unmatched', reason: 'no visit' })
    const answer = await get(`${STATIC}/gpb.php?${query}`)
    expect(answer.status).toBe(404)
    expect(answer.headers['content-type']).toBe('application/json')
    expect(answer.text).toBe(`{"error":true,"code":404,"msg":"${msg}"}`)
  })

  it('repeated with t202dedupe=1 asks to ignore repeats, and answers 400', async () => {
    world.judgeAs({ outcome: 'duplicate', reason: 'already recorded' })
    const answer = await get(`${STATIC}/gpb.php?subid=${CLICK_ID}&t202txid=7&t202dedupe=1`)
    expect(answer.status).toBe(400)
    expect(answer.text).toBe('{"error":true,"code":400,"msg":"Duplicate Conversion Found"}')
    expect((await world.lastHit()).duplicatePolicy).toBe('ignore')
  })

  it('repeated without it answers 200, by the policy of the network', async () => {
    world.judgeAs({ outcome: 'duplicate', reason: 'already recorded' })
    expect((await get(`${STATIC}/gpb.php?subid=${CLICK_ID}`)).status).toBe(200)
    expect(await world.lastHit()).not.toHaveProperty('duplicatePolicy')
  })

  it('that is judged later answers 202', async () => {
    world.judgeAs({ outcome: 'queued' })
    const answer = await get(`${STATIC}/gpb.php?subid=${CLICK_ID}`)
    expect(answer.status).toBe(202)
    expect(answer.text).toBe('{"error":false,"code":202,"msg":"Postback successful"}')
  })

  it('may be posted', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const body = `subid=${CLICK_ID}&amount=2`
    expect((await world.rig.get(`${STATIC}/gpb.php`, { method: 'POST', headers, body })).status).toBe(200)
    expect(await world.lastParams()).toEqual({ cid: CLICK_ID, payout: '2' })
  })
})

describe('pixels', () => {
  it.each(['recorded', 'unmatched', 'rejected'] as const)('gpx.php is an image when %s', async (outcome) => {
    world.judgeAs({ outcome })
    const answer = await get(`${STATIC}/gpx.php?amount=2&subid=${CLICK_ID}`)
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe('image/gif')
    expect(answer.bytes.subarray(0, 6).toString()).toBe('GIF89a')
  })

  it('gpx.php without a subid takes the cookie of the campaign that cid names', async () => {
    await get(`${STATIC}/gpx.php?amount=2&cid=12`, { cookie: `tp_o_o2=${CLICK_ID}` })
    expect(await world.lastParams()).toMatchObject({ offer: 'o2', payout: '2' })
    expect(await world.lastHit()).toMatchObject({ kind: 'image', cookieOfferClickIds: { o2: CLICK_ID } })
  })

  it('upx.php is a page, and JSON 404 when there is no click', async () => {
    const page = await get(`${STATIC}/upx.php?subid=${CLICK_ID}`)
    expect(page.status).toBe(200)
    expect(page.headers['content-type']).toMatch(/^text\/html/)
    world.judgeAs({ outcome: 'unmatched' })
    const missing = await get(`${STATIC}/upx.php`)
    expect(missing.status).toBe(404)
    expect(JSON.parse(missing.text)).toEqual({ error: true, code: 404, msg: 'SubID not found' })
  })

  it.each(['pb.php', 'px.php'])(
    '%s names the campaign, knows no amount, and answers nothing',
    async (file) => {
      world.judgeAs({ outcome: 'unmatched' })
      const answer = await get(`${STATIC}/${file}?acip=7123&subid=${CLICK_ID}&amount=9`)
      expect(answer).toMatchObject({ status: 200, text: '' })
      expect(answer.headers['content-type']).toMatch(/^text\/html/)
      expect(await world.lastParams()).toMatchObject({ cid: CLICK_ID, offer: 'o2' })
      expect(await world.lastParams()).not.toHaveProperty('payout')
    },
  )
})

describe('dl.php', () => {
  it.each(['dl.php', 'rtr.php'])('%s is a visit of the campaign that keeps the id', async (file) => {
    const query = 't202id=1123&t202kw=red+shoes&C1=a&c4=d&t202b=0.25&utm_source=g'
    const answer = await get(`${REDIRECT}/${file}?${query}`)
    expect(answer.status).toBe(302)
    expect(await world.lastVisit()).toMatchObject({
      campaign_id: 'c-direct',
      sub1: 'a',
      sub4: 'd',
      tokens: expect.objectContaining({ keyword: 'red shoes' }),
      cost: '0.250000',
    })
    const target = new URL(answer.headers.location ?? '')
    expect(Object.fromEntries(target.searchParams)).toMatchObject({ k: 'red shoes', c: 'a' })
  })

  it.each(['', 't202id=', 't202id=abc'])('with "%s" answers an empty page', async (query) => {
    expect(await get(`${REDIRECT}/dl.php?${query}`)).toMatchObject({ status: 200, text: '' })
  })

  it('with an unknown id leads where unknown links lead, never where the URL says', async () => {
    const { status, headers } = await get(`${REDIRECT}/dl.php?t202id=999&url=https://evil.example/`)
    expect([status, headers.location]).toEqual([302, 'https://fallback.example/w'])
  })
})

describe('links of a lander', () => {
  async function visitor() {
    return cookieHeader((await get(`${REDIRECT}/dl.php?t202id=4567`)).cookies)
  }
  const targetOf = async (path: string, headers: object) => {
    const answer = await get(path, headers)
    return [answer.status, new URL(answer.headers.location ?? 'http://none/').pathname]
  }

  it.each(['lp.php?lpip=8889', 'go.php?lpip=8889'])('%s leads to the offer of the visit', async (link) => {
    expect(await targetOf(`${REDIRECT}/${link}`, await visitor())).toEqual([
      302,
      expect.stringMatching(/^\/o[12]$/),
    ])
  })

  it.each(['off.php?acip=7123', 'go.php?acip=7123'])('%s leads to the offer that is named', async (link) => {
    expect(await targetOf(`${REDIRECT}/${link}`, await visitor())).toEqual([302, '/o2'])
    expect((await world.rig.records()).clicks.at(-1)).toMatchObject({ offerId: 'o2' })
  })

  it('that carry pci need no cookie', async () => {
    const { cookie } = await visitor()
    const clickId = /tp_cid=(\w+)/.exec(cookie)?.[1] ?? ''
    expect(await targetOf(`${REDIRECT}/off.php?acip=7123&pci=${clickId}`, {})).toEqual([302, '/o2'])
    expect((await get(`${REDIRECT}/pci.php?pci=${clickId}`)).status).toBe(302)
  })

  it('without a visit lead to the fallback: an address is nobody', async () => {
    const { headers } = await get(`${REDIRECT}/off.php?acip=7123`)
    expect(headers.location).toBe('https://fallback.example/w')
  })

  it('go.php that names nothing says so', async () => {
    const answer = await get(`${REDIRECT}/go.php`)
    expect(answer).toMatchObject({ status: 200, text: 'Missing LPIP, ACIP or RPI variable!' })
  })
})

describe('landing.php', () => {
  it('is a script that reports a visit by tp.js', async () => {
    const answer = await get(`${STATIC}/landing.php?lpip=8889`)
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toMatch(/^application\/javascript/)
    expect(answer.text).toContain('/tp.js')
    expect(answer.text).toContain('"l2"')
    expect(() => new Script(answer.text)).not.toThrow()
  })

  it.each(['', 'lpip=1', "lpip=8889'%3Balert(1)"])('of no known lander (%s) is empty', async (query) => {
    expect(await get(`${STATIC}/landing.php?${query}`)).toMatchObject({ status: 200, text: '' })
  })
})

it('what Prosper202 has and is not answered here is not found', async () => {
  for (const path of [`${STATIC}/cb202.php`, `${REDIRECT}/cl2.php?q=https://evil.example/`]) {
    expect((await get(path)).status).toBe(404)
  }
})
