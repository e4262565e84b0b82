import { describe, expect, it } from 'vitest'
import type { ApiDeps } from '../../src/api/api-deps.ts'
import { openAlert } from '../../src/store/alerts.ts'
import { COUNTED_MAX } from '../../src/store/overview-counts.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { openTestApi } from './api-harness.ts'
import { createWorld, NOW, record } from './api-world.ts'
import { addRows, deadRow } from './delivery-rows.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

describe.each(SQL_ENGINES)('the overview on %s', (engine) => {
  const stores = useStores(engine)

  async function open(changes: Partial<ApiDeps> = {}) {
    const api = await openTestApi(stores, { clock: () => NOW, ...changes })
    const world = await createWorld(api, 'Mine')
    const load = async () => {
      const headers = { authorization: `Bearer ${world.keys.viewer}` }
      const answer = await api.app.inject({ method: 'GET', url: '/api/v1/overview', headers })
      expect(answer.statusCode).toBe(200)
      return answer.json()
    }
    return { api, db: api.store.db, world, workspace: world.workspace, load }
  }

  it('counts what waits to be sent, and since when the oldest is due', async () => {
    const { api, workspace, load } = await open()
    const waiting = { workspace, state: 'pending', target_id: 'of nobody' } as const
    const before = (await load()).deliveries
    await addRows(api.store, [
      deadRow('later', { ...waiting, due_at: NOW + MINUTE_MS }),
      deadRow('due', { ...waiting, due_at: NOW - MINUTE_MS }),
      deadRow('dead', { ...waiting, state: 'dead', due_at: NOW - DAY_MS }),
      deadRow('foreign', { ...waiting, workspace: 'another', due_at: NOW - DAY_MS }),
    ])
    expect((await load()).deliveries).toEqual({
      waiting: before.waiting + 2,
      due: before.due + 1,
      dueSince: new Date(NOW - MINUTE_MS).toISOString(),
      isLate: false,
    })
    await addRows(api.store, [deadRow('late', { ...waiting, due_at: NOW - 11 * MINUTE_MS })])
    expect((await load()).deliveries).toMatchObject({ isLate: true })
  })

  it('tells how far reports are behind, and calls it late from the limit of alerts on', async () => {
    let lagMs = 59_000
    const { load } = await open({ journalLagMs: () => lagMs })
    expect((await load()).ledger).toEqual({ lagSeconds: 59, isLate: false })
    lagMs = 60_000
    expect((await load()).ledger).toEqual({ lagSeconds: 60, isLate: true })
  })

  it('counts targets that fail or were switched off, not those that a person paused', async () => {
    const { db, world, workspace, load } = await open()
    const unwell = await Promise.all([1, 2, 3].map(() => world.make('notification-targets')))
    const hook = world.ids.webhooks ?? ''
    for (const id of [...unwell, hook]) {
      const failed = { failing_since: NOW, failures_in_row: 1, last_success_at: null, last_failure_at: NOW }
      await db
        .insertInto('target_health')
        .values({ target_id: id, workspace, ...failed, last_error: 'timeout' })
        .execute()
    }
    const set = (
      id: string | undefined,
      changes: { status: 'paused' | 'disabled'; disabled_reason: string },
    ) =>
      db
        .updateTable('notification_targets')
        .set(changes)
        .where('id', '=', id ?? '')
        .execute()
    await set(unwell[1], { status: 'paused', disabled_reason: '' })
    await set(unwell[2], { status: 'disabled', disabled_reason: 'gone' })
    expect(await load()).toMatchObject({
      targets: { failing: 1, disabled: 1 },
      webhooks: { failing: 1, disabled: 0 },
      alertChannels: { failing: 0, disabled: 0 },
    })
  })

  it('counts the unmatched hits of a day, and stops where more make no difference', async () => {
    const { db, world, load } = await open()
    await world.make('hits')
    const old = await world.make('hits')
    await db
      .updateTable('hits')
      .set({ received_at: NOW - DAY_MS - 1 })
      .where('id', '=', old)
      .execute()
    expect((await load()).unmatched).toBe(1)
    const row = await db.selectFrom('hits').selectAll().where('id', '=', old).executeTakeFirstOrThrow()
    const many = Array.from({ length: COUNTED_MAX + 5 }, (_, n) => ({
      ...row,
      id: `hit-${n}`,
      received_at: NOW,
    }))
    for (let at = 0; at < many.length; at += 500)
      await db
        .insertInto('hits')
        .values(many.slice(at, at + 500))
        .execute()
    expect((await load()).unmatched).toBe(COUNTED_MAX + 1)
  })

  it('names the newest open alerts', async () => {
    const { db, workspace, load } = await open()
    for (const n of [1, 2, 3, 4]) {
      const detail = { text: '', path: `/offers/${n}` }
      const finding = { kind: 'cap_reached', subjectId: `offer-${n}`, title: `Cap ${n}`, detail } as const
      await openAlert(db, workspace, finding, NOW + n)
    }
    const { alerts } = await load()
    expect(alerts.open).toBe(5)
    expect(alerts.newest.map(({ title }: { title: string }) => title)).toEqual(['Cap 4', 'Cap 3', 'Cap 2'])
    expect(alerts.newest[0].path).toBe('/offers/4')
  })

  it('tells a network what waits for its decision, and others nothing', async () => {
    const { api, db, world, workspace, load } = await open()
    expect((await load()).network).toEqual({ applications: 0, pixels: 0, conversions: 0 })
    const [affiliate_id, offer_id] = [world.ids.affiliates ?? '', world.ids['network-offers'] ?? '']
    await record(api, {
      mark: 'Pending',
      workspace,
      clickId: 'c2',
      targetId: undefined,
      network: { affiliate_id, offer_id, advertiser_id: world.ids.advertisers ?? '' },
    })
    await db
      .updateTable('conversions')
      .set({ status: 'pending' })
      .where('id', '=', 'pending-conversion')
      .execute()
    await db
      .updateTable('notification_targets')
      .set({ owner_type: 'affiliate', owner_id: affiliate_id, moderation: 'pending' })
      .where('id', '=', await world.make('notification-targets'))
      .execute()
    expect((await load()).network).toEqual({ applications: 0, pixels: 1, conversions: 1 })
    await db.deleteFrom('affiliates').where('workspace', '=', workspace).execute()
    expect((await load()).network).toBeNull()
  })
})

describe('the newest visit of a link', () => {
  const stores = useStores('sqlite')

  it('is asked of the last day, by campaign or by offer and affiliate, and else refused', async () => {
    const asked: unknown[] = []
    const newestVisit: ApiDeps['newestVisit'] = async (...of) => {
      asked.push(of)
      return asked.length === 1 ? { clickId: 'c1', at: NOW } : undefined
    }
    const api = await openTestApi(stores, { clock: () => NOW, newestVisit })
    const { keys, workspace } = await createWorld(api, 'Mine')
    const ask = async (query: string) => {
      const headers = { authorization: `Bearer ${keys.viewer}` }
      return await api.app.inject({ method: 'GET', url: `/api/v1/newest-visit?${query}`, headers })
    }
    expect((await ask('campaignId=k1')).json()).toEqual({
      visit: { clickId: 'c1', at: new Date(NOW).toISOString() },
    })
    expect((await ask('offerId=o1&affiliateId=a1')).json()).toEqual({ visit: null })
    expect((await ask('offerId=o1')).statusCode).toBe(422)
    expect(asked).toEqual([
      [workspace, { campaignId: 'k1' }, NOW - DAY_MS],
      [workspace, { offerId: 'o1', affiliateId: 'a1' }, NOW - DAY_MS],
    ])
  })
})
