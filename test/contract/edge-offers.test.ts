import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import type { CostModel, Snapshot, SnapshotCampaign, SnapshotOffer } from '../../src/domain/snapshot.ts'
import { createLanderKey } from '../../src/edge/lander-key.ts'
import { keyCheckUrl, nodeSnippet, phpSnippet } from '../../web/src/lander-snippets.ts'
import {
  type Answer,
  type Ask,
  campaign,
  type EdgeRig,
  offer,
  path,
  startRig,
  testSnapshot,
} from './edge-rig.ts'

const NOW = Date.UTC(2026, 6, 15, 12)
const LONDON = '81.2.69.142'
const PARIS = '90.84.144.1'
const LANDER_SECRET = 'only the lander knows'
let now = NOW
let rig: EdgeRig

beforeAll(async () => {
  rig = await startRig({
    snapshot: snapshotWith(),
    edge: { trustedProxies: ['127.0.0.1'], clock: () => now },
  })
})
afterAll(() => rig.stop())

function snapshotWith(): Snapshot {
  const base = testSnapshot()
  const [lander] = base.landers
  const [source] = base.trafficSources
  if (lander === undefined || source === undefined) throw new Error('the snapshot is empty')
  return {
    ...base,
    trafficSources: [...base.trafficSources, { ...source, id: 'lossy', trafficLossPercent: 20 }],
    offers: [...base.offers, ...OFFERS],
    landers: [
      ...base.landers,
      { ...lander, id: 'l-inner', url: 'https://inner.example/?cid={clickid}' },
      {
        ...lander,
        id: 'l-safe',
        url: 'https://safe.example/?k={lander.key}&cid={clickid}',
        protection: { secret: LANDER_SECRET, minutes: 10 },
      },
    ],
    campaigns: CAMPAIGNS,
  }
}

function changed(id: string, changes: Partial<SnapshotOffer>): SnapshotOffer {
  return { ...offer(id), ...changes }
}

function campaignOffer(id: string, campaignId: string): SnapshotOffer {
  return changed(id, { url: '', campaignId, affiliateNetworkId: '', affiliateNetworkName: '' })
}

const OFFERS: readonly SnapshotOffer[] = [
  changed('gb', { countries: ['GB'], fallbackOfferId: 'o2' }),
  changed('capped', { cappedUntil: NOW + 1_000, fallbackOfferId: 'o2' }),
  changed('ring1', { cappedUntil: Number.MAX_SAFE_INTEGER, fallbackOfferId: 'ring2' }),
  changed('ring2', { cappedUntil: Number.MAX_SAFE_INTEGER, fallbackOfferId: 'ring1' }),
  campaignOffer('to-inner', 'c-inner'),
  campaignOffer('to-inner-lander', 'c-inner-lander'),
  campaignOffer('to-paused', 'c-asleep'),
  campaignOffer('to-a', 'c-a'),
  campaignOffer('to-b', 'c-b'),
  ...[1, 2, 3, 4, 5, 6].map((n) => campaignOffer(`to-deep${n}`, `c-deep${n}`)),
]

function withLander(slug: string, landerId: string, offers: readonly string[]): SnapshotCampaign {
  return campaign(slug, { paths: [{ ...path(`p-${slug}`, offers), landers: [{ id: landerId, weight: 1 }] }] })
}

function to(slug: string, ...offers: readonly string[]): SnapshotCampaign {
  return campaign(slug, { paths: [path(`p-${slug}`, offers)] })
}

function costing(slug: string, costModel: CostModel, trafficSourceId = 'ts1'): SnapshotCampaign {
  return campaign(slug, { costModel, trafficSourceId })
}

const USD = 'USD'
const CAMPAIGNS: readonly SnapshotCampaign[] = [
  to('geo', 'gb'),
  to('capped', 'capped'),
  to('ring', 'ring1'),
  to('gone', 'deleted'),
  to('half', 'deleted', 'o2'),
  withLander('late', 'l1', ['o1', 'capped']),
  to('inner', 'o2'),
  withLander('inner-lander', 'l-inner', ['o2']),
  campaign('asleep', { status: 'paused' }),
  to('outer', 'to-inner'),
  to('outer-lander', 'to-inner-lander'),
  withLander('lander-first', 'l1', ['to-inner']),
  withLander('two-landers', 'l1', ['to-inner-lander']),
  to('to-sleep', 'to-paused'),
  to('a', 'to-b'),
  to('b', 'to-a'),
  ...[0, 1, 2, 3, 4].map((n) => to(`deep${n}`, `to-deep${n + 1}`)),
  to('deep5', 'o2'),
  withLander('safe', 'l-safe', ['o1']),
  costing('cpc', { type: 'cpc', amountMicros: 100_000, currency: USD }, 'lossy'),
  costing('cpm', { type: 'cpm', amountMicros: 1_234_567, currency: USD, per: 'visits' }),
  costing('cpm-loss', { type: 'cpm', amountMicros: 1_000_000, currency: USD, per: 'visits' }, 'lossy'),
  costing('cpm-shown', { type: 'cpm', amountMicros: 2_500_000, currency: USD, per: 'impressions' }),
  costing('cpa', { type: 'cpa', amountMicros: 5_000_000, currency: USD }),
  costing('share', { type: 'revshare', percent: 30 }),
  costing('token', { type: 'token' }, 'lossy'),
]

async function ask(target: string, options: Ask = {}): Promise<Answer> {
  return await rig.get(target, {
    ...options,
    headers: { 'user-agent': 'Mozilla/5.0 Firefox/127.0', 'x-forwarded-for': LONDON, ...options.headers },
  })
}

async function visit(
  target: string,
  options: Ask = {},
): Promise<{ row: LedgerRow; location: string; cookie: string }> {
  const answer = await ask(target, options)
  const row = (await rig.records()).visits.at(-1)
  if (row === undefined) throw new Error('no visit was recorded')
  return { row, location: answer.headers.location ?? String(answer.status), cookie: cookieOf(answer) }
}

function cookieOf(answer: Answer): string {
  return answer.cookies.map((text) => text.split(';')[0]).join('; ')
}

describe('an offer', () => {
  it('takes visitors of its countries; others go to its fallback, which the row names', async () => {
    expect((await visit('/c/geo')).location).toContain('/gb?')
    const { row, location } = await visit('/c/geo', { headers: { 'x-forwarded-for': PARIS } })
    expect(location).toContain('/o2?')
    expect(row).toMatchObject({ offer_id: 'o2', route_reason: 'default, fallback offer' })
    // An address of nowhere has no country.
    expect((await visit('/c/geo', { headers: { 'x-forwarded-for': '127.0.0.9' } })).location).toContain(
      '/o2?',
    )
  })

  it('whose cap is used up takes nobody until then', async () => {
    expect((await visit('/c/capped')).location).toContain('/o2?')
    now = NOW + 2_000
    expect((await visit('/c/capped')).location).toContain('/capped?')
    now = NOW
  })

  it('whose fallbacks lead in a circle sends to the fallback URL', async () => {
    const { row, location } = await visit('/c/ring')
    expect(location).toBe('https://fallback.example/w')
    expect(row).toMatchObject({ route_reason: 'no path', visits: 1 })
  })

  it('that is deleted is not chosen; alone it leaves the fallback', async () => {
    expect((await visit('/c/half')).location).toContain('/o2?')
    expect((await visit('/c/gone')).location).toBe('https://fallback.example/w')
  })

  it('that takes nobody any more at the click gives way to its fallback', async () => {
    now = NOW + 2_000
    let cookie = ''
    for (let n = 0; !cookie.includes('.capped'); n += 1) {
      if (n > 100) throw new Error('the offer is never chosen')
      cookie = (await visit('/c/late')).cookie
    }
    now = NOW
    expect((await ask('/click', { headers: { cookie } })).headers.location).toContain('/o2?')
  })
})

describe('a campaign as an offer', () => {
  it('on a direct link is gone through at once, under the same click id', async () => {
    const { row, location } = await visit('/c/outer')
    expect(location).toBe(`https://offer.example/o2?cid=${row.click_id}`)
    expect(row).toMatchObject({
      campaign_id: 'c-outer',
      path_id: 'p-outer',
      offer_id: 'o2',
      affiliate_network_id: 'n1',
      clicks: 1,
    })
    expect((await rig.records()).visits.filter((one) => one.click_id === row.click_id)).toHaveLength(1)
  })

  it('with a lander of its own leads there, and the click on to its offer', async () => {
    const { row, location, cookie } = await visit('/c/outer-lander')
    expect(location).toBe(`https://inner.example/?cid=${row.click_id}`)
    expect(row).toMatchObject({ campaign_id: 'c-outer-lander', lander_id: 'l-inner', offer_id: 'o2' })
    expect(row).not.toHaveProperty('clicks')
    const click = await ask('/click', { headers: { cookie } })
    expect(click.headers.location).toBe(`https://offer.example/o2?cid=${row.click_id}`)
    // Without the cookie the way is remembered.
    expect((await ask(`/click?cid=${row.click_id}`)).headers.location).toContain('/o2?')
  })

  it('behind a lander is gone through at the click, which is recorded with the offer that was reached', async () => {
    const { row, cookie } = await visit('/c/lander-first')
    expect(row).toMatchObject({ lander_id: 'l1', offer_id: 'to-inner' })
    const click = await ask('/click', { headers: { cookie } })
    expect(click.headers.location).toBe(`https://offer.example/o2?cid=${row.click_id}`)
    expect((await rig.records()).clicks.at(-1)).toMatchObject({
      clickId: row.click_id,
      offerId: 'o2',
      affiliateNetworkId: 'n1',
    })
    expect(cookieOf(click)).toBe(`tp_o_o2=${row.click_id}`)
  })

  it('behind a lander, with a lander of its own, needs two clicks, of which the second is one', async () => {
    const { row, cookie } = await visit('/c/two-landers')
    const clicksBefore = (await rig.records()).clicks.length
    const first = await ask('/click', { headers: { cookie } })
    expect(first.headers.location).toBe(`https://inner.example/?cid=${row.click_id}`)
    expect((await rig.records()).clicks).toHaveLength(clicksBefore)
    const second = await ask('/click', { headers: { cookie: `tp_cid=${row.click_id}; ${cookieOf(first)}` } })
    expect(second.headers.location).toBe(`https://offer.example/o2?cid=${row.click_id}`)
    expect((await rig.records()).clicks).toHaveLength(clicksBefore + 1)
  })

  it('that is paused takes nobody', async () => {
    expect((await visit('/c/to-sleep')).location).toBe('https://fallback.example/w')
  })

  it('in a circle ends in the fallback, and the visit says so', async () => {
    const { row, location } = await visit('/c/a')
    expect(location).toBe('https://fallback.example/w')
    expect(row).toMatchObject({
      campaign_id: 'c-a',
      route_reason: 'default, campaign leads nowhere',
      visits: 1,
    })
  })

  it('five deep is gone through', async () => {
    expect((await visit('/c/deep0')).location).toContain('/o2?')
  })
})

describe('the cost of a visit', () => {
  it.each<readonly [string, string | undefined, string]>([
    ['/c/cpc', '0.125000', 'for each visit, raised by what is lost'],
    ['/c/cpm', '0.001235', 'a thousandth, rounded half away from zero'],
    ['/c/cpm-loss', '0.001250', 'a thousandth, raised by what is lost'],
    ['/c/token?bid=0.08', '0.125000', 'as the source says it, exchanged and raised by what is lost'],
    ['/c/cpa', undefined, 'nothing, where conversions cost'],
    ['/c/share', undefined, 'nothing, where revenue is shared'],
    ['/c/cpm-shown', undefined, 'nothing, where impressions cost'],
    ['/c/cpc?tp_test=1', undefined, 'nothing, in a test'],
  ])('%s is %s: %s', async (target, cost) => {
    expect((await visit(target)).row.cost).toBe(cost)
  })

  it('is its impressions’, where they cost', async () => {
    await ask('/i/cpm-shown.gif')
    expect((await rig.records()).impressions.at(-1)).toMatchObject({ impressions: 1, cost: '0.002500' })
    await ask('/i/cpm.gif')
    expect((await rig.records()).impressions.at(-1)).not.toHaveProperty('cost')
  })
})

describe('a protected lander', () => {
  it('gets a key that it can check itself, and that the edge checks for it until it expires', async () => {
    const { row, location } = await visit('/c/safe')
    const key = new URL(location).searchParams.get('k') ?? ''
    const [expiry = '', mac = ''] = key.split('.')
    expect(Number(expiry)).toBe(Math.floor(row.at / 1_000) + 600)
    const right = createHmac('sha256', LANDER_SECRET).update(`l-safe.${expiry}`).digest('hex')
    expect(mac).toBe(right.slice(0, 32))

    const check = async (lander: string, given: string) =>
      (await ask(`/tp/lander-key?lander=${lander}&key=${given}`)).status
    expect(await check('l-safe', key)).toBe(200)
    expect(await check('l1', key)).toBe(403)
    expect(await check('nobody', key)).toBe(403)
    expect(await check('l-safe', `${Number(expiry) + 1}.${mac}`)).toBe(403)
    expect(await check('l-safe', '')).toBe(403)
    now = row.at + 601_000
    expect(await check('l-safe', key)).toBe(403)
    now = NOW
  })

  it('checks its key by the code that the dashboard gives, which is that of the manual', async () => {
    const manual = readFileSync(`${import.meta.dirname}/../../docs/operating/lander-protection.md`, 'utf8')
    expect(manual).toContain(phpSnippet('LANDER_ID'))
    expect(manual).toContain(nodeSnippet('LANDER_ID'))
    const lander = { id: 'l-safe', secret: LANDER_SECRET }
    const page = await import(`data:text/javascript,${encodeURIComponent(nodeSnippet(lander.id))}`)
    const key = createLanderKey(lander, Date.now() + 60_000)
    expect(page.isOpen(lander.secret, key)).toBe(true)
    expect(page.isOpen('another secret of the same kind', key)).toBe(false)
    expect(page.isOpen(lander.secret, createLanderKey({ ...lander, id: 'l1' }, Date.now() + 60_000))).toBe(
      false,
    )
    expect(page.isOpen(lander.secret, createLanderKey(lander, Date.now() - 60_000))).toBe(false)
    expect(page.isOpen(lander.secret, '')).toBe(false)
    expect(keyCheckUrl('https://t.test/click', lander.id)).toBe(
      'https://t.test/tp/lander-key?lander=l-safe&key=KEY',
    )
  })
})
