import type { HitAnswer } from '../domain/hit.ts'
import { newRecordId } from '../store/ids.ts'
import { type ByHandDeps, buildReportedHit, findOwnVisits, hashKey, NO_VISIT } from './by-hand.ts'
import { findOwnPlaces, isWithoutClick, placeProblem } from './own-places.ts'

/** A conversion that a member reports without any request of a network. */
export type ManualConversion = {
  readonly workspace: string
  /**
   * Parameters under our names: event, payout, currency, txid, status, and whose it is: cid, or of an advertiser's
   * offer without a click offer and affiliate.
   */
  readonly params: Readonly<Record<string, string>>
  /** The same key again gets the first one's answer, and counts nothing; '' for none. */
  readonly key: string
  /** Whether the traffic source is told. */
  readonly notify: boolean
  /** `user:ID` or `key:ID`. */
  readonly actor: string
}

/**
 * Judges a conversion that a member reports: as a postback, without the checks of its sender.
 * @returns a reason when the visit, or the offer or affiliate, is none of the workspace's; nothing is kept then.
 * @throws JudgeUnavailableError, LedgerUnavailableError
 */
export async function reportConversion(
  deps: ByHandDeps,
  { workspace, params, key, notify, actor }: ManualConversion,
): Promise<{ readonly ok: true; readonly answer: HitAnswer } | ({ readonly ok: false } & NotOwn)> {
  const foreign = await findForeign(deps, workspace, params)
  if (foreign !== undefined) return { ok: false, ...foreign }
  const at = deps.clock()
  const id = `manual:${key === '' ? newRecordId(at) : hashKey(workspace, key)}`
  const hit = buildReportedHit({ id, kind: 'manual', at, params, notify, actor })
  const [answer] = await deps.judge.judge([hit])
  if (answer === undefined) throw new TypeError('the judge gave no answer')
  return { ok: true, answer }
}

type NotOwn = { readonly field: 'cid' | 'offer' | 'affiliate'; readonly reason: string }

async function findForeign(
  deps: ByHandDeps,
  workspace: string,
  params: ManualConversion['params'],
): Promise<NotOwn | undefined> {
  if (isWithoutClick(params)) return placeProblem(params, await findOwnPlaces(deps, workspace, [params]))
  const cid = params.cid ?? ''
  const visits = await findOwnVisits(deps, workspace, [cid])
  return visits.has(cid) ? undefined : { field: 'cid', reason: NO_VISIT }
}
