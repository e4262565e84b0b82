import type { HitAnswer } from '../domain/hit.ts'
import { newRecordId } from '../store/ids.ts'
import { type ByHandDeps, buildReportedHit, findOwnVisits, hashKey, NO_VISIT } from './by-hand.ts'

/** A conversion that a member reports without any request of a network. */
export type ManualConversion = {
  readonly workspace: string
  /** Parameters under our names: cid, event, payout, currency, txid, status. */
  readonly params: Readonly<Record<string, string>> & { readonly cid: string }
  /** The same key again gets the first one's answer, and counts nothing; '' for none. */
  readonly key: string
  /** Whether the traffic source is told. */
  readonly notify: boolean
  /** `user:ID` or `key:ID`. */
  readonly actor: string
}

/**
 * Judges a conversion that a member reports: as a postback, without the checks of its sender.
 * @returns a reason when the click id is of no visit of the workspace; nothing is kept then.
 * @throws JudgeUnavailableError, LedgerUnavailableError
 */
export async function reportConversion(
  deps: ByHandDeps,
  { workspace, params, key, notify, actor }: ManualConversion,
): Promise<
  { readonly ok: true; readonly answer: HitAnswer } | { readonly ok: false; readonly reason: string }
> {
  const visits = await findOwnVisits(deps, workspace, [params.cid])
  if (!visits.has(params.cid)) return { ok: false, reason: NO_VISIT }
  const at = deps.clock()
  const id = `manual:${key === '' ? newRecordId(at) : hashKey(workspace, key)}`
  const hit = buildReportedHit({ id, kind: 'manual', at, params, notify, actor })
  const [answer] = await deps.judge.judge([hit])
  if (answer === undefined) throw new TypeError('the judge gave no answer')
  return { ok: true, answer }
}
