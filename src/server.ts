import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { startEdge } from './edge/server.ts'
import { JournalWriter } from './journal/journal-writer.ts'

/** The composition root: the only place where the parts are joined. */

export type EdgeProcess = { readonly port: number; readonly close: () => Promise<void> }

/** One edge with its journal. Needs neither core nor any store to run. */
export async function startEdgeProcess(options: {
  readonly config: Config
  readonly edgeId: number
  readonly secret: Uint8Array
  readonly log: Logger
}): Promise<EdgeProcess> {
  const { config, edgeId } = options
  mkdirSync(join(config.dataDir, 'run'), { recursive: true })
  const journal = await JournalWriter.open({
    dir: join(journalRoot(config), `edge-${edgeId}`),
    durability: config.durability,
  })
  return await startEdge({
    edgeId,
    host: config.publicHost,
    port: config.publicPort,
    dataDir: config.dataDir,
    publicUrl: config.publicUrl,
    secret: options.secret,
    trustedProxies: config.trustedProxies,
    geoDatabase: config.geoDatabase,
    asnDatabase: config.asnDatabase,
    journal,
    log: options.log,
  })
}

function journalRoot(config: Config): string {
  return join(config.dataDir, 'journal')
}
