import type { RequestListener } from 'node:http'
import { expect } from 'vitest'
import type { SentDelivery } from '../../src/delivery/deliver.ts'
import { createGuard } from '../../src/delivery/guard.ts'
import {
  type DeliveryWorker,
  type DeliveryWorkerOptions,
  runDeliveryWorker,
} from '../../src/delivery/worker.ts'
import {
  createNotificationTarget,
  type NotificationTargetFields,
} from '../../src/store/notification-targets.ts'
import type { Store } from '../../src/store/open-store.ts'
import { openSink } from '../support/delivery-queue.ts'
import { PLAIN_TARGET } from '../support/field-defaults.ts'
import { TEST_VAULT } from '../support/test-vault.ts'

const cleanups: (() => Promise<unknown>)[] = []

/** After each test, before its stores are closed. */
export async function endWorkersAndSinks(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
}

export async function getDelivery(store: Store, id: string) {
  return await store.db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function allDeliveries(store: Store) {
  return await store.db.selectFrom('deliveries').selectAll().execute()
}

export async function createTarget(store: Store, changes: Partial<NotificationTargetFields> = {}) {
  const fields = {
    ...PLAIN_TARGET,
    ownerType: 'traffic_source',
    ownerId: 'source',
    url: 'https://example.com/',
    ...changes,
  } as const
  return await createNotificationTarget(store.db, 'ws', fields, Date.now())
}

export async function startSink(answer: RequestListener) {
  const sink = await openSink(answer)
  cleanups.push(sink.close)
  return sink
}

type Running = { readonly worker: DeliveryWorker; readonly errors: unknown[]; stop(): Promise<void> }

export function startWorker(store: Store, options: Partial<DeliveryWorkerOptions> = {}): Running {
  const abort = new AbortController()
  const errors: unknown[] = []
  const worker = runDeliveryWorker({
    store,
    workerId: 'w1',
    guard: createGuard({ allowPrivateTargets: ['127.0.0.0/8'] }),
    vault: TEST_VAULT,
    version: '9.9.9',
    clock: Date.now,
    random: Math.random,
    signal: abort.signal,
    onError: (error) => errors.push(error),
    ...options,
  })
  async function stop(): Promise<void> {
    abort.abort()
    await worker.done
    expect(errors).toEqual([])
  }
  cleanups.push(async () => {
    abort.abort()
    await worker.done
  })
  return { worker, errors, stop }
}

/** Runs a worker until it has made this many attempts, and returns them. */
export async function runUntilSent(
  store: Store,
  count: number,
  options: Partial<DeliveryWorkerOptions> = {},
) {
  const sent: SentDelivery[] = []
  await runUntil(store, async () => sent.length >= count, { ...options, onSent: (one) => sent.push(one) })
  expect(sent).toHaveLength(count)
  return sent
}

export async function runUntil(
  store: Store,
  done: () => Promise<boolean>,
  options: Partial<DeliveryWorkerOptions> = {},
): Promise<void> {
  const running = startWorker(store, options)
  await waitFor(done)
  await running.stop()
}

export async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
}

export async function pendingAndDue(store: Store): Promise<number> {
  const row = await store.db
    .selectFrom('deliveries')
    .select((select) => select.fn.countAll<number>().as('n'))
    .where('state', '=', 'pending')
    .where('due_at', '<=', Date.now())
    .executeTakeFirstOrThrow()
  return row.n
}
