import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig } from '../config.ts'
import { startEdge } from '../edge/server.ts'
import { JournalWriter } from '../journal/journal-writer.ts'
import { loadInstanceSecret } from './instance-secret.ts'
import { createProcessLog } from './process-log.ts'
import { untilAskedToStop } from './until-asked-to-stop.ts'

/** `trailpost edge`: answers the public port until asked to stop. Needs neither core nor any store to run. */
export async function runEdge(edgeId: number): Promise<void> {
  const config = loadConfig()
  const log = createProcessLog(config, `edge-${edgeId}`)
  mkdirSync(join(config.dataDir, 'run'), { recursive: true })
  const journal = await JournalWriter.open({
    dir: join(config.dataDir, 'journal', `edge-${edgeId}`),
    durability: config.durability,
  })
  const edge = await startEdge({
    edgeId,
    host: config.publicHost,
    port: config.publicPort,
    dataDir: config.dataDir,
    publicUrl: config.publicUrl,
    secret: loadInstanceSecret(config),
    trustedProxies: config.trustedProxies,
    geoDatabase: config.geoDatabase,
    asnDatabase: config.asnDatabase,
    journal,
    log,
  })
  process.send?.({ ready: { publicPort: edge.port } })
  await untilAskedToStop(log, edge.close)
}
