import { describe, expect, it } from 'vitest'
import {
  createApiKey,
  findApiKey,
  listApiKeys,
  recordApiKeyUse,
  revokeApiKey,
} from '../../src/store/api-keys.ts'
import { appendAudit, listAudit } from '../../src/store/audit-log.ts'
import { countOfCap, takeFromCaps } from '../../src/store/cap-counters.ts'
import {
  appendTransitions,
  conversionsOfClick,
  conversionsOfClicks,
  getConversionWithHistory,
  insertConversions,
  listConversions,
  type StoredConversion,
  updateConversion,
} from '../../src/store/conversions.ts'
import {
  findHits,
  findHitsToRematch,
  getHit,
  type JudgedHit,
  listHits,
  saveHits,
} from '../../src/store/hits.ts'
import { lockKeys } from '../../src/store/lock-keys.ts'
import { isValueError } from '../../src/store/store-error.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'

const NOW = 1_795_000_000_000

const HIT: JudgedHit = {
  id: 'h1',
  workspace: 'w1',
  kind: 'postback',
  receivedAt: NOW,
  judgedAt: NOW + 1,
  outcome: 'unmatched',
  reason: 'no visit',
  advertiserId: '',
  affiliateId: '',
  attribution: 'none',
  clickId: 'c1',
  conversionId: '',
  affiliateNetworkId: '',
  ip: '192.0.2.1',
  request: {
    id: 'h1',
    kind: 'postback',
    at: NOW,
    method: 'GET',
    host: 'track.example',
    path: '/postback',
    rawQuery: 'cid=c1',
    params: [['cid', 'c1']],
    ip: '192.0.2.1',
    userAgent: '',
    referrer: '',
  },
  steps: [],
  rematchAt: NOW + 60_000,
}

const CONVERSION: StoredConversion = {
  id: 'v1',
  workspace: 'w1',
  clickId: 'c1',
  event: 'sale',
  txid: 'T1',
  identity: 'c1|sale|T1',
  status: 'pending',
  revenueMicros: 1_000_000,
  currency: 'USD',
  originalMicros: 900_000,
  originalCurrency: 'EUR',
  rateMicros: 1_111_111,
  costMicros: 20_000,
  counts: { conversion: true, revenue: true, cost: false },
  attribution: 'cid',
  hitId: 'h1',
  visit: { kind: 'visit', workspace: 'w1', at: NOW, visit_at: NOW, click_id: 'c1', country: 'DE' },
  campaignId: 'ca',
  trafficSourceId: 'ts',
  affiliateNetworkId: 'n',
  offerId: 'o',
  externalId: 'x',
  visitAt: NOW,
  params: { p1: 'one' },
  reason: '',
  affiliateId: '',
  advertiserId: '',
  payoutMicros: 0,
  saleMicros: 0,
  agreement: null,
  payableAt: null,
  person: null,
  pastStatuses: ['pending'],
  transitions: 1,
  createdAt: NOW,
  updatedAt: NOW,
}

describe.each(SQL_ENGINES)('records on %s', (engine) => {
  const stores = useStores(engine)

  it('keep a hit as received, and give an unmatched one its new outcome', async () => {
    const { db } = await stores.open()
    await saveHits(db, [HIT])
    expect(await getHit(db, { workspace: 'w1', id: 'h1' })).toEqual(HIT)
    expect(await getHit(db, { workspace: 'w2', id: 'h1' })).toBeUndefined()
    expect(await findHitsToRematch(db, NOW + 59_999, 10)).toEqual([])
    expect(await findHitsToRematch(db, NOW + 60_000, 10)).toEqual([HIT])
    const matched: JudgedHit = {
      ...HIT,
      outcome: 'recorded',
      reason: '',
      conversionId: 'v1',
      rematchAt: null,
    }
    await saveHits(db, [matched])
    expect((await findHits(db, ['h1', 'h2'])).get('h1')).toEqual(matched)
    expect(await findHitsToRematch(db, NOW + 99_999_999, 10)).toEqual([])
    expect((await listHits(db, 'w1', { outcome: 'unmatched' }, { limit: 5 })).items).toEqual([])
    expect((await listHits(db, 'w1', { clickId: 'c1' }, { limit: 5 })).items).toEqual([matched])
  })

  it('hold one conversion per identity', async () => {
    const { db } = await stores.open()
    await insertConversions(db, [CONVERSION])
    const repeated = [
      { ...CONVERSION, id: 'v4', identity: 'other' },
      { ...CONVERSION, id: 'v2' },
    ]
    await expect(insertConversions(db, repeated)).rejects.toSatisfy(isValueError)
    await insertConversions(db, [{ ...CONVERSION, id: 'v3', workspace: 'w2' }])
    expect(await conversionsOfClicks(db, 'w1', ['c1', 'c2'])).toEqual([CONVERSION])
    expect(await conversionsOfClick(db, { workspace: 'w1', clickId: 'c1' }, 10)).toEqual([CONVERSION])
  })

  it('tell the history of a conversion in order', async () => {
    const { db } = await stores.open()
    await insertConversions(db, [CONVERSION])
    const made = {
      n: 1,
      at: NOW,
      hitId: 'h1',
      actor: 'hit',
      fromStatus: '' as const,
      toStatus: 'pending' as const,
      fromRevenueMicros: 0,
      toRevenueMicros: 1_000_000,
      fromPayoutMicros: 0,
      toPayoutMicros: 0,
      reason: '',
    }
    await appendTransitions(db, [{ conversion: CONVERSION, transition: made }])
    const approved = { ...CONVERSION, status: 'approved' as const, transitions: 2, updatedAt: NOW + 9 }
    await updateConversion(db, approved)
    const second = { ...made, n: 2, fromStatus: 'pending' as const, toStatus: 'approved' as const }
    await appendTransitions(db, [{ conversion: approved, transition: second }])
    const story = await getConversionWithHistory(db, { workspace: 'w1', id: 'v1' })
    expect(story).toEqual({ conversion: approved, history: [made, second] })
    expect((await listConversions(db, 'w1', { status: 'approved' }, { limit: 5 })).items).toEqual([approved])
    expect((await listConversions(db, 'w1', { status: 'pending' }, { limit: 5 })).items).toEqual([])
  })

  it('never count more against a cap than it allows, however many ask at once', async () => {
    const options = await stores.options()
    const opened = await Promise.all([1, 2, 3].map(() => stores.open(options)))
    const cap = { key: 'offer:o', period: '2026-11-22', max: 5, amount: 1, repeats: true }
    const asking = opened.flatMap(({ db }) => Array.from({ length: 10 }, () => takeFromCaps(db, [cap])))
    const taken = await Promise.all(asking)
    expect(taken.filter((taking) => taking.taken)).toHaveLength(5)
    expect(taken.filter((taking) => taking.taken && taking.usedUp)).toHaveLength(1)
    const { db } = await stores.open(options)
    expect(await countOfCap(db, cap.key, cap.period)).toBe(5)
    const next = { ...cap, period: '2026-11-23' }
    expect(await takeFromCaps(db, [{ ...next, max: 0 }])).toMatchObject({ taken: false })
    expect(await takeFromCaps(db, [next])).toEqual({ taken: true, usedUp: false })
    // All or none: the day's count is given back when the month has no room.
    expect(await takeFromCaps(db, [next, cap])).toEqual({ taken: false, usedUp: false, full: cap })
    expect(await countOfCap(db, next.key, next.period)).toBe(1)
  })

  it('of a locked key wait for the transaction that holds it', async () => {
    const options = await stores.options()
    const [first, second] = [await stores.open(options), await stores.open(options)]
    const order: string[] = []
    const waiting: Promise<void>[] = []
    await first.db.transaction().execute(async (trx) => {
      await lockKeys(trx, engine, ['b', 'a'])
      waiting.push(
        second.db.transaction().execute(async (other) => {
          await lockKeys(other, engine, ['a', 'c'])
          order.push('second')
        }),
      )
      // Time enough for the second one, if nothing held it.
      for (let i = 0; i < 50; i++) await trx.selectFrom('config_version').selectAll().execute()
      order.push('first')
    })
    await Promise.all(waiting)
    expect(order).toEqual(['first', 'second'])
  })

  it('know a key by its hash until it is revoked', async () => {
    const { db } = await stores.open()
    const key = await createApiKey(
      db,
      'w1',
      { name: 'ci', role: 'viewer', affiliateId: '', keyHash: 'ab', prefix: 'tp_1' },
      NOW,
    )
    await recordApiKeyUse(db, key.id, NOW + 5)
    expect(await findApiKey(db, 'ab')).toEqual({ ...key, lastUsedAt: NOW + 5 })
    expect(await revokeApiKey(db, { workspace: 'w2', id: key.id }, NOW)).toBe(false)
    expect(await revokeApiKey(db, { workspace: 'w1', id: key.id }, NOW)).toBe(true)
    expect(await findApiKey(db, 'ab')).toBeUndefined()
    expect((await listApiKeys(db, 'w1', { limit: 5 })).items).toMatchObject([{ id: key.id, revokedAt: NOW }])
  })

  it('say who did what, newest first', async () => {
    const { db } = await stores.open()
    const entry = {
      workspace: 'w1',
      at: NOW,
      actor: 'u1',
      action: 'offer.update',
      subjectType: 'offer',
      subjectId: 'o1',
      detail: { name: ['a', 'b'] },
    }
    await appendAudit(db, entry)
    await appendAudit(db, { ...entry, at: NOW + 1, action: 'offer.archive' })
    const { items } = await listAudit(db, 'w1', { limit: 5 })
    expect(items.map((item) => item.action)).toEqual(['offer.archive', 'offer.update'])
    expect(items[1]).toMatchObject(entry)
  })
})
