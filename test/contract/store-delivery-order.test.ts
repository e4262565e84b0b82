import { describe, expect, it } from 'vitest'
import { replay } from '../../src/store/deliveries.ts'
import { cancelDelivery, cancelStep, replayStep } from '../../src/store/delivery-bulk.ts'
import { expireDeliveries } from '../../src/store/delivery-expiry.ts'
import { finishAttempts } from '../../src/store/delivery-finish.ts'
import { putOffBlocked } from '../../src/store/delivery-lanes.ts'
import type { Store } from '../../src/store/open-store.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { claimDue, enqueueCalls } from '../support/delivery-queue.ts'

const NOW = 1_795_000_000_000
const HOUR_MS = 3_600_000
const CLAIM = { now: NOW, workerId: 'w1', leaseMs: 30_000, limit: 9 }
const STEP = { workspace: 'ws', filter: {}, after: null, orderedAt: NOW, rows: 100, now: NOW }

describe.each(SQL_ENGINES)('news that wait for earlier ones on %s', (engine) => {
  const stores = useStores(engine)

  /** The earlier news are tried again in two hours; of the later ones two were due, and one has a delay of its own. */
  async function open(): Promise<Store> {
    const store = await stores.open()
    const row = {
      conversion_id: 'c',
      url: 'https://a.example/',
      due_at: NOW - 1,
      created_at: NOW,
      updated_at: NOW,
    }
    await enqueueCalls(store, [
      { ...row, id: 'first', due_at: NOW + 2 * HOUR_MS, expires_at: NOW + HOUR_MS },
      { ...row, id: 'second', transition: 2 },
      { ...row, id: 'delayed', transition: 3, due_at: NOW + HOUR_MS },
      { ...row, id: 'elsewhere', transition: 2, target_id: 'other', state: 'delivered' },
    ])
    await putOffBlocked(store.db, [{ host: 'a.example', targetId: 'target' }], NOW)
    expect(await claimed(store)).toEqual([])
    expect(await dueAt(store, 'second')).toBe(NOW + HOUR_MS)
    return store
  }

  async function claimed(store: Store, now = NOW): Promise<readonly string[]> {
    return (await claimDue(store, { ...CLAIM, now })).map(({ id }) => id)
  }

  it('are due when these are cancelled, at their own time', async () => {
    const store = await open()
    await cancelDelivery(store.db, { workspace: 'ws', id: 'first' }, { reason: 'by hand', now: NOW })
    expect(await claimed(store)).toEqual(['second'])
    expect([await dueAt(store, 'second'), await dueAt(store, 'delayed')]).toEqual([NOW - 1, NOW + HOUR_MS])
  })

  it('are due when these are cancelled with others', async () => {
    const store = await open()
    const filter = { dueFrom: NOW + 2 * HOUR_MS }
    expect((await cancelStep(store.db, { ...STEP, filter, reason: 'by hand' })).changed).toBe(1)
    expect(await claimed(store)).toEqual(['second'])
  })

  it('are due when these have expired', async () => {
    const store = await open()
    expect(await expireDeliveries(store.db, engine, { now: NOW + HOUR_MS, limit: 9 })).toBe(1)
    expect(await dueAt(store, 'second')).toBe(NOW - 1)
  })

  it('are next when these are sent again by hand and delivered', async () => {
    const store = await open()
    await replay(store.db, 'first', NOW)
    expect(await claimed(store)).toEqual(['first'])
    await finish(store, 'first', 'delivered')
    expect(await claimed(store)).toEqual(['second'])
  })

  it('are next when these were put off again meanwhile, and end', async () => {
    const store = await open()
    expect(await claimed(store, NOW + 2 * HOUR_MS)).toEqual([])
    await store.db.updateTable('deliveries').set({ expires_at: null }).where('id', '=', 'first').execute()
    expect(await claimed(store, NOW + 2 * HOUR_MS)).toEqual(['first'])
    await finish(store, 'first', 'dead')
    expect(await dueAt(store, 'second')).toBe(NOW - 1)
  })

  it('keep the time of their own retry', async () => {
    const store = await open()
    await cancelDelivery(store.db, { workspace: 'ws', id: 'first' }, { reason: 'by hand', now: NOW })
    await claimed(store)
    await finish(store, 'second', 'pending', NOW + 5_000)
    await replay(store.db, 'first', NOW)
    await claimed(store)
    await finish(store, 'first', 'delivered')
    expect(await dueAt(store, 'second')).toBe(NOW + 5_000)
  })
})

describe.each(SQL_ENGINES)('a delivery that had ended before there were lanes, on %s', (engine) => {
  const stores = useStores(engine)

  it('waits in the lane of its host after a replay, by itself and with others', async () => {
    const store = await stores.open()
    const ended = { url: 'https://a.example:8443/x', created_at: NOW, updated_at: NOW }
    await enqueueCalls(store, [
      { ...ended, id: 'one' },
      { ...ended, id: 'many' },
      { ...ended, id: 'mail', url: 'mailto:a@b.example' },
    ])
    await store.db.updateTable('deliveries').set({ host: '', state: 'dead' }).execute()
    expect(await replay(store.db, 'one', NOW)).toMatchObject({ host: 'a.example:8443' })
    expect((await replayStep(store.db, STEP)).changed).toBe(2)
    const rows = await store.db.selectFrom('deliveries').select(['id', 'host']).orderBy('id').execute()
    expect(rows).toEqual([
      { id: 'mail', host: '' },
      { id: 'many', host: 'a.example:8443' },
      { id: 'one', host: 'a.example:8443' },
    ])
  })
})

async function dueAt({ db }: Store, id: string): Promise<number> {
  const row = await db
    .selectFrom('deliveries')
    .select('due_at')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return row.due_at
}

async function finish(store: Store, deliveryId: string, state: 'delivered' | 'dead' | 'pending', at = NOW) {
  await finishAttempts(store.db, [
    {
      deliveryId,
      workerId: 'w1',
      startedAt: NOW,
      durationMs: 1,
      phasesJson: null,
      requestJson: '{}',
      responseStatus: 200,
      responseHeadersJson: '{}',
      responseBody: '',
      error: '',
      state,
      reason: '',
      dueAt: at,
      now: NOW,
    },
  ])
}
