import { createGuard } from '../src/delivery/guard.ts'
import { runDeliveryWorker } from '../src/delivery/worker.ts'
import { enqueueDeliveries } from '../src/store/deliveries.ts'
import { newRecordId } from '../src/store/ids.ts'
import { openStore, type Store } from '../src/store/open-store.ts'
import { createVault } from '../src/store/vault.ts'
import { createReporter } from './support/report.ts'
import { type Sink, startSink } from './support/sink.ts'
import { withTemporaryDirectory } from './support/temporary-directory.ts'

/**
 * Deliveries per second of one worker on SQLite: leased, sent over HTTP to a process on loopback, recorded with
 * their attempt. The clock runs from the worker's start until the last one is recorded.
 */
const DELIVERIES = 15_000

const report = createReporter('delivery', process.argv.includes('--json'))
await withTemporaryDirectory(async (dataDir) => {
  const store = await openStore({ dataDir, databaseUrl: '' })
  const sink = await startSink()
  try {
    await enqueueDeliveries(store.db, buildDeliveries(sink.port))
    await measure(store, sink)
  } finally {
    await sink.stop()
    await store.close()
  }
})

async function measure(store: Store, sink: Sink): Promise<void> {
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  await deliverAll(store)
  const seconds = (performance.now() - startedAt) / 1_000
  const cpu = process.cpuUsage(cpuBefore)
  const [calls, delivered] = [await sink.countCalls(), await countDelivered(store)]
  if (delivered !== DELIVERIES || calls < DELIVERIES) {
    throw new Error(`of ${DELIVERIES} deliveries ${delivered} are delivered and ${calls} arrived`)
  }
  report('per_s', DELIVERIES / seconds, '1/s')
  report('cpu_us', (cpu.user + cpu.system) / DELIVERIES, 'us/delivery')
}

async function deliverAll(store: Store): Promise<void> {
  const stop = new AbortController()
  let sent = 0
  const worker = runDeliveryWorker({
    store,
    workerId: 'bench',
    guard: createGuard({ allowPrivateTargets: ['127.0.0.1'] }),
    vault: createVault(Buffer.alloc(32)),
    version: 'bench',
    clock: Date.now,
    random: Math.random,
    signal: stop.signal,
    onSent: () => {
      sent += 1
      if (sent === DELIVERIES) stop.abort()
    },
    onError: console.error,
  })
  await worker.done
}

/** What a conversion leaves behind for its traffic source; every other target signs its calls. */
function buildDeliveries(port: number): Parameters<typeof enqueueDeliveries>[1] {
  const now = Date.now()
  return Array.from({ length: DELIVERIES }, (_, n) => ({
    id: newRecordId(now),
    workspace: 'bench',
    conversion_id: `conversion-${n}`,
    transition: 1,
    target_id: 'target',
    click_id: '',
    type: 'postback',
    method: 'GET',
    url: `http://127.0.0.1:${port}/postback?subid=source-${n}&payout=1.25`,
    body: '',
    content_type: '',
    state: 'pending' as const,
    reason: '',
    due_at: now,
    lease_owner: null,
    lease_until: null,
    attempts: 0,
    attempts_before: 0,
    created_at: now,
    updated_at: now,
  }))
}

async function countDelivered(store: Store): Promise<number> {
  const row = await store.db
    .selectFrom('deliveries')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('state', '=', 'delivered')
    .executeTakeFirstOrThrow()
  return row.count
}
