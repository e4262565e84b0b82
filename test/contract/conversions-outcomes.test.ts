import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { DEFAULT_NETWORK_SETTINGS } from '../../src/domain/affiliate.ts'
import { DEFAULT_ALERT_SETTINGS } from '../../src/domain/alert.ts'
import { DEFAULT_FRAUD_SETTINGS } from '../../src/domain/fraud.ts'
import type { Hit, HitAnswer } from '../../src/domain/hit.ts'
import { DEFAULT_RETENTION_SETTINGS } from '../../src/domain/retention.ts'
import { updateAffiliateNetwork } from '../../src/store/affiliate-networks.ts'
import { getConversionWithHistory, listConversions } from '../../src/store/conversions.ts'
import { getHit, listHits } from '../../src/store/hits.ts'
import { createWorkspace } from '../../src/store/workspaces.ts'
import { buildWorld, WORLD_NOW, type World } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'

describe.each(SQL_ENGINES)('a hit judged on %s', (engine) => {
  const stores = useStores(engine)

  async function send(world: World, params: Record<string, string>): Promise<HitAnswer> {
    const [answer] = await world.judge.judge([world.hit(params)])
    if (answer === undefined) throw new Error('no answer')
    return answer
  }

  it('with a known click id is recorded, with the visit, the money and the history', async () => {
    const world = await buildWorld(await stores.open())
    const cid = world.visit()
    const answer = await send(world, { cid, payout: '12.50', currency: 'EUR', txid: 'T1', p1: 'blue' })
    expect(answer).toEqual({
      hit: 'hit-1',
      outcome: 'recorded',
      conversion: expect.any(String),
      clickId: cid,
    })
    const key = { workspace: world.workspaceId, id: answer.conversion ?? '' }
    const story = await getConversionWithHistory(world.store.db, key)
    expect(story?.conversion).toMatchObject({
      clickId: cid,
      event: 'sale',
      txid: 'T1',
      status: 'approved',
      revenueMicros: 15_625_000,
      currency: 'USD',
      originalMicros: 12_500_000,
      originalCurrency: 'EUR',
      rateMicros: 1_250_000,
      attribution: 'cid',
      hitId: 'hit-1',
      campaignId: world.campaignId,
      trafficSourceId: world.sourceId,
      affiliateNetworkId: world.networkId,
      offerId: world.offerId,
      externalId: 'EXT-1',
      visitAt: WORLD_NOW - 60_000,
      params: { p1: 'blue' },
      createdAt: WORLD_NOW,
    })
    expect(story?.history).toMatchObject([
      {
        n: 1,
        fromStatus: '',
        toStatus: 'approved',
        fromRevenueMicros: 0,
        toRevenueMicros: 15_625_000,
        actor: 'hit',
      },
    ])
    const hit = await getHit(world.store.db, { workspace: world.workspaceId, id: 'hit-1' })
    expect(hit).toMatchObject({ outcome: 'recorded', attribution: 'cid', clickId: cid, conversionId: key.id })
    expect(hit?.request.params).toContainEqual(['txid', 'T1'])
  })

  it('earns the offer’s fixed amount when it names none', async () => {
    const world = await buildWorld(await stores.open(), {
      offer: { payoutMicros: 2_000_000, currency: 'EUR' },
    })
    await send(world, { cid: world.visit() })
    const { items } = await listConversions(world.store.db, world.workspaceId, {}, { limit: 5 })
    expect(items).toMatchObject([{ revenueMicros: 2_500_000, originalCurrency: 'EUR' }])
  })

  it('sent again is a duplicate; with another status or amount it updates, with history', async () => {
    const world = await buildWorld(await stores.open())
    const cid = world.visit()
    const first = await send(world, { cid, payout: '5', status: 'pending' })
    expect(first.outcome).toBe('recorded')
    expect(await send(world, { cid, payout: '5', status: 'pending' })).toMatchObject({
      outcome: 'duplicate',
      conversion: first.conversion,
    })
    expect(await send(world, { cid, status: 'approved' })).toMatchObject({ outcome: 'updated' })
    expect(await send(world, { cid, payout: '7' })).toMatchObject({ outcome: 'updated' })
    expect(await send(world, { cid, status: 'rejected', payout: '0' })).toMatchObject({ outcome: 'updated' })
    expect(await send(world, { cid, status: 'pending' })).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringContaining('not allowed'),
    })
    const key = { workspace: world.workspaceId, id: first.conversion ?? '' }
    const story = await getConversionWithHistory(world.store.db, key)
    expect(story?.history.map((row) => [row.n, row.toStatus, row.toRevenueMicros])).toEqual([
      [1, 'pending', 5_000_000],
      [2, 'approved', 5_000_000],
      [3, 'approved', 7_000_000],
      [4, 'rejected', 7_000_000],
    ])
    expect(story?.conversion).toMatchObject({ status: 'rejected', revenueMicros: 7_000_000, transitions: 4 })
  })

  it('under the policy "add" is one more conversion, but a repeated transaction id is not', async () => {
    const world = await buildWorld(await stores.open(), { network: { duplicatePolicy: 'add' } })
    const cid = world.visit()
    const outcomes = []
    for (const txid of ['A', 'B', 'A', '', ''])
      outcomes.push((await send(world, { cid, txid, payout: '1' })).outcome)
    expect(outcomes).toEqual(['recorded', 'recorded', 'duplicate', 'recorded', 'recorded'])
    const { items } = await listConversions(world.store.db, world.workspaceId, {}, { limit: 9 })
    expect(items).toHaveLength(4)
  })

  it('with the same id gets the same answer and counts nothing', async () => {
    const world = await buildWorld(await stores.open())
    const cid = world.visit()
    const hits = [
      world.hit({ cid, payout: '1' }),
      world.hit({ cid, payout: '1' }),
      world.hit({ cid: 'forged' }),
      world.hit({ cid, payout: 'NaN' }),
      world.hit({ cid, test: '1' }),
    ]
    const first = await world.judge.judge(hits)
    expect(first.map((answer) => answer.outcome)).toEqual([
      'recorded',
      'duplicate',
      'unmatched',
      'malformed',
      'test',
    ])
    world.time.now += 5_000
    expect(await world.judge.judge(hits)).toEqual(first)
    expect((await listHits(world.store.db, world.workspaceId, {}, { limit: 50 })).items).toHaveLength(5)
    expect(await outboxRows(world)).toHaveLength(1)
  })

  it.each([
    ['no click id', {}, 'no click id'],
    ['an unfilled macro', { cid: '{click_id}' }, 'no click id'],
    ['a forged click id', { cid: '0'.repeat(26) }, 'not one of this installation'],
  ])('with %s is unmatched', async (_, params, reason) => {
    const world = await buildWorld(await stores.open())
    expect(await send(world, params)).toMatchObject({
      outcome: 'unmatched',
      reason: expect.stringContaining(reason),
    })
    const { items } = await listHits(world.store.db, world.workspaceId, {}, { limit: 5 })
    expect(items).toMatchObject([{ outcome: 'unmatched', rematchAt: null }])
  })

  it('with an upper-cased or truncated click id is unmatched', async () => {
    const world = await buildWorld(await stores.open())
    const cid = world.visit()
    expect(await send(world, { cid: cid.toUpperCase() })).toMatchObject({ outcome: 'unmatched' })
    expect(await send(world, { cid: cid.slice(0, 25) })).toMatchObject({ outcome: 'unmatched' })
    expect(await send(world, { cid: `${cid}\u0000` })).toMatchObject({ outcome: 'unmatched' })
  })

  it('that names nobody belongs to the only workspace, or to the one of its token, or to none', async () => {
    const world = await buildWorld(await stores.open(), { network: { token: 'T0KEN' } })
    await send(world, { cid: 'x' })
    expect((await listHits(world.store.db, world.workspaceId, {}, { limit: 5 })).items).toHaveLength(1)
    await createWorkspace(
      world.store.db,
      {
        name: 'Other',
        currency: 'USD',
        timeZone: 'UTC',
        fallbackUrl: '',
        attributionWindowDays: 1,
        uniqueHours: 0,
        fraud: DEFAULT_FRAUD_SETTINGS,
        network: DEFAULT_NETWORK_SETTINGS,
        alerts: DEFAULT_ALERT_SETTINGS,
        retention: DEFAULT_RETENTION_SETTINGS,
        requireTwoFactor: false,
      },
      WORLD_NOW,
    )
    await send(world, { cid: 'x' })
    await send(world, { cid: 'x', token: 'T0KEN' })
    const mine = await listHits(world.store.db, world.workspaceId, {}, { limit: 5 })
    expect(mine.items.map((hit) => [hit.id, hit.affiliateNetworkId])).toEqual([
      ['hit-3', world.networkId],
      ['hit-1', ''],
    ])
    expect((await listHits(world.store.db, '', {}, { limit: 5 })).items.map((hit) => hit.id)).toEqual([
      'hit-2',
    ])
  })

  it.each([
    ['an unreadable amount', { payout: '1e5' }, 'payout'],
    ['an ambiguous amount', { payout: '1,234' }, 'ambiguous'],
    ['an unknown currency', { payout: '1', currency: 'XXQ' }, 'currency'],
    ['a txid with a line break', { txid: 'a\nb' }, 'control'],
  ])('with %s is malformed', async (_, params, reason) => {
    const world = await buildWorld(await stores.open())
    const answer = await send(world, { cid: world.visit(), ...params })
    expect(answer).toMatchObject({ outcome: 'malformed', reason: expect.stringContaining(reason) })
    expect(await outboxRows(world)).toEqual([])
  })

  it('that the edge could not read is malformed', async () => {
    const world = await buildWorld(await stores.open())
    const hit = world.hit({ cid: world.visit() }, { problem: 'the body is not valid JSON' })
    expect(await world.judge.judge([hit])).toMatchObject([
      { outcome: 'malformed', reason: 'the body is not valid JSON' },
    ])
  })

  it('accepts negative and localised amounts', async () => {
    const world = await buildWorld(await stores.open())
    await send(world, { cid: world.visit(), payout: '-3.5', txid: '1' })
    await send(world, { cid: world.visit(), payout: '1.234,56', txid: '2' })
    const { items } = await listConversions(world.store.db, world.workspaceId, {}, { limit: 5 })
    expect(items.map((item) => item.revenueMicros).toSorted((a, b) => a - b)).toEqual([
      -3_500_000, 1_234_560_000,
    ])
  })

  it('needs the token when the network has one', async () => {
    const world = await buildWorld(await stores.open(), { network: { token: 'T0KEN' } })
    const cid = world.visit()
    expect(await send(world, { cid })).toMatchObject({
      outcome: 'unauthorized',
      reason: 'the token is missing',
    })
    expect(await send(world, { cid, token: 'T0KE' })).toMatchObject({ outcome: 'unauthorized' })
    expect(await send(world, { cid, token: 'T0KEN' })).toMatchObject({ outcome: 'recorded' })
  })

  it('needs a fresh signature over the query, and nothing besides it, when the network signs', async () => {
    const world = await buildWorld(await stores.open(), { network: { signingSecret: 'shh' } })
    const cid = world.visit()
    const ts = String(WORLD_NOW / 1_000)
    function signed(query: string, secret = 'shh', extra: readonly (readonly [string, string])[] = []) {
      const sig = createHmac('sha256', secret).update(query).digest('hex')
      const rawQuery = `sig=${sig}&${query}`
      return world.hit({}, { rawQuery, params: [...new URLSearchParams(rawQuery), ...extra] })
    }
    const stale = `cid=${cid}&ts=${WORLD_NOW / 1_000 - 301}`
    const fresh = `cid=${cid}&payout=1%2E5&ts=${ts}`
    const unfilled = `cid=${cid}&payout=&currency={currency}&ts=${ts}`
    const answers = await world.judge.judge([
      world.hit({ cid }),
      signed(`cid=${cid}`),
      signed(stale),
      signed(fresh, 'guess'),
      signed(fresh, 'shh', [['currency', 'EUR']]),
      signed(fresh, 'shh', [['payout', '9999']]),
      signed(unfilled, 'shh', [['payout', '9999']]),
      signed(unfilled, 'shh', [['currency', 'EUR']]),
      signed(fresh),
    ])
    expect(answers.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['unauthorized', 'the signature is missing'],
      ['unauthorized', 'ts is missing'],
      ['unauthorized', 'ts is more than 5 minutes off'],
      ['unauthorized', 'the signature is wrong'],
      ['unauthorized', expect.stringContaining('currency is not covered')],
      ['unauthorized', expect.stringContaining('payout is not covered')],
      ['unauthorized', expect.stringContaining('payout is not covered')],
      ['unauthorized', expect.stringContaining('currency is not covered')],
      ['recorded', undefined],
    ])
  })

  it('must come from an allowed address or page', async () => {
    const world = await buildWorld(await stores.open(), {
      network: { ipAllowlist: ['198.51.100.0/24', '2001:db8::/32'], referrerAllowlist: ['shop.example'] },
    })
    async function outcome(changes: Parameters<World['hit']>[1]): Promise<string> {
      const [answer] = await world.judge.judge([world.hit({ cid: world.visit() }, changes)])
      return answer?.outcome ?? ''
    }
    expect(await outcome({ ip: '192.0.2.1' })).toBe('rejected')
    expect(await outcome({ ip: '198.51.100.7' })).toBe('recorded')
    expect(await outcome({ ip: '::ffff:198.51.100.7' })).toBe('recorded')
    expect(await outcome({ ip: '2001:db8::1' })).toBe('recorded')
    expect(
      await outcome({ kind: 'image', ip: '192.0.2.1', referrer: 'https://pay.shop.example/thanks' }),
    ).toBe('recorded')
    expect(await outcome({ kind: 'image', referrer: 'https://evilshop.example/' })).toBe('rejected')
    expect(await outcome({ kind: 'image', referrer: '' })).toBe('rejected')
  })

  it('must name a known event, a known status, and come in time', async () => {
    const world = await buildWorld(await stores.open(), {
      network: {
        clickToConversionMinMs: 10_000,
        clickToConversionMaxMs: 100_000,
        statusMap: { '7': 'ignore' },
      },
    })
    const cid = world.visit()
    expect(await send(world, { cid, event: 'LEAD' })).toMatchObject({ outcome: 'recorded' })
    expect(await send(world, { cid, event: 'install' })).toMatchObject({ outcome: 'rejected' })
    expect(await send(world, { cid, status: 'wibble' })).toMatchObject({ outcome: 'rejected' })
    expect(await send(world, { cid, status: '7' })).toMatchObject({ outcome: 'rejected' })
    expect(await send(world, { cid, status: 'wibble', rejected_status: 'wibble' })).toMatchObject({
      outcome: 'recorded',
    })
    const early = world.visit({ visit_at: WORLD_NOW - 9_999 })
    expect(await send(world, { cid: early })).toMatchObject({ reason: expect.stringContaining('too soon') })
    const late = world.visit({ visit_at: WORLD_NOW - 100_001 })
    expect(await send(world, { cid: late })).toMatchObject({ reason: expect.stringContaining('too late') })
    const rate = await send(world, { cid: world.visit(), payout: '1', currency: 'JPY' })
    expect(rate).toMatchObject({ outcome: 'rejected', reason: 'no exchange rate JPY → USD is set' })
  })

  it('with test=1 explains every step and counts nothing', async () => {
    const world = await buildWorld(await stores.open(), {
      network: { token: 'T0KEN' },
      offer: { caps: { daily: 5, monthly: null, total: null, timeZone: 'UTC' } },
    })
    const cid = world.visit()
    const answer = await send(world, { cid, test: '1', payout: '3' })
    expect(answer.outcome).toBe('test')
    expect(answer.steps?.map((step) => [step.step, step.ok])).toEqual([
      ['visit', true],
      ['token', false],
      ['signature', true],
      ['address', true],
      ['referrer', true],
      ['event', true],
      ['status', true],
      ['window', true],
      ['amount', true],
      ['cap', true],
      ['duplicate', true],
    ])
    expect((await listConversions(world.store.db, world.workspaceId, {}, { limit: 5 })).items).toEqual([])
    expect(await outboxRows(world)).toEqual([])
    expect(await send(world, { cid: 'x', test: '1' })).toMatchObject({
      outcome: 'test',
      steps: [{ ok: false }],
    })
  })

  it('with test=1 tells the addresses of targets to nobody but its network', async () => {
    const world = await buildWorld(await stores.open(), { network: { token: 'T0KEN' } })
    await world.target({ url: 'https://user:pw@source.example:8443/pb/KEY?secret=S&cid={clickid}' })
    const cid = world.visit()
    const explain = async (params: Record<string, string>, changes: Partial<Hit> = {}) => {
      const [answer] = await world.judge.judge([world.hit({ cid, test: '1', ...params }, changes)])
      return answer?.steps?.find(({ step }) => step === 'notification')?.detail
    }
    const host = 'postback to source.example:8443'
    expect(await explain({})).toBe(host)
    expect(await explain({ token: 'guess' })).toBe(host)
    expect(await explain({ token: 'T0KEN' }, { kind: 'image' })).toBe(host)
    const url = `postback https://user:pw@source.example:8443/pb/KEY?secret=S&cid=${cid}`
    expect(await explain({ token: 'T0KEN' })).toBe(url)
    expect(await explain({}, { kind: 'manual' })).toBe(url)
  })

  it('finds its visit by cookie: the offer’s first, then the latest if it went to the sender', async () => {
    const world = await buildWorld(await stores.open(), { network: { token: 'T0KEN' } })
    const offerCookie = world.visit()
    const latest = world.visit()
    const elsewhere = world.visit({ offer_id: '', affiliate_network_id: 'other' })
    const params = { offer: world.offerId, token: 'T0KEN' }
    const cookies = { cookieOfferClickIds: { [world.offerId]: offerCookie }, cookieClickId: latest }
    const answers = await world.judge.judge([
      world.hit(params, { kind: 'image', ...cookies }),
      world.hit(params, { kind: 'image', cookieClickId: latest }),
      world.hit(params, { kind: 'image', cookieClickId: elsewhere }),
    ])
    expect(answers.map((answer) => answer.outcome)).toEqual(['recorded', 'recorded', 'unmatched'])
    const { items } = await listConversions(world.store.db, world.workspaceId, {}, { limit: 5 })
    const found = Object.fromEntries(items.map((item) => [item.clickId, item.attribution]))
    expect(found).toEqual({ [offerCookie]: 'cookie_offer', [latest]: 'cookie_latest' })
  })

  it('is judged by a change of configuration at once', async () => {
    const world = await buildWorld(await stores.open())
    expect(await send(world, { cid: world.visit() })).toMatchObject({ outcome: 'recorded' })
    const key = { workspace: world.workspaceId, id: world.networkId }
    await updateAffiliateNetwork(world.store.db, key, { token: 'new' }, WORLD_NOW)
    expect(await send(world, { cid: world.visit() })).toMatchObject({ outcome: 'unauthorized' })
  })

  async function outboxRows(world: World): Promise<unknown[]> {
    const rows = await world.store.db.selectFrom('ledger_outbox').select('row_json').orderBy('seq').execute()
    return rows.map((row) => JSON.parse(row.row_json))
  }
})
