import type { ClickIdKey } from '../domain/click-id.ts'
import { findUnmatchedCause, type UnmatchedValue } from '../domain/unmatched-reason.ts'
import { searchHits } from '../store/hit-search.ts'
import type { JudgedHit } from '../store/hits.ts'
import type { Db } from '../store/transaction.ts'

/** Of the inbox, so many of the newest are grouped. */
export const UNMATCHED_HITS_MAX = 10_000
const PAGE_HITS = 500

/** Unmatched hits that have one cause. */
export type UnmatchedGroup = {
  /** Names the group, as long as hits of it are in the inbox. */
  readonly key: string
  readonly affiliateNetworkId: string
  readonly advertiserId: string
  readonly reason: string
  readonly param: string
  readonly value: UnmatchedValue
  /** Newest first. */
  readonly hits: readonly JudgedHit[]
}

export type UnmatchedInbox = {
  /** The largest first. */
  readonly groups: readonly UnmatchedGroup[]
  /** How far back hits were looked at, Unix milliseconds; null for all. */
  readonly searchedTo: number | null
}

/** Groups the newest of the workspace's unmatched hits by their sender, reason and what stood for the click id. */
export async function loadUnmatchedGroups(
  db: Db,
  workspace: string,
  clickIdKey: ClickIdKey,
): Promise<UnmatchedInbox> {
  const hits: JudgedHit[] = []
  let cursor: string | undefined
  let searchedTo: number | null = null
  do {
    const page = await searchHits(db, workspace, { outcomes: ['unmatched'] }, { limit: PAGE_HITS, cursor })
    hits.push(...page.items)
    cursor = page.nextCursor ?? undefined
    searchedTo = page.searchedTo
  } while (cursor !== undefined && hits.length < UNMATCHED_HITS_MAX)
  return { groups: toGroups(hits, clickIdKey), searchedTo }
}

function toGroups(hits: readonly JudgedHit[], clickIdKey: ClickIdKey): readonly UnmatchedGroup[] {
  const causes = hits.map((hit) => {
    const { affiliateNetworkId, advertiserId, reason, rematchAt, request } = hit
    const cause = findUnmatchedCause(request, { key: clickIdKey, isTried: rematchAt !== null })
    return { hit, common: { affiliateNetworkId, advertiserId, reason, ...cause } }
  })
  const byKey = Map.groupBy(causes, ({ common }) => keyOf(Object.values(common)))
  return [...byKey]
    .flatMap(([key, own]) => {
      const [first] = own
      return first === undefined ? [] : [{ key, ...first.common, hits: own.map(({ hit }) => hit) }]
    })
    .sort((a, b) => b.hits.length - a.hits.length)
}

function keyOf(values: readonly string[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}
