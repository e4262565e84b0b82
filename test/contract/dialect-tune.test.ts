import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HitAnswer } from '../../src/domain/hit.ts'
import { advertiserOffer, affiliate } from './affiliate-snapshot.ts'
import { CLICK_ID } from './dialect-world.ts'
import { type EdgeRig, startRig, testSnapshot } from './edge-rig.ts'

const PERSON = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' }
let rig: EdgeRig

beforeAll(async () => {
  rig = await startRig({
    snapshot: testSnapshot({
      affiliates: [affiliate('a1', { legacyIds: ['tune:2002'] })],
      offers: [
        advertiserOffer('frame', { protocol: 'iframe' }, { legacyIds: ['tune:1001', 'tune:goal-5405'] }),
        advertiserOffer(
          'image',
          { protocol: 'image', deepLinkDomains: ['shop.example'] },
          { legacyIds: ['tune:1002'] },
        ),
        advertiserOffer('server', {
          impressionMicros: { revenue: 0, payout: 1_000 },
          landingPages: [{ id: '7', url: 'https://server.example/seven' }],
        }),
      ],
    }),
  })
})
afterAll(() => rig.stop())

const get = (path: string, headers = {}) => rig.get(path, { headers: { ...PERSON, ...headers } })
const records = () => rig.records()

function judgeAs(answer: Omit<HitAnswer, 'hit'>): void {
  rig.core.judge = (hit) => ({ hit: hit.id, ...answer })
}

async function lastParams(): Promise<Record<string, string>> {
  return Object.fromEntries([...((await records()).hits.at(-1)?.params ?? [])].reverse())
}

describe('aff_c', () => {
  it('is the affiliate link of offers and affiliates by their old ids, with the sub ids', async () => {
    const answer = await get(
      '/aff_c?offer_id=1001&aff_id=2002&aff_sub=A&aff_sub5=E&aff_unique1=F&source=news&aff_click_id=X&color=red',
    )
    const row = (await records()).visits.at(-1)
    expect(answer.headers.location).toBe(`https://frame.example/?cid=${row?.click_id}`)
    expect(row).toMatchObject({
      offer_id: 'frame',
      affiliate_id: 'a1',
      sub1: 'A',
      sub5: 'E',
      sub6: 'F',
      tokens: { source: 'news' },
      external_id: 'X',
      params: { color: 'red' },
    })
    expect(row?.params).toEqual({ color: 'red' })
  })

  it('knows our own ids, deep links and pages', async () => {
    expect((await get('/aff_c?offer_id=server&aff_id=a1&url_id=7')).headers.location).toBe(
      'https://server.example/seven',
    )
    const deep = await get('/aff_c?offer_id=1002&aff_id=2002&url=https%3A%2F%2Fshop.example%2Fa')
    expect(deep.headers.location).toBe('https://shop.example/a')
  })

  it('of unknown ids goes where unknown links go', async () => {
    for (const query of ['offer_id=1001&aff_id=9', 'offer_id=9&aff_id=2002', 'offer_id=1001', '']) {
      expect((await get(`/aff_c?${query}`)).headers.location).toBe('https://fallback.example/w')
    }
  })
})

it('aff_i is an impression', async () => {
  expect((await get('/aff_i?offer_id=server&aff_id=2002&aff_sub=A')).headers['content-type']).toBe(
    'image/gif',
  )
  expect((await records()).impressions.at(-1)).toMatchObject({
    offer_id: 'server',
    sub1: 'A',
    payout: '0.001000',
  })
})

describe('aff_l and aff_goal?a=l', () => {
  it.each([
    ['/aff_l?offer_id=1001', {}, 'text/html; charset=utf-8'],
    ['/aff_l?a=l&offer_id=1002', {}, 'image/gif'],
    ['/aff_l?offer_id=server', { 'sec-fetch-dest': 'image' }, 'image/gif'],
    ['/aff_l?offer_id=server', { 'sec-fetch-dest': 'iframe' }, 'text/html; charset=utf-8'],
    ['/aff_l?offer_id=9', {}, 'text/html; charset=utf-8'],
    ['/aff_goal?a=l&goal_id=5405&adv_sub=7', { 'sec-fetch-dest': 'image' }, 'text/html; charset=utf-8'],
  ])('%s %j answers as the offer, else the browser says: %s', async (path, headers, type) => {
    judgeAs({ outcome: 'recorded' })
    expect((await get(path, headers)).headers['content-type']).toBe(type)
  })

  it('report a conversion of the offer, found by the cookie', async () => {
    await get('/aff_goal?a=l&goal_id=5405&adv_sub=7&adv_sub2=blue&adv_unique5=z&amount=9.50', {
      cookie: `tp_o_frame=${CLICK_ID}`,
    })
    expect((await records()).hits.at(-1)).toMatchObject({
      kind: 'iframe',
      dialect: 'tune',
      cookieOfferClickIds: { frame: CLICK_ID },
    })
    expect(await lastParams()).toMatchObject({
      offer: 'frame',
      event: '5405',
      txid: '7',
      payout: '9.50',
      p2: 'blue',
      p10: 'z',
    })
  })
})

describe('aff_lsr', () => {
  it('reads TUNE’s names, and takes no amount for a payout or revenue that it would override', async () => {
    judgeAs({ outcome: 'recorded' })
    await get(
      `/aff_lsr?transaction_id=${CLICK_ID}&amount=20&adv_sub=ORDER&conversion_unique_id=U&security_token=S` +
        '&offer_id=1001&aff_id=2002&goal_id=3&status=pending&payout=99&revenue=98&promo_code=C',
    )
    expect(await lastParams()).toEqual({
      cid: CLICK_ID,
      payout: '20',
      txid: 'U',
      token: 'S',
      offer: 'frame',
      affiliate: 'a1',
      event: '3',
      status: 'pending',
      coupon: 'C',
      'tune.offer_id': '1001',
      'tune.aff_id': '2002',
      'tune.payout': '99',
      'tune.revenue': '98',
    })
  })

  it.each<[Omit<HitAnswer, 'hit'>, string]>([
    [{ outcome: 'recorded', conversion: 'c' }, 'success=true;'],
    [{ outcome: 'updated' }, 'success=true;'],
    [{ outcome: 'duplicate' }, 'success=true;'],
    [{ outcome: 'queued' }, 'success=true;'],
    [{ outcome: 'test' }, 'success=true;'],
    [{ outcome: 'test', reason: 'token: wrong' }, 'success=false; err_msg=token: wrong;'],
    [{ outcome: 'unmatched', reason: 'no visit' }, `success=false; err_msg=Invalid Trans. ID #${CLICK_ID};`],
    [{ outcome: 'rejected', reason: 'daily cap; full\nnow' }, 'success=false; err_msg=daily cap  full now;'],
    [
      { outcome: 'malformed', reason: 'payout "x": not a number' },
      'success=false; err_msg=payout "x": not a number;',
    ],
    [{ outcome: 'unauthorized' }, 'success=false; err_msg=unauthorized;'],
  ])('answers %j with 200 and %s', async (judgement, text) => {
    judgeAs(judgement)
    const answer = await get(`/aff_lsr?transaction_id=${CLICK_ID}&amount=20`)
    expect([answer.status, answer.text]).toEqual([200, text])
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
  })

  it('asks the sender to come again when nothing was kept', async () => {
    judgeAs({ outcome: 'overloaded', reason: 'the hit could not be kept: send it again' })
    const answer = await get(`/aff_lsr?transaction_id=${CLICK_ID}`)
    expect([answer.status, answer.text, answer.headers['retry-after']]).toEqual([
      503,
      'success=false; err_msg=the hit could not be kept: send it again;',
      '5',
    ])
  })

  it('is the same as aff_goal?a=lsr, and as a post', async () => {
    judgeAs({ outcome: 'recorded' })
    expect((await get(`/aff_goal?a=lsr&goal_id=3&transaction_id=${CLICK_ID}`)).text).toBe('success=true;')
    expect((await get(`/aff_goal?goal_id=3&transaction_id=${CLICK_ID}`)).text).toBe('success=true;')
    expect(await lastParams()).toMatchObject({ event: '3', cid: CLICK_ID })
    const posted = await rig.get('/aff_lsr', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `transaction_id=${CLICK_ID}`,
    })
    expect(posted.text).toBe('success=true;')
  })
})
