import { loadConfig } from '../config.ts'
import { startEdgeProcess } from '../server.ts'
import { loadInstanceSecret } from './instance-secret.ts'
import { createProcessLog } from './process-log.ts'
import { untilAskedToStop } from './until-asked-to-stop.ts'

/** `trailpost edge`: answers the public port until asked to stop. */
export async function runEdge(id: number): Promise<void> {
  const config = loadConfig()
  const log = createProcessLog(config, `edge-${id}`)
  const edge = await startEdgeProcess({ config, edgeId: id, secret: loadInstanceSecret(config), log })
  process.send?.({ ready: { publicPort: edge.port } })
  await untilAskedToStop(log, edge.close)
}
