import type { HitAnswer } from '../domain/hit.ts'
import { newRecordId } from '../store/ids.ts'
import { type ByHandDeps, buildReportedHit, findOwnVisits, hashKey } from './by-hand.ts'

/** New values for a visit that a member or a key of its workspace reports. */
export type ReportedUpdate = {
  readonly workspace: string
  readonly clickId: string
  /** Named as a hit of kind 'update' names them (domain/visit-values.ts). */
  readonly params: Readonly<Record<string, string>>
  /** The same key again for the same visit gets the first one's answer, and changes nothing; '' for none. */
  readonly key: string
  /** `user:ID` or `key:ID`. */
  readonly actor: string
}

/**
 * Judges an update of a visit as one that comes over the wire.
 * @returns undefined when the click id is of no visit of the workspace; nothing is kept then.
 * @throws JudgeUnavailableError, LedgerUnavailableError
 */
export async function updateVisit(deps: ByHandDeps, update: ReportedUpdate): Promise<HitAnswer | undefined> {
  const { workspace, clickId, key, actor } = update
  const visits = await findOwnVisits(deps, workspace, [clickId])
  if (!visits.has(clickId)) return undefined
  const at = deps.clock()
  const id = `update:${key === '' ? newRecordId(at) : hashKey(workspace, clickId, key)}`
  const params = { ...update.params, cid: clickId }
  const hit = buildReportedHit({ id, kind: 'update', at, params, notify: true, actor })
  const [answer] = await deps.judge.judge([hit])
  if (answer === undefined) throw new TypeError('the judge gave no answer')
  return answer
}
