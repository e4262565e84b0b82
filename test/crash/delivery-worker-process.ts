import { createGuard } from '../../src/delivery/guard.ts'
import { runDeliveryWorker } from '../../src/delivery/worker.ts'
import { openStore } from '../../src/store/open-store.ts'
import { TEST_VAULT } from '../support/test-vault.ts'

/** A delivery worker as a process of its own, for tests that kill it. */
const [dataDir = '', databaseUrl = '', workerId = '', clockAheadMs = '0'] = process.argv.slice(2)
const store = await openStore({ dataDir, databaseUrl })
const abort = new AbortController()
process.once('SIGTERM', () => abort.abort())
const worker = runDeliveryWorker({
  store,
  workerId,
  guard: createGuard({ allowPrivateTargets: ['127.0.0.0/8'] }),
  vault: TEST_VAULT,
  version: '0.0.0',
  clock: () => Date.now() + Number(clockAheadMs),
  random: Math.random,
  signal: abort.signal,
})
await worker.done
await store.close()
