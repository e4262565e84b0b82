import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { EDGE_LIMITS } from './edge-limits.ts'
import { indexSnapshot } from './index-snapshot.ts'
import { loadSnapshotFile, saveSnapshotFile, snapshotPath } from './snapshot-file.ts'
import { EMPTY_INDEX, type SnapshotIndex } from './snapshot-index.ts'
import { SnapshotReader } from './snapshot-reader.ts'
import { requestOverUnixSocket } from './unix-request.ts'

/** Below every version. */
const NO_VERSION = -1

/** The configuration in force. `index` is replaced as a whole, so a request reads it once and sees one version. */
export type SnapshotSource = {
  readonly index: SnapshotIndex
  close(): Promise<void>
}

export type SnapshotSourceOptions = {
  readonly dataDir: string
  readonly coreSocketPath: string
  readonly edgeId: number
  readonly log: Logger
}

/**
 * Follows core's snapshots by long-poll: core answers at once when it has a newer one, so an edit is live within
 * a round trip. Starts from the copy on disk, and stays on the last known one while core is away.
 */
export async function startSnapshotSource(options: SnapshotSourceOptions): Promise<SnapshotSource> {
  const stop = new AbortController()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const reader = new SnapshotReader()
  const state = { index: await loadStartIndex(options, reader), confirmed: false }
  const following = follow({ ...options, agent, reader, state, signal: stop.signal })
  return {
    get index() {
      return state.index
    },
    async close() {
      stop.abort()
      agent.destroy()
      await following
    },
  }
}

type Follower = SnapshotSourceOptions & {
  readonly agent: Agent
  readonly reader: SnapshotReader
  /** Confirmed: core itself gave this version since it was last away. */
  readonly state: { index: SnapshotIndex; confirmed: boolean }
  readonly signal: AbortSignal
}

/** A damaged copy must not keep the edge from starting: core has the truth. */
async function loadStartIndex(
  { dataDir, log }: SnapshotSourceOptions,
  reader: SnapshotReader,
): Promise<SnapshotIndex> {
  try {
    const text = await loadSnapshotFile(snapshotPath(dataDir))
    return text === undefined ? EMPTY_INDEX : indexSnapshot(await reader.read(text), log)
  } catch (error) {
    log.error({ err: error }, 'the snapshot on disk cannot be read; waiting for core')
    return EMPTY_INDEX
  }
}

async function follow(follower: Follower): Promise<void> {
  let failures = 0
  while (!follower.signal.aborted) {
    try {
      const text = await poll(follower)
      failures = 0
      if (text !== undefined) await replace(follower, text)
    } catch (error) {
      if (follower.signal.aborted) return
      failures += 1
      if (failures === EDGE_LIMITS.snapshotFailuresQuiet) {
        follower.log.warn({ err: error }, 'core gives no snapshot; serving the last known one')
      }
      follower.state.confirmed = false
      await sleep(EDGE_LIMITS.snapshotRetryMs, undefined, { signal: follower.signal }).catch(() => undefined)
    }
  }
}

/**
 * The newer snapshot's text; undefined when there is none yet. After core was away whatever it has is taken: a
 * restored backup has a lower version than the one served here.
 */
async function poll({ agent, coreSocketPath, state, signal }: Follower): Promise<string | undefined> {
  const after = state.confirmed ? state.index.version : NO_VERSION
  const answer = await requestOverUnixSocket({
    agent,
    socketPath: coreSocketPath,
    method: 'GET',
    path: `/internal/snapshot?after=${after}`,
    timeoutMs: EDGE_LIMITS.snapshotPollTimeoutMs,
    answerBytesMax: EDGE_LIMITS.snapshotBytesMax,
    signal,
  })
  if (answer.status === 204) return undefined
  if (answer.status !== 200) throw new Error(`core answered ${answer.status} to the snapshot request`)
  return answer.text
}

/** Serves first, saves second: a full disk must not hold an edit back. */
async function replace({ reader, state, log, dataDir, edgeId }: Follower, text: string): Promise<void> {
  state.index = indexSnapshot(await reader.read(text), log)
  state.confirmed = true
  log.info({ version: state.index.version }, 'configuration replaced')
  try {
    await saveSnapshotFile(snapshotPath(dataDir), text, `edge-${edgeId}`)
  } catch (error) {
    log.error({ err: error }, 'the snapshot cannot be kept on disk; a restart without core would miss it')
  }
}
