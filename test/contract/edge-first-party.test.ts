import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyClickId } from '../../src/domain/click-id.ts'
import { createClickIdKey } from '../../src/domain/click-id-key.ts'
import { applyVisitChange } from '../../src/domain/visit-change.ts'
import { type Answer, type Ask, campaign, type EdgeRig, SECRET, startRig, testSnapshot } from './edge-rig.ts'

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0'
const PAGE = 'https://shop.example'
const SCRIPT_BYTES_MAX = 3 * 1024
const key = createClickIdKey(SECRET)
let rig: EdgeRig

beforeAll(async () => {
  const base = testSnapshot()
  const cpc = campaign('cpc', { costModel: { type: 'cpc', amountMicros: 1_000_000, currency: 'USD' } })
  const gclid = `https://offer.example/g?g={gclid}&fbp={token.fbp}&cid={clickid}`
  rig = await startRig({
    snapshot: {
      ...base,
      offers: [...base.offers, { ...offerLike(base.offers[0]), id: 'og', url: gclid }],
      campaigns: [
        ...base.campaigns,
        cpc,
        campaign('google', {
          paths: [{ id: 'p-g', weight: 1, landers: [], offers: [{ id: 'og', weight: 1 }] }],
        }),
      ],
    },
  })
})
afterAll(() => rig.stop())

function offerLike<T>(offer: T | undefined): T {
  if (offer === undefined) throw new Error('the snapshot has no offer')
  return offer
}

/** A call as a page's fetch makes it. */
function call(
  path: string,
  fields: Readonly<Record<string, string>> = {},
  options: Ask = {},
): Promise<Answer> {
  return rig.get(path, {
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
    ...options,
    headers: {
      'user-agent': FIREFOX,
      origin: PAGE,
      'content-type': 'application/x-www-form-urlencoded',
      ...options.headers,
    },
  })
}

async function visited(fields: Readonly<Record<string, string>>, options: Ask = {}) {
  const answer = await call('/tp/visit', fields, options)
  expect(answer.status).toBe(200)
  const { clickid, click }: { clickid: string; click: string } = JSON.parse(answer.text)
  const row = (await rig.records()).visits.find(({ click_id }) => click_id === clickid)
  if (row === undefined) throw new Error('the visit is not in the journal')
  return { answer, clickid, click, row }
}

describe('the script', () => {
  it('is under 3 kB gzipped as it is served, and without lines of comment', async () => {
    const plain = await rig.get('/tp.js')
    const zipped = await rig.get('/tp.js', { headers: { 'accept-encoding': 'gzip, br' } })
    expect(zipped.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(zipped.bytes).toString()).toBe(plain.text)
    expect(zipped.bytes.length).toBeGreaterThan(1_000)
    expect(Math.max(zipped.bytes.length, gzipSync(plain.bytes).length)).toBeLessThan(SCRIPT_BYTES_MAX)
    expect(plain.text).not.toMatch(/^\s*\/\//m)
    expect(plain.text).toContain('window.trailpost')
  })

  it('may be cached for an hour by anybody, and is asked for again by its tag', async () => {
    const { headers } = await rig.get('/tp.js')
    expect(headers).toMatchObject({
      'cache-control': 'public, max-age=3600',
      'content-type': 'text/javascript; charset=utf-8',
      'cross-origin-resource-policy': 'cross-origin',
      vary: 'Accept-Encoding',
    })
    const again = await rig.get('/tp.js', { headers: { 'if-none-match': headers.etag ?? '' } })
    expect(again).toMatchObject({ status: 304, text: '' })
    expect(again.headers['content-length']).toBeUndefined()
    expect((await rig.get('/tp.js', { headers: { 'if-none-match': '"old"' } })).status).toBe(200)
  })
})

describe('a visit without a redirect', () => {
  it("is a visit of the campaign with the page's parameters and referrer, on disk when answered", async () => {
    const url = `${PAGE}/?xid=AbC&kw=red%20shoes&sub3=pub&other=J%C3%BCrgen&gclid=G-1#part?x=1`
    const { row, clickid, click, answer } = await visited(
      { campaign: 'lander', url, ref: 'https://www.news.example/page', _fbp: 'fb.1.2.3', sub4: 'own' },
      { headers: { referer: `${PAGE}/` } },
    )
    expect(verifyClickId(clickid, key).ok).toBe(true)
    expect(click).toBe(`http://127.0.0.1:${rig.edge.port}/click?cid=${clickid}`)
    expect(answer.cookies.join()).toContain(`tp_cid=${clickid}`)
    expect(row).toMatchObject({
      kind: 'visit',
      campaign_id: 'c-lander',
      traffic_source_id: 'ts1',
      path_id: 'p-l1',
      lander_id: 'l1',
      offer_id: 'o1',
      external_id: 'AbC',
      tokens: { keyword: 'red shoes', gclid: 'G-1', fbp: 'fb.1.2.3' },
      sub3: 'pub',
      sub4: 'own',
      params: { other: 'Jürgen' },
      referrer: 'https://www.news.example/page',
      referrer_domain: 'news.example',
      browser: 'Firefox',
      visits: 1,
      unique_visits: 1,
    })
  })

  it('is not a click yet on a direct link; the click follows by the click id alone', async () => {
    const { row, clickid } = await visited({ campaign: 'direct', url: `${PAGE}/` })
    expect(row.visits).toBe(1)
    expect(row.clicks).toBeUndefined()
    const clicked = await rig.get(`/click?cid=${clickid}`, { headers: { 'user-agent': FIREFOX } })
    expect(clicked.headers.location).toBe(`https://offer.example/o1?cid=${clickid}`)
    expect((await rig.records()).clicks.at(-1)).toMatchObject({ clickId: clickid, offerId: 'o1' })
  })

  it('keeps what the call itself says before what the address says', async () => {
    const { row } = await visited({ campaign: 'direct', url: `${PAGE}/?sub1=url&sub2=url`, sub1: 'call' })
    expect(row).toMatchObject({ sub1: 'call', sub2: 'url' })
  })

  it('has no referrer when the page has none: that of the call is the page', async () => {
    const { row } = await visited(
      { campaign: 'direct', url: `${PAGE}/`, ref: '' },
      { headers: { referer: PAGE } },
    )
    expect(row.referrer).toBeUndefined()
  })

  it('takes addresses longer than a parameter may be, and cuts no parameter of theirs', async () => {
    const fbclid = 'f'.repeat(1_000)
    const { row } = await visited({
      campaign: 'direct',
      url: `${PAGE}/?a=${'a'.repeat(900)}&fbclid=${fbclid}`,
    })
    expect(row.tokens).toEqual({ fbclid })
  })

  it('is on the lander that the page says it is', async () => {
    const { row } = await visited({ campaign: 'direct', url: `${PAGE}/`, lander: 'l2' })
    expect(row.lander_id).toBe('l2')
    expect((await visited({ campaign: 'direct', url: '', lander: 'nowhere' })).row.lander_id).toBeUndefined()
  })

  it('costs what the campaign pays, unless it is organic: then it is of no traffic source either', async () => {
    const url = `${PAGE}/?xid=1&utm_source=news`
    expect((await visited({ campaign: 'cpc', url })).row.cost).toBe('1.000000')
    const { row } = await visited({ campaign: 'cpc', url, organic: '1' })
    expect(row).toMatchObject({
      campaign_id: 'c-cpc',
      traffic_source_id: '',
      path_id: 'p-cpc',
      visits: 1,
      params: { xid: '1', utm_source: 'news' },
    })
    expect(row.cost).toBeUndefined()
  })

  it('by GET, by a beacon and by a form says the same', async () => {
    const fields = { campaign: 'direct', url: `${PAGE}/?sub1=x` }
    const query = new URLSearchParams(fields).toString()
    const ways = [
      await call(`/tp/visit?${query}`, {}, { method: 'GET' }),
      await call('/tp/visit', fields, { headers: { 'content-type': 'text/plain;charset=UTF-8' } }),
      await call('/tp/visit?campaign=direct', { url: fields.url }),
    ]
    const { visits } = await rig.records()
    for (const { text } of ways) {
      const { clickid } = JSON.parse(text)
      expect(visits.find(({ click_id }) => click_id === clickid)).toMatchObject({ sub1: 'x', visits: 1 })
    }
  })

  it("is a bot's or a look ahead by the same rules as a redirect's", async () => {
    const url = `${PAGE}/`
    const bot = await visited({ campaign: 'direct', url }, { headers: { 'user-agent': 'Googlebot/2.1' } })
    expect(bot.row).toMatchObject({ bot: 'user_agent', bot_visits: 1, route_reason: 'default, on page' })
    // Found to be a person's later, it is what a person's would have been: a visit, and no click.
    const person = applyVisitChange(bot.row, { bot: '' })
    expect(person).toMatchObject({ bot: '', visits: 1 })
    expect(person.clicks ?? 0).toBe(0)
    const ahead = await visited({ campaign: 'direct', url }, { headers: { 'sec-purpose': 'prefetch' } })
    expect(ahead.row.bot).toBe('prefetch')
    expect(ahead.row.visits).toBeUndefined()
  })

  it('of a paused campaign is recorded, and its click goes to the fallback', async () => {
    const { row, clickid } = await visited({ campaign: 'paused', url: `${PAGE}/` })
    expect(row).toMatchObject({ campaign_id: 'c-paused', visits: 1, route_reason: 'paused, on page' })
    const clicked = await rig.get(`/click?cid=${clickid}`, { headers: { 'user-agent': FIREFOX } })
    expect(clicked.headers.location).toBe('https://fallback.example/w')
  })

  it.each([
    ['of an unknown campaign', { campaign: 'nowhere' }, {}, 404, /there is no campaign "nowhere"/],
    ['of no campaign', {}, {}, 404, /there is no campaign ""/],
    ['with JSON', { campaign: 'direct' }, { 'content-type': 'application/json' }, 415, /form/],
    ['with too much', { campaign: 'direct', url: 'x'.repeat(70_000) }, {}, 413, /larger than/],
  ])('%s is refused with a reason that the page can read', async (...[, fields, headers, status, reason]) => {
    const answer = await call('/tp/visit', fields as Record<string, string>, { headers })
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.text).reason).toMatch(reason)
    expect(answer.headers['access-control-allow-origin']).toBe(PAGE)
  })
})

describe('click ids of advertising systems', () => {
  it('fill macros of the offer, of a redirect and of a page', async () => {
    const answer = await rig.get('/c/google?gclid=G-7&_fbp=fb.9', { headers: { 'user-agent': FIREFOX } })
    expect(answer.headers.location).toMatch(/^https:\/\/offer\.example\/g\?g=G-7&fbp=fb\.9&cid=\w{26}$/)
    const { clickid } = await visited({ campaign: 'google', url: `${PAGE}/?gclid=G-8` })
    const clicked = await rig.get(`/click?cid=${clickid}`, { headers: { 'user-agent': FIREFOX } })
    expect(clicked.headers.location).toBe(`https://offer.example/g?g=G-8&fbp=&cid=${clickid}`)
  })

  it('are what the traffic source says they are when it maps them itself', async () => {
    const base = testSnapshot()
    const [source] = base.trafficSources
    const mapped = {
      ...offerLike(source),
      externalIdParam: 'gclid',
      tokens: [{ name: 'ad', param: 'fbclid' }],
    }
    const own = await startRig({ snapshot: { ...base, trafficSources: [mapped] } })
    await own.get('/c/direct?gclid=G&fbclid=F&ttclid=T', { headers: { 'user-agent': FIREFOX } })
    const [row] = (await own.records()).visits
    expect(row).toMatchObject({ external_id: 'G', tokens: { ad: 'F', ttclid: 'T' } })
    await own.stop()
  })
})

describe('a lander view', () => {
  it('is on disk when answered, with the lander that the page names', async () => {
    const { clickid } = await visited({ campaign: 'lander', url: `${PAGE}/` })
    const answer = await call('/tp/view', { cid: clickid })
    expect(answer).toMatchObject({ status: 200, text: `${JSON.stringify({ clickid })}\n` })
    await call(`/tp/view?cid=${clickid}&lander=l2`, {}, { method: 'GET' })
    await call('/tp/view', { cid: clickid, lander: 'nowhere' })
    const views = (await rig.records()).views.filter(({ clickId }) => clickId === clickid)
    expect(views.map(({ landerId }) => landerId)).toEqual(['', 'l2', ''])
    expect(views[0]?.at).toBeGreaterThan(1_600_000_000_000)
  })

  it('is found by the cookie when the page knows no click id', async () => {
    const { clickid } = await visited({ campaign: 'lander', url: `${PAGE}/` })
    const answer = await call('/tp/view', {}, { headers: { cookie: `tp_cid=${clickid}` } })
    expect(JSON.parse(answer.text)).toEqual({ clickid })
  })

  it('of a forged or missing click id, and of a look ahead, is none', async () => {
    const { clickid } = await visited({ campaign: 'lander', url: `${PAGE}/` })
    const forged = `${clickid.slice(0, -1)}${clickid.endsWith('0') ? '1' : '0'}`
    const before = (await rig.records()).views.length
    expect((await call('/tp/view', { cid: forged })).status).toBe(400)
    expect((await call('/tp/view')).status).toBe(400)
    await call('/tp/view', { cid: clickid }, { headers: { 'sec-purpose': 'prefetch;prerender' } })
    expect((await rig.records()).views).toHaveLength(before)
  })
})

describe('an update and the trap', () => {
  it('an update is a hit with the fields as sent, answered like a postback', async () => {
    const fields = { cid: 'x', sub1: 'a', 'token.plan': 'pro', event1: '5', add_event2: '1' }
    rig.core.judge = (hit) => ({ hit: hit.id, outcome: 'unmatched', reason: 'no visit has that click id' })
    const answer = await call('/tp/update', fields)
    const hit = rig.core.hits.at(-1)
    expect(hit).toMatchObject({ kind: 'update', path: '/tp/update', params: Object.entries(fields) })
    expect(answer.status).toBe(202)
    expect(JSON.parse(answer.text)).toEqual({
      outcome: 'unmatched',
      reason: 'no visit has that click id',
      hit: hit?.id,
    })
    await call('/tp/update', {}, { body: '{"cid":"y"}', headers: { 'content-type': 'application/json' } })
    expect(rig.core.hits.at(-1)?.params).toEqual([['cid', 'y']])
    rig.core.judge = (judged) => ({ hit: judged.id, outcome: 'recorded' })
  })

  it('the trap shows an empty page whoever falls into it, and tells core', async () => {
    const { clickid } = await visited({ campaign: 'lander', url: `${PAGE}/` })
    const answer = await rig.get(`/tp/trap?cid=${clickid}`, { headers: { 'user-agent': FIREFOX } })
    expect(answer).toMatchObject({ status: 200, text: '<!doctype html><title></title>' })
    expect(answer.headers['x-robots-tag']).toBe('noindex, nofollow')
    expect(rig.core.hits.at(-1)).toMatchObject({ kind: 'trap', params: [['cid', clickid]] })
  })

  it('a browser that fetches ahead of a person is not trapped', async () => {
    const before = rig.core.hits.length
    const headers = { 'user-agent': FIREFOX, 'sec-purpose': 'prefetch' }
    expect((await rig.get('/tp/trap?cid=x', { headers })).status).toBe(200)
    expect(rig.core.hits).toHaveLength(before)
  })
})

describe('a pixel of tp.js', () => {
  it('carries the genuine click id that the page keeps', async () => {
    const { clickid } = await visited({ campaign: 'lander', url: `${PAGE}/` })
    const forged = `${clickid.slice(0, -1)}${clickid.endsWith('0') ? '1' : '0'}`
    for (const path of ['/pixel.js', '/postback']) {
      await rig.get(`${path}?fp=${clickid}&event=sale`, { headers: { 'user-agent': FIREFOX } })
      expect(rig.core.hits.at(-1)?.firstPartyClickId).toBe(clickid)
      await rig.get(`${path}?fp=${forged}&event=sale`, { headers: { 'user-agent': FIREFOX } })
      expect(rig.core.hits.at(-1)?.firstPartyClickId).toBeUndefined()
    }
  })
})

describe('calls from other sites', () => {
  it('are allowed for the site that asks, with cookies; the question before them is kept', async () => {
    const { answer } = await visited({ campaign: 'direct', url: `${PAGE}/` })
    const allowed = {
      'access-control-allow-origin': PAGE,
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    }
    expect(answer.headers).toMatchObject(allowed)
    for (const path of ['/tp/visit', '/tp/view', '/tp/update']) {
      const asked = await call(path, {}, { method: 'OPTIONS', body: '' })
      expect(asked.status).toBe(204)
      expect(asked.headers).toMatchObject({
        ...allowed,
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'Content-Type',
        'access-control-max-age': '86400',
      })
    }
  })

  it('work while core is away: visits and views are kept', async () => {
    const alone = await startRig()
    await alone.core.stop()
    const headers = { 'user-agent': FIREFOX, origin: PAGE }
    const visit = await alone.get(`/tp/visit?campaign=lander&url=${PAGE}/`, { headers })
    const { clickid } = JSON.parse(visit.text)
    expect((await alone.get(`/tp/view?cid=${clickid}`, { headers })).status).toBe(200)
    const update = await alone.get(`/tp/update?cid=${clickid}&sub1=x`, { headers })
    expect(update.status).toBe(202)
    expect(JSON.parse(update.text).outcome).toBe('queued')
    const { visits, views, hits } = await alone.records()
    expect([visits.length, views.length, hits.length]).toEqual([1, 1, 1])
    await alone.stop()
  })
})
