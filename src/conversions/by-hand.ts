import { createHash } from 'node:crypto'
import { type ClickIdKey, verifyClickId } from '../domain/click-id.ts'
import type { Hit } from '../domain/hit.ts'
import type { ClickLookup } from '../ledger/click-lookup.ts'
import type { FoundVisit } from '../ledger/find-in-ledger.ts'
import type { Store } from '../store/open-store.ts'
import type { Judge } from './judge.ts'

/** What members of a workspace report and match by hand needs. */
export type ByHandDeps = {
  readonly store: Store
  readonly judge: Judge
  readonly lookup: ClickLookup
  readonly clickIdKey: ClickIdKey
  /** Unix milliseconds. */
  readonly clock: () => number
}

/** Of a click id that is genuine. Whether another workspace has its visit is not told. */
export const NO_VISIT = 'no visit of this workspace has that click id'

const KEY_HASH_CHARS = 32

/** What keeps notifications of a hit from being sent; read by the judge. */
const WITHOUT_NOTIFICATIONS = ['disable_postback', '1'] as const

/**
 * The visits among the click ids that belong to the workspace. The judge takes a click id for what it is, whoever
 * names it, and asks a network for its token; what a member reports passes without, so it may only ever be about
 * the member's own visits.
 * @throws LedgerUnavailableError
 */
export async function findOwnVisits(
  deps: Pick<ByHandDeps, 'lookup' | 'clickIdKey'>,
  workspace: string,
  clickIds: readonly string[],
): Promise<ReadonlyMap<string, FoundVisit>> {
  const genuine = new Set(clickIds.filter((id) => verifyClickId(id, deps.clickIdKey).ok))
  if (genuine.size === 0) return new Map()
  const found = await deps.lookup.findVisits([...genuine])
  return new Map([...found].filter(([, { visit }]) => visit.workspace === workspace))
}

/** A hit that a member or a key of theirs reports: it came by no request, so nothing about its sender is known. */
export function buildReportedHit(report: {
  readonly id: string
  readonly kind: 'upload' | 'manual' | 'update'
  readonly at: number
  readonly params: Readonly<Record<string, string>>
  readonly notify: boolean
  /** `user:ID` or `key:ID`. */
  readonly actor: string
}): Hit {
  const { id, kind, at, params, notify, actor } = report
  return {
    id,
    kind,
    at,
    method: '',
    host: '',
    path: '',
    rawQuery: '',
    params: [...Object.entries(params), ...(notify ? [] : [WITHOUT_NOTIFICATIONS])],
    ip: '',
    userAgent: '',
    referrer: '',
    reportedBy: actor,
  }
}

/** A part of a hit's id that is the same for the same key: keys of different workspaces never meet. */
export function hashKey(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, KEY_HASH_CHARS)
}
