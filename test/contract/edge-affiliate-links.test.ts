import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import type { Snapshot } from '../../src/domain/snapshot.ts'
import { EDGE_LIMITS } from '../../src/edge/edge-limits.ts'
import { advertiserOffer, affiliate, placeBits } from './affiliate-snapshot.ts'
import { cookieHeader } from './dialect-world.ts'
import { type Answer, type Ask, campaign, type EdgeRig, path, startRig, testSnapshot } from './edge-rig.ts'

const NOW = Date.UTC(2026, 6, 15, 12)
const HOUR_MS = 3_600_000
const LONDON = '81.2.69.142'
/** Without one a visitor is taken for a bot. */
const PERSON = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' }
let now = NOW
let rig: EdgeRig

const base = testSnapshot()
const [workspace] = base.workspaces
if (workspace === undefined) throw new Error('the snapshot is empty')

const SNAPSHOT: Snapshot = {
  ...base,
  workspaces: [...base.workspaces, { ...workspace, id: 'w2', fallbackUrl: '' }],
  campaigns: [campaign('to-paused', { paths: [path('p', ['to-tracker'])] })],
  domains: [{ host: 'links.example', workspace: 'w1', defaultCampaignId: '', fallbackUrl: '' }],
  affiliates: [
    affiliate('a1'),
    affiliate('a2'),
    affiliate('waits', { status: 'pending' }),
    affiliate('picky', { blockedSources: ['Bad-Source'] }),
    affiliate('gold', { tier: 'gold' }),
    affiliate('elsewhere', { workspace: 'w2', status: 'paused' }),
  ],
  offers: [
    ...base.offers,
    advertiserOffer('plain'),
    advertiserOffer(
      'rich',
      {},
      {
        url: 'https://rich.example/?t={transaction_id}&a={affiliate.id}&ad={advertiser.id}&o={offer.id}&s={sub1}&x={externalid}&src={token.source}',
      },
    ),
    advertiserOffer('chosen', { openToAll: false, affiliates: placeBits(1) }),
    advertiserOffer('refused', { affiliates: placeBits(0) }, { fallbackOfferId: 'plain' }),
    advertiserOffer('paused', { status: 'paused' }, { fallbackOfferId: 'capped' }),
    advertiserOffer('capped', {}, { cappedUntil: NOW + HOUR_MS, fallbackOfferId: 'plain' }),
    advertiserOffer('waiting', { status: 'pending' }),
    advertiserOffer('expiring', { expiresAt: NOW + HOUR_MS }),
    advertiserOffer('unpaid', { advertiserActive: false }),
    advertiserOffer('british', {}, { countries: ['GB'] }),
    advertiserOffer('phones', { targeting: { field: 'device_type', operator: 'is', values: ['mobile'] } }),
    advertiserOffer('full', { cappedAffiliates: [{ affiliate: 0, until: NOW + HOUR_MS }] }),
    advertiserOffer('to-tracker', { status: 'paused' }, { fallbackOfferId: 'o1' }),
    advertiserOffer('ring1', { status: 'paused' }, { fallbackOfferId: 'ring2' }),
    advertiserOffer('ring2', { status: 'paused' }, { fallbackOfferId: 'ring1' }),
    advertiserOffer('across', { status: 'paused' }, { fallbackOfferId: 'foreign' }),
    advertiserOffer('foreign', { status: 'paused' }, { workspace: 'w2' }),
    advertiserOffer('to-cpc', { status: 'paused' }, { fallbackOfferId: 'cpc' }),
    advertiserOffer('cpc', {
      visitMicros: { revenue: 300_000, payout: 200_000 },
      impressionMicros: { revenue: 2_500, payout: 1_500 },
      tierPayouts: [{ tier: 'gold', visitMicros: 250_000, impressionMicros: 0 }],
      customPayouts: [{ affiliate: 1, visitMicros: 150_000, impressionMicros: 1_000 }],
    }),
  ],
}

beforeAll(async () => {
  rig = await startRig({
    snapshot: SNAPSHOT,
    edge: { trustedProxies: ['127.0.0.1'], clock: () => now },
  })
})
afterAll(() => rig.stop())

async function lastVisit(): Promise<LedgerRow> {
  const row = (await rig.records()).visits.at(-1)
  if (row === undefined) throw new Error('nothing was recorded')
  return row
}

async function open(path: string, headers: Ask['headers'] = {}): Promise<{ answer: Answer; row: LedgerRow }> {
  const answer = await rig.get(path, { headers: { ...PERSON, ...headers } })
  return { answer, row: await lastVisit() }
}

describe('an affiliate link', () => {
  it('leads to the offer with the click id, after the visit was recorded with whose it is', async () => {
    const { answer, row } = await open('/o/plain/a1')
    expect(answer.status).toBe(302)
    expect(answer.headers.location).toBe(`https://plain.example/?cid=${row.click_id}`)
    expect(row).toMatchObject({
      kind: 'visit',
      workspace: 'w1',
      affiliate_id: 'a1',
      advertiser_id: 'adv1',
      offer_id: 'plain',
      route_reason: 'affiliate link',
      visits: 1,
      unique_visits: 1,
      workspace_unique_visits: 1,
      clicks: 1,
    })
    expect(row).not.toHaveProperty('campaign_id')
    expect(row).not.toHaveProperty('payout')
  })

  it('keeps the affiliate’s parameters: subs, source, its own click id, and every other', async () => {
    const { row } = await open(
      '/o/plain/a1?sub1=A&sub10=J&source=news&aff_click_id=X-1&color=red&sub2={empty}',
    )
    expect(row).toMatchObject({
      sub1: 'A',
      sub10: 'J',
      external_id: 'X-1',
      tokens: { source: 'news' },
      params: { color: 'red' },
    })
    expect(row).not.toHaveProperty('sub2')
  })

  it('fills the macros of the offer’s URL', async () => {
    const { answer, row } = await open('/o/rich/a1?sub1=A%26B&aff_click_id=X&source=news')
    expect(answer.headers.location).toBe(
      `https://rich.example/?t=${row.click_id}&a=a1&ad=adv1&o=rich&s=A%26B&x=X&src=news`,
    )
  })

  it('sets the cookies by which a pixel finds the visit', async () => {
    const { answer, row } = await open('/o/plain/a1')
    const names = answer.cookies.map((cookie) => cookie.split(';', 1)[0])
    expect(names).toEqual([`tp_cid=${row.click_id}`, `tp_o_plain=${row.click_id}`])
  })

  it('of an unknown offer, affiliate or another workspace’s affiliate goes where unknown links go', async () => {
    const before = (await rig.records()).visits.length
    for (const path of [
      '/o/none/a1',
      '/o/plain/none',
      '/o/plain/elsewhere',
      '/o/o1/a1',
      '/o/plain',
      '/o/plain/a1/x',
    ]) {
      const answer = await rig.get(path, { headers: { host: 'links.example' } })
      expect([path, answer.headers.location]).toEqual([path, 'https://fallback.example/w'])
    }
    expect((await rig.records()).visits.length).toBe(before)
  })
})

describe('a visit that the offer does not take', () => {
  it.each([
    ['/o/plain/waits', 'affiliate not active'],
    ['/o/chosen/a1', 'affiliate not approved'],
    ['/o/plain/picky?source=bad-source', 'source blocked'],
    ['/o/plain/picky?sub1=Bad-Source', 'source blocked'],
    ['/o/ring1/a1', 'offer paused'],
    ['/o/waiting/a1', 'offer pending'],
    ['/o/unpaid/a1', 'advertiser paused'],
    ['/o/british/a1', 'country not taken'],
    ['/o/phones/a1', 'visitor not targeted'],
    ['/o/full/a1', 'affiliate capped'],
    ['/o/across/a1', 'offer paused'],
  ])(
    '%s is recorded as "%s", counts no click, and goes to the workspace’s fallback',
    async (path, reason) => {
      const { answer, row } = await open(path)
      expect(answer.headers.location).toBe('https://fallback.example/w')
      expect(answer.cookies).toEqual([])
      expect(row).toMatchObject({ route_reason: reason, visits: 1, affiliate_id: path.split(/[/?]/)[3] })
      expect(row.offer_id).toBe(path.split('/')[2])
      expect(row).not.toHaveProperty('clicks')
    },
  )

  it('is taken once the reason is gone', async () => {
    expect((await open('/o/chosen/a2')).row.route_reason).toBe('affiliate link')
    expect((await open('/o/full/a2')).row.route_reason).toBe('affiliate link')
    expect((await open('/o/plain/picky?source=good')).row.route_reason).toBe('affiliate link')
    expect((await open('/o/british/a1', { 'x-forwarded-for': LONDON })).row.route_reason).toBe(
      'affiliate link',
    )
    const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148'
    expect((await open('/o/phones/a1', { 'user-agent': phone })).row.route_reason).toBe('affiliate link')
  })

  it('goes through the overflow offers to the first that takes it, which the row names with why', async () => {
    const { answer, row } = await open('/o/paused/a1')
    expect(answer.headers.location).toBe(`https://plain.example/?cid=${row.click_id}`)
    expect(row).toMatchObject({ offer_id: 'plain', route_reason: 'offer paused, overflow offer', clicks: 1 })
    expect(answer.cookies.some((cookie) => cookie.startsWith('tp_o_plain='))).toBe(true)
  })

  it('may overflow to an offer of an affiliate network', async () => {
    const { row } = await open('/o/to-tracker/a1')
    expect(row).toMatchObject({ offer_id: 'o1', affiliate_network_id: 'n1' })
    expect(row).not.toHaveProperty('advertiser_id')
  })

  it('who was refused may still be taken by the overflow offer by its own terms', async () => {
    expect((await open('/o/refused/a1')).row).toMatchObject({
      offer_id: 'plain',
      route_reason: 'affiliate not approved, overflow offer',
    })
    expect((await open('/o/refused/a2')).row.offer_id).toBe('refused')
  })

  it('of an offer that expires is refused from that moment on', async () => {
    expect((await open('/o/expiring/a1')).row.route_reason).toBe('affiliate link')
    now = NOW + HOUR_MS
    expect((await open('/o/expiring/a1')).row.route_reason).toBe('offer expired')
    now = NOW
  })

  it('is answered 410 where there is no fallback', async () => {
    const answer = await rig.get('/o/foreign/elsewhere')
    expect(answer.status).toBe(410)
    expect((await lastVisit()).route_reason).toBe('affiliate not active')
  })

  it('is counted by its reason', async () => {
    const before = rig.edge.metrics().linkRefusals['offer pending'] ?? 0
    await rig.get('/o/waiting/a1')
    expect(rig.edge.metrics().linkRefusals['offer pending']).toBe(before + 1)
  })
})

describe('money of visits and impressions', () => {
  it('is on the unique visit of a person, and on no other', async () => {
    const first = await open('/o/cpc/a1')
    expect(first.row).toMatchObject({ revenue: '0.300000', payout: '0.200000', unique_visits: 1 })
    const again = await open('/o/cpc/a1', cookieHeader(first.answer.cookies))
    expect(again.row).toMatchObject({ visits: 1, clicks: 1 })
    expect(again.row).not.toHaveProperty('unique_visits')
    expect(again.row).not.toHaveProperty('payout')
    now = NOW + 31 * 24 * HOUR_MS
    expect((await open('/o/cpc/a1', cookieHeader(first.answer.cookies))).row.payout).toBe('0.200000')
    now = NOW
  })

  it('is paid once for an address, however often its cookies are thrown away', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address })
    const first = await open('/o/cpc/a1', from(LONDON))
    expect(first.row).toMatchObject({ revenue: '0.300000', payout: '0.200000' })
    const again = await open('/o/cpc/a1', from(LONDON))
    expect(again.row).toMatchObject({ visits: 1, unique_visits: 1, clicks: 1 })
    expect(again.row).not.toHaveProperty('revenue')
    expect(again.row).not.toHaveProperty('payout')
    // To another affiliate it is new; by an offer that overflows into this one it is not.
    expect((await open('/o/cpc/gold', from(LONDON))).row.payout).toBe('0.250000')
    expect((await open('/o/to-cpc/a1', from(LONDON))).row).not.toHaveProperty('payout')
    expect((await open('/o/to-cpc/a1', from('81.2.69.143'))).row.payout).toBe('0.200000')
    // Click ids never go back in time: this is a period after the test before.
    now = NOW + 62 * 24 * HOUR_MS
    expect((await open('/o/cpc/a1', from(LONDON))).row.payout).toBe('0.200000')
    now = NOW
  })

  it('is neither for bots, nor for tests, nor for looks ahead, which leave no mark either', async () => {
    const bot = await open('/o/cpc/a1', { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' })
    expect(bot.row).toMatchObject({ bot_visits: 1 })
    expect(bot.row).not.toHaveProperty('payout')
    const test = await open('/o/cpc/a1?tp_test=1')
    expect(test.row).not.toHaveProperty('payout')
    const prefetch = await open('/o/cpc/a1', { 'sec-purpose': 'prefetch' })
    expect(prefetch.row).not.toHaveProperty('payout')
    expect(prefetch.answer.status).toBe(302)
    expect(prefetch.answer.cookies).toEqual([])
  })

  it('is the affiliate’s own, else its tier’s', async () => {
    expect((await open('/o/cpc/a2')).row).toMatchObject({ revenue: '0.300000', payout: '0.150000' })
    expect((await open('/o/cpc/gold')).row).toMatchObject({ revenue: '0.300000', payout: '0.250000' })
  })

  it('is on an impression, which is recorded with whose it is', async () => {
    const answer = await rig.get('/i/cpc/a1.gif?sub1=banner', { headers: PERSON })
    expect(answer.headers['content-type']).toBe('image/gif')
    expect((await rig.records()).impressions.at(-1)).toMatchObject({
      kind: 'impression',
      affiliate_id: 'a1',
      advertiser_id: 'adv1',
      offer_id: 'cpc',
      sub1: 'banner',
      impressions: 1,
      revenue: '0.002500',
      payout: '0.001500',
    })
    for (let n = 1; n < EDGE_LIMITS.paidImpressionsPerAddressMax; n++)
      await rig.get('/i/cpc/a1.gif', { headers: PERSON })
    expect((await rig.records()).impressions.at(-1)).toMatchObject({ impressions: 1, payout: '0.001500' })
    await rig.get('/i/cpc/a1.gif', { headers: PERSON })
    const oneMore = (await rig.records()).impressions.at(-1)
    expect(oneMore).toMatchObject({ impressions: 1 })
    expect(oneMore).not.toHaveProperty('revenue')
    expect(oneMore).not.toHaveProperty('payout')
    await rig.get('/i/paused/a1.gif', { headers: PERSON })
    expect((await rig.records()).impressions.at(-1)).not.toHaveProperty('payout')
    expect((await rig.get('/i/none/a1.gif')).status).toBe(404)
  })
})

it('a visitor of two offers is new to the second, and not to the workspace', async () => {
  const first = await open('/o/plain/a1')
  const second = await open('/o/rich/a1', cookieHeader(first.answer.cookies))
  expect(second.row).toMatchObject({ unique_visits: 1 })
  expect(second.row).not.toHaveProperty('workspace_unique_visits')
})

it('a HEAD is answered alike and recorded flagged', async () => {
  const answer = await rig.get('/o/plain/a1', { method: 'HEAD' })
  expect(answer.status).toBe(302)
  expect(await lastVisit()).toMatchObject({ bot: 'head', offer_id: 'plain' })
  expect(await lastVisit()).not.toHaveProperty('visits')
})

it('a campaign leads to no offer of an advertiser that is paused', async () => {
  const answer = await rig.get('/c/to-paused', { headers: PERSON })
  expect(answer.headers.location).toMatch(/^https:\/\/offer\.example\/o1/)
})
