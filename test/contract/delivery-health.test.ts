import { afterEach, describe, expect, it } from 'vitest'
import { type Finish, FinishQueue } from '../../src/delivery/finish-queue.ts'
import { listAudit } from '../../src/store/audit-log.ts'
import { cancelClosedLane } from '../../src/store/delivery-closing.ts'
import { FIRST_LANE, findDueLanes } from '../../src/store/delivery-lanes.ts'
import {
  createNotificationTarget,
  type NotificationTargetFields,
  updateNotificationTarget,
} from '../../src/store/notification-targets.ts'
import type { Store } from '../../src/store/open-store.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { claimDue, enqueueCalls } from '../support/delivery-queue.ts'
import { PLAIN_TARGET } from '../support/field-defaults.ts'
import { endWorkersAndSinks, startWorker, waitFor } from './delivery-rig.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const START = 1_795_000_000_000

describe.each(SQL_ENGINES)('the health of targets on %s', (engine) => {
  const stores = useStores(engine)
  afterEach(endWorkersAndSinks)

  it('says since when a target fails, how often in a row and why, until a call is delivered', async () => {
    const rig = await openRig()
    await rig.record([START, 'answered 500'], [START + 1, 'timeout'])
    await rig.record([START + 2, 'dns'])
    expect(await rig.health()).toMatchObject({
      failing_since: START,
      failures_in_row: 3,
      last_success_at: null,
      last_failure_at: START + 2,
      last_error: 'dns',
    })
    await rig.record([START + 3, 'dns'], [START + 4, ''], [START + 5, 'tls'])
    expect(await rig.health()).toMatchObject({
      failing_since: START + 5,
      failures_in_row: 1,
      last_success_at: START + 4,
      last_error: 'tls',
    })
    await rig.record([START + 6, ''])
    expect(await rig.health()).toMatchObject({
      failing_since: null,
      steady_since: null,
      failures_in_row: 0,
      last_failure_at: START + 5,
      last_error: '',
    })
  })

  it('notes a target that is well once a minute', async () => {
    const rig = await openRig()
    await rig.record([START, ''])
    await rig.record([START + 59_999, ''])
    expect(await rig.health()).toMatchObject({ last_success_at: START })
    await rig.record([START + 60_000, ''])
    expect(await rig.health()).toMatchObject({ last_success_at: START + 60_000 })
  })

  it('disables a target that fails for five days, cancels nothing, and tells its owner', async () => {
    const rig = await openRig()
    await enqueueCalls(rig.store, [{ id: 'waiting', target_id: rig.id, due_at: START + 30 * DAY_MS }])
    for (let hour = 0; hour < 120; hour += 8) await rig.record([START + hour * HOUR_MS, 'timeout'])
    expect(await rig.status()).toEqual(['active', ''])
    await rig.record([START + 5 * DAY_MS, 'answered 503'])
    const reason = `failing since ${new Date(START).toISOString()}: answered 503`
    expect(await rig.status()).toEqual(['disabled', reason])
    expect(await rig.told()).toEqual([{ id: rig.id, status: 'disabled', disabledReason: reason }])
    expect(await rig.audit()).toEqual([['system', 'notification_target.disable', rig.id, { reason }]])
    expect(await stateOf(rig.store, 'waiting')).toBe('pending')
    // Calls that were under way meanwhile change nothing more.
    await rig.record([START + 5 * DAY_MS + 1, 'timeout'])
    expect(await rig.told()).toHaveLength(1)
  })

  it('does not disable one for a late failure after a quiet week, but for half a day of them', async () => {
    const rig = await openRig()
    await rig.record([START, 'timeout'])
    const late = START + 7 * DAY_MS
    for (const hours of [0, 1, 3, 8]) await rig.record([late + hours * HOUR_MS, 'timeout'])
    expect(await rig.status()).toEqual(['active', ''])
    await rig.record([late + 12 * HOUR_MS, 'timeout'])
    expect((await rig.status())[0]).toBe('disabled')
  })

  it('does not disable one that delivers now and then', async () => {
    const rig = await openRig()
    for (let hour = 0; hour < 240; hour += 8) {
      await rig.record([START + hour * HOUR_MS, hour === 80 || hour === 160 ? '' : 'timeout'])
    }
    expect(await rig.status()).toEqual(['active', ''])
  })

  it('starts anew when a target is switched on again', async () => {
    const rig = await openRig()
    for (let hour = 0; hour <= 120; hour += 8) await rig.record([START + hour * HOUR_MS, 'timeout'])
    const key = { workspace: 'ws', id: rig.id }
    await updateNotificationTarget(rig.store.db, key, { status: 'active' }, START)
    await rig.record([START + 121 * HOUR_MS, 'timeout'])
    expect(await rig.status()).toEqual(['active', ''])
    expect(await rig.health()).toMatchObject({ failing_since: START + 121 * HOUR_MS, failures_in_row: 1 })
  })

  it('leaves a target to the person who disabled it', async () => {
    const rig = await openRig({ status: 'disabled' })
    for (let hour = 0; hour <= 120; hour += 8) await rig.record([START + hour * HOUR_MS, 'timeout'])
    expect(await rig.status()).toEqual(['disabled', ''])
    expect(await rig.told()).toEqual([])
  })

  it('tells the owner once of a target that answers 410, whose waiting calls are cancelled', async () => {
    const rig = await openRig()
    await enqueueCalls(rig.store, [{ id: 'waiting', target_id: rig.id, due_at: START + 30 * DAY_MS }])
    await rig.record([START, 'answered 410', 'target_gone'], [START, 'answered 410', 'target_gone'])
    expect(await rig.status()).toEqual(['disabled', 'target_gone'])
    expect(await rig.told()).toEqual([{ id: rig.id, status: 'disabled', disabledReason: 'target_gone' }])
    expect(await stateOf(rig.store, 'waiting')).toBe('cancelled')
  })

  it('cancels all that waits for a target that answers 410, bit by bit', async () => {
    const rig = await openRig()
    const later = { target_id: rig.id, due_at: START + 30 * DAY_MS }
    await enqueueCalls(
      rig.store,
      Array.from({ length: 1_200 }, (_, n) => ({ id: `waiting${n}`, ...later })),
    )
    await rig.record([START, 'answered 410', 'target_gone'])
    // Some right away; none of the others is sent meanwhile, and whoever looks next goes on with them.
    const waiting = rig.store.db.selectFrom('deliveries').select('id').where('target_id', '=', rig.id)
    const pending = async () => (await waiting.where('state', '=', 'pending').execute()).length
    expect([0, 1_200]).not.toContain(await pending())
    const claim = { now: START + 31 * DAY_MS, workerId: 'w2', leaseMs: 1, limit: 9 }
    expect((await claimDue(rig.store, claim)).filter(({ targetId }) => targetId === rig.id)).toEqual([])
    startWorker(rig.store)
    await waitFor(async () => (await pending()) === 0)
  })

  it('goes on with what waits for a target that is switched on again before all of it is cancelled', async () => {
    const rig = await openRig()
    const later = { target_id: rig.id, due_at: START + 30 * DAY_MS }
    await enqueueCalls(
      rig.store,
      Array.from({ length: 1_200 }, (_, n) => ({ id: `waiting${n}`, ...later })),
    )
    await rig.record([START, 'answered 410', 'target_gone'])
    await updateNotificationTarget(rig.store.db, { workspace: 'ws', id: rig.id }, { status: 'active' }, START)
    const lane = { host: '', targetId: rig.id, now: START, limit: 9 }
    expect(await cancelClosedLane(rig.store.db, lane)).toBe(0)
    const { closed } = await findDueLanes(rig.store.db, { after: FIRST_LANE, now: START, limit: 9 })
    expect(closed).toEqual([])
  })

  it('does not disable a target that was changed after the delivery was made that is answered 410', async () => {
    const rig = await openRig()
    await enqueueCalls(rig.store, [{ id: 'waiting', target_id: rig.id, due_at: START + 30 * DAY_MS }])
    const key = { workspace: 'ws', id: rig.id }
    await updateNotificationTarget(rig.store.db, key, { url: 'https://mended.example/' }, START + 1)
    await rig.record([START + 2, 'answered 410', 'target_gone'])
    expect(await rig.status()).toEqual(['active', ''])
    expect(await stateOf(rig.store, 'waiting')).toBe('pending')
    await rig.recordMadeAt(START + 1, [START + 3, 'answered 410', 'target_gone'])
    expect(await rig.status()).toEqual(['disabled', 'target_gone'])
    expect(await stateOf(rig.store, 'waiting')).toBe('cancelled')
  })

  async function openRig(fields: Partial<NotificationTargetFields> = {}) {
    const store = await stores.open()
    const hook = {
      ...PLAIN_TARGET,
      ownerType: 'workspace',
      ownerId: '',
      url: 'https://crm.example/',
    } as const
    await createNotificationTarget(store.db, 'ws', hook, START)
    const ours = { ...PLAIN_TARGET, ownerType: 'traffic_source', ownerId: 'source', ...fields } as const
    const { id } = await createNotificationTarget(
      store.db,
      'ws',
      { url: 'https://a.example/', ...ours },
      START,
    )
    const onError = (error: unknown) => expect.fail(String(error))
    const queue = new FinishQueue({ store, signal: new AbortController().signal, onError })
    let calls = 0
    return {
      store,
      id,
      /** Calls that ended at a time with an error, '' for none, together; a reason says that the target is gone. */
      async record(...ended: readonly Ended[]) {
        await this.recordMadeAt(START, ...ended)
      },
      async recordMadeAt(madeAt: number, ...ended: readonly Ended[]) {
        const ids = ended.map((_, n) => `call${calls + n}`)
        calls += ended.length
        await enqueueCalls(
          store,
          ids.map((each) => ({ id: each, target_id: 'any' })),
        )
        await claimDue(store, { now: Date.now(), workerId: 'w1', leaseMs: 60_000, limit: 9 })
        await Promise.all(
          ended.map(([at, error, goneReason], n) =>
            queue.record({
              attempt: { ...attempt(ids[n] ?? '', error), now: at },
              health: { targetId: id, workspace: 'ws', isDelivered: error === '', error, at },
              madeAt,
              goneReason,
            }),
          ),
        )
      },
      async health() {
        return await store.db
          .selectFrom('target_health')
          .selectAll()
          .where('target_id', '=', id)
          .executeTakeFirst()
      },
      async status() {
        const row = await store.db
          .selectFrom('notification_targets')
          .select(['status', 'disabled_reason'])
          .where('id', '=', id)
          .executeTakeFirstOrThrow()
        return [row.status, row.disabled_reason]
      },
      /** What the workspace's webhook is told of. */
      async told() {
        const rows = await store.db
          .selectFrom('deliveries')
          .select('body')
          .where('body', 'like', '%notification_target.disabled%')
          .execute()
        return rows.map(({ body }) => {
          const { id: targetId, status, disabledReason } = JSON.parse(body).data
          return { id: targetId, status, disabledReason }
        })
      },
      async audit() {
        const { items } = await listAudit(store.db, 'ws', { limit: 9 })
        return items.map(({ actor, action, subjectId, detail }) => [actor, action, subjectId, detail])
      },
    }
  }
})

type Ended = readonly [at: number, error: string, goneReason?: string]

function attempt(deliveryId: string, error: string): Finish['attempt'] {
  return {
    deliveryId,
    workerId: 'w1',
    startedAt: START,
    durationMs: 1,
    phasesJson: null,
    requestJson: '{}',
    responseStatus: null,
    responseHeadersJson: '{}',
    responseBody: '',
    error,
    state: error === '' ? 'delivered' : 'dead',
    reason: '',
    dueAt: START,
    now: START,
  }
}

async function stateOf(store: Store, id: string): Promise<string | undefined> {
  const row = await store.db.selectFrom('deliveries').select('state').where('id', '=', id).executeTakeFirst()
  return row?.state
}
