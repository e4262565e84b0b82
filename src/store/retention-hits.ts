import { sql } from 'kysely'
import type { Hit, HitOutcome, HitRemoval } from '../domain/hit.ts'
import { hasLostProof, treatHit, withoutRequest } from '../domain/hit-removal.ts'
import type { Treatment } from '../domain/personal-data.ts'
import type { Db } from './transaction.ts'
import { nextPlace, type Walked, type WalkStep, walkedBy } from './walk.ts'

type HitText = {
  readonly id: string
  readonly received_at: number
  readonly outcome: HitOutcome
  readonly ip: string
  readonly reason: string
  readonly request_json: string
  readonly steps_json: string
  readonly rematch_at: number | null
}

/**
 * Takes the requests of old hits away; what became of each hit and who sent it stays. A hit without its request can not
 * be judged again, so none waits for that.
 */
export async function removeHitRequests(
  db: Db,
  step: WalkStep,
  removed: Exclude<HitRemoval, 'erased'>,
): Promise<Walked> {
  const hits = await readHits(db, step)
  let [rows, bytes] = [0, 0]
  for (const hit of hits) {
    const request: Hit = JSON.parse(hit.request_json)
    if (request.removed !== undefined) continue
    const request_json = JSON.stringify(withoutRequest(request, removed))
    const changes = { request_json, steps_json: '', rematch_at: null }
    await db.updateTable('hits').set(changes).where('id', '=', hit.id).execute()
    rows += 1
    bytes += Buffer.byteLength(hit.request_json + hit.steps_json) - Buffer.byteLength(request_json)
  }
  const last = hits.at(-1)
  return {
    rows,
    bytes,
    next: nextPlace(hits.length, step.limit, last && { at: last.received_at, id: last.id }),
  }
}

/**
 * Treats address and user agent of old hits, wherever the hit repeats them. An unmatched hit whose signature covered one
 * of them loses its request: judged again, its sender would be told that the signature is wrong.
 * @param treatmentAt of hits of a moment
 */
export async function treatHits(
  db: Db,
  step: WalkStep,
  treatmentAt: (atMs: number) => Treatment,
): Promise<Walked> {
  const hits = await readHits(db, step)
  let rows = 0
  for (const hit of hits) {
    const changes = treated(hit, treatmentAt(hit.received_at))
    if (changes.request_json === hit.request_json && changes.ip === hit.ip && hit.steps_json === '') continue
    await db.updateTable('hits').set(changes).where('id', '=', hit.id).execute()
    rows += 1
  }
  const last = hits.at(-1)
  return {
    rows,
    bytes: 0,
    next: nextPlace(hits.length, step.limit, last && { at: last.received_at, id: last.id }),
  }
}

function treated(hit: HitText, treatment: Treatment) {
  const before: Hit = JSON.parse(hit.request_json)
  const after = treatHit(before, treatment)
  const isLost = hit.outcome === 'unmatched' && hasLostProof(before, after)
  const ip = treatment.address(hit.ip)
  return {
    ip,
    reason: hit.ip === '' ? hit.reason : hit.reason.replaceAll(hit.ip, ip),
    request_json: JSON.stringify(isLost ? withoutRequest(after, 'age') : after),
    rematch_at: isLost ? null : hit.rematch_at,
    // What a test hit went through names the address.
    steps_json: '',
  }
}

/** When the first hit behind the step's place arrived whose request is there; undefined when there is none. */
export async function oldestRequestAt(
  db: Db,
  { workspace, after }: Pick<WalkStep, 'workspace' | 'after'>,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('hits')
    .select('received_at')
    .where('workspace', '=', workspace)
    .where(walkedBy('received_at', { workspace, after, before: Number.MAX_SAFE_INTEGER, limit: 1 }))
    .where(sql<string>`substr(request_json, 1, 11)`, '<>', '{"removed":')
    .orderBy('received_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row?.received_at
}

async function readHits(db: Db, step: WalkStep): Promise<readonly HitText[]> {
  return await db
    .selectFrom('hits')
    .select(['id', 'received_at', 'outcome', 'ip', 'reason', 'request_json', 'steps_json', 'rematch_at'])
    .where('workspace', '=', step.workspace)
    .where(walkedBy('received_at', step))
    .orderBy('received_at')
    .orderBy('id')
    .limit(step.limit)
    .execute()
}
