import { createGuard } from '../../src/delivery/guard.ts'
import { runDeliveryWorker } from '../../src/delivery/worker.ts'
import { openStore } from '../../src/store/open-store.ts'
import { createVault } from '../../src/store/vault.ts'

/** A delivery worker in a process of its own: begins when told to, and says how many it has delivered. */
const TELL_EVERY_MS = 20

const [dataDir = '', databaseUrl = '', totalTimeoutMs = '15000'] = process.argv.slice(2)
const store = await openStore({ dataDir, databaseUrl })
const stop = new AbortController()
let delivered = 0
process.send?.('ready')
process.once('message', () => {
  const worker = runDeliveryWorker({
    store,
    workerId: `bench-${process.pid}`,
    guard: createGuard({ allowPrivateTargets: ['127.0.0.0/8'] }),
    vault: createVault(Buffer.alloc(32)),
    version: 'bench',
    clock: Date.now,
    random: Math.random,
    totalTimeoutMs: Number(totalTimeoutMs),
    signal: stop.signal,
    onSent: ({ outcome }) => {
      if (outcome.kind === 'delivered') delivered += 1
    },
    onError: console.error,
  })
  const telling = setInterval(() => process.send?.(delivered), TELL_EVERY_MS)
  process.once('disconnect', () => {
    clearInterval(telling)
    stop.abort()
    void worker.done.then(() => process.exit())
  })
})
