import type { HitAnswer } from '../domain/hit.ts'
import { appendAudit } from '../store/audit-log.ts'
import { findHits, type JudgedHit, listHits, saveMatch } from '../store/hits.ts'
import { inTransaction } from '../store/transaction.ts'
import { type ByHandDeps, findOwnVisits, NO_VISIT } from './by-hand.ts'

export const REMATCH_HITS_MAX = 1_000
/** One call of the judge. */
const BATCH_HITS_MAX = 200

export type MatchResult =
  | { readonly ok: true; readonly answer: HitAnswer }
  | {
      readonly ok: false
      readonly problem: 'no_hit' | 'not_unmatched' | 'no_visit' | 'request_gone'
      readonly reason: string
    }

/**
 * Says by hand which visit an unmatched hit means, and judges it anew. A hit of no workspace can be claimed by one
 * that the visit belongs to.
 * @throws JudgeUnavailableError, LedgerUnavailableError; the match is kept, and the hit judged by itself later.
 */
export async function matchHit(
  deps: ByHandDeps,
  wanted: {
    readonly workspace: string
    readonly hitId: string
    readonly clickId: string
    readonly actor: string
    /** Whether the caller may take a hit of no workspace. */
    readonly mayClaim: boolean
  },
): Promise<MatchResult> {
  const { workspace, hitId, clickId, actor, mayClaim } = wanted
  const { db } = deps.store
  const hit = (await findHits(db, [hitId])).get(hitId)
  const isOwn = hit?.workspace === workspace
  const isUnclaimed = hit?.workspace === '' && mayClaim
  if (hit === undefined || !(isOwn || isUnclaimed)) return refusal('no_hit', 'there is no such hit')
  const visits = await findOwnVisits(deps, workspace, [clickId])
  if (!visits.has(clickId)) {
    // Nobody learns of a hit of no workspace before it is shown to be theirs.
    return isOwn ? refusal('no_visit', NO_VISIT) : refusal('no_hit', 'there is no such hit')
  }
  if (hit.outcome !== 'unmatched') return refusal('not_unmatched', `the hit is ${hit.outcome} already`)
  if (hit.request.removed !== undefined) return refusal('request_gone', GONE)
  const request = { ...hit.request, matchedClickId: clickId }
  await inTransaction(db, async (trx) => {
    const at = deps.clock()
    await saveMatch(trx, request, at)
    const subject = { subjectType: 'hit', subjectId: hitId }
    await appendAudit(trx, { workspace, at, actor, action: 'hit.match', ...subject, detail: { clickId } })
  })
  const [answer] = await deps.judge.rejudge([request])
  if (answer === undefined) throw new TypeError('the judge gave no answer')
  return { ok: true, answer }
}

const GONE = 'its request is no longer kept, so that it can not be judged again'

function refusal(problem: (MatchResult & { ok: false })['problem'], reason: string): MatchResult {
  return { ok: false, problem, reason }
}

/**
 * Judges unmatched hits of the workspace anew: those named, or the newest of all. Without its request none can be.
 * @returns how many were judged, and how many of them are unmatched no more.
 * @throws JudgeUnavailableError
 */
export async function rematchHits(
  deps: Pick<ByHandDeps, 'store' | 'judge'>,
  workspace: string,
  which: { readonly ids: readonly string[] } | { readonly all: true },
): Promise<{ readonly judged: number; readonly matched: number }> {
  const found = 'ids' in which ? await namedHits(deps, workspace, which.ids) : await allHits(deps, workspace)
  const hits = found.filter(({ request }) => request.removed === undefined)
  let matched = 0
  for (let start = 0; start < hits.length; start += BATCH_HITS_MAX) {
    const batch = hits.slice(start, start + BATCH_HITS_MAX)
    const answers = await deps.judge.rejudge(batch.map(({ request }) => request))
    matched += answers.filter(({ outcome }) => outcome !== 'unmatched').length
  }
  return { judged: hits.length, matched }
}

async function namedHits(
  { store }: Pick<ByHandDeps, 'store'>,
  workspace: string,
  ids: readonly string[],
): Promise<readonly JudgedHit[]> {
  const found = await findHits(store.db, ids)
  return [...found.values()].filter((hit) => hit.workspace === workspace && hit.outcome === 'unmatched')
}

async function allHits(
  { store }: Pick<ByHandDeps, 'store'>,
  workspace: string,
): Promise<readonly JudgedHit[]> {
  const hits: JudgedHit[] = []
  let cursor: string | undefined
  do {
    const limit = Math.min(BATCH_HITS_MAX, REMATCH_HITS_MAX - hits.length)
    const page = await listHits(store.db, workspace, { outcome: 'unmatched' }, { limit, cursor })
    hits.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined && hits.length < REMATCH_HITS_MAX)
  return hits
}
