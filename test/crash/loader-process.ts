import { join } from 'node:path'
import { journalEnd, listJournals } from '../../src/journal/journal-directory.ts'
import { comparePositions } from '../../src/journal/position.ts'
import { openLedger } from '../../src/ledger/open-ledger.ts'
import { countOutbox } from '../../src/store/ledger-outbox.ts'
import { createLoaderProgress } from '../../src/store/loader-progress.ts'
import { openStore } from '../../src/store/open-store.ts'
import { ledgerSums, startLoader, until } from '../support/ledger-world.ts'

/**
 * A core's loader as a process of its own. Kills itself, as a power switch does, before or after one of the calls it
 * makes, e.g. `before progress.finish`; without a point it loads everything, prints the ledger's sums and ends.
 */
const [dataDir = '', when = '', point = ''] = process.argv.slice(2)

const store = await openStore({ dataDir, databaseUrl: '' })
const ledger = await openLedger({ clickhouseUrl: '', dataDir })
const loading = startLoader({ dataDir, store, ledger, wrap: withKill })
const progress = createLoaderProgress(store.db)
await until(isEverythingLoaded)
await loading.stop()
process.stdout.write(JSON.stringify(await ledgerSums(ledger)))
await ledger.close()
await store.close()

async function isEverythingLoaded(): Promise<boolean> {
  if ((await countOutbox(store.db)) > 0) return false
  for (const { name, dir } of await listJournals(join(dataDir, 'journal'))) {
    const { checkpoint } = await progress.load(name)
    const end = await journalEnd(dir)
    // A writer that was closed without a record leaves an empty segment behind the last checkpoint.
    if (end.offset > 0 && (checkpoint === undefined || comparePositions(checkpoint, end) < 0)) return false
  }
  return true
}

function withKill<T extends object>(name: string, part: T): T {
  return new Proxy(part, {
    get: (target, method) => {
      const value: unknown = Reflect.get(target, method)
      if (typeof value !== 'function' || `${name}.${String(method)}` !== point) return value
      return async (...args: unknown[]) => {
        if (when === 'before') process.kill(process.pid, 'SIGKILL')
        const result: unknown = await Reflect.apply(value, target, args)
        if (when === 'after') process.kill(process.pid, 'SIGKILL')
        return result
      }
    },
  })
}
