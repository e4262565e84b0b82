import { afterEach, describe, expect, it } from 'vitest'
import { replay } from '../../src/store/deliveries.ts'
import { deleteNotificationTarget } from '../../src/store/notification-targets.ts'
import type { Store } from '../../src/store/open-store.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { enqueueCalls } from '../support/delivery-queue.ts'
import {
  createTarget,
  endWorkersAndSinks,
  getDelivery,
  startSink,
  startWorker,
  waitFor,
} from './delivery-rig.ts'

describe.each(SQL_ENGINES)('deliveries of a deleted target on %s', (engine) => {
  const stores = useStores(engine)
  afterEach(endWorkersAndSinks)

  it('are cancelled a bounded number at a time, on several hosts, and none is sent', async () => {
    const store = await stores.open()
    const sink = await startSink((_request, response) => response.end())
    const target = await createTarget(store)
    const hosts = [sink.url, sink.url.replace('127.0.0.1', 'localhost')]
    await enqueueCalls(
      store,
      Array.from({ length: 1_500 }, (_, n) => ({
        id: `d${n}`,
        target_id: target.id,
        url: hosts[n % 2] ?? '',
      })),
    )
    await enqueueCalls(store, [{ id: 'other', target_id: 'other', due_at: Date.now() + 60_000 }])
    expect(await deleteNotificationTarget(store.db, target, Date.now())).toBe(true)
    expect(await countOf(store, 'cancelled')).toBe(500)
    const running = startWorker(store)
    await waitFor(async () => (await countOf(store, 'cancelled')) === 1_500)
    await running.stop()
    expect(sink.received).toEqual([])
    expect(await getDelivery(store, 'd7')).toMatchObject({ reason: 'target deleted', attempts: 0 })
    expect(await getDelivery(store, 'other')).toMatchObject({ state: 'pending' })
  })

  it('are cancelled also when a conversion is recorded that did not know yet', async () => {
    const store = await stores.open()
    const sink = await startSink((_request, response) => response.end())
    const target = await createTarget(store)
    await enqueueCalls(store, [{ id: 'd1', target_id: target.id, url: sink.url }])
    await store.db.deleteFrom('notification_targets').where('id', '=', target.id).execute()
    const running = startWorker(store)
    await waitFor(async () => (await countOf(store, 'cancelled')) === 1)
    await running.stop()
    expect(sink.received).toEqual([])
  })

  it('have nobody to be sent to again', async () => {
    const store = await stores.open()
    const target = await createTarget(store)
    await enqueueCalls(store, [{ id: 'd1', target_id: target.id, url: 'https://a.example/' }])
    await deleteNotificationTarget(store.db, target, Date.now())
    expect(await replay(store.db, 'd1', Date.now())).toBeUndefined()
    expect(await getDelivery(store, 'd1')).toMatchObject({ state: 'cancelled', reason: 'target deleted' })
  })
})

async function countOf({ db }: Store, state: 'cancelled'): Promise<number> {
  const row = await db
    .selectFrom('deliveries')
    .select((select) => select.fn.countAll<number>().as('n'))
    .where('state', '=', state)
    .executeTakeFirstOrThrow()
  return row.n
}
