import { createJudge, type Judge } from '../../src/conversions/judge.ts'
import { type ClickIdKey, createClickIdMaker } from '../../src/domain/click-id.ts'
import { createClickIdKey } from '../../src/domain/click-id-key.ts'
import type { Hit } from '../../src/domain/hit.ts'
import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import type { ClickLookup } from '../../src/ledger/click-lookup.ts'
import type { FoundVisit } from '../../src/ledger/find-in-ledger.ts'
import type { Store } from '../../src/store/open-store.ts'

/** 2026-11-22T10:00:00Z. */
export const WORLD_NOW = Date.UTC(2026, 10, 22, 10)

/** A judge over a ledger in memory, and the hits that it is given. */
export type JudgeRig = {
  readonly store: Store
  readonly judge: Judge
  /** The judge of another process, over a store of its own on the same database. */
  anotherJudge(store: Store): Judge
  readonly lookup: ClickLookup
  readonly clickIdKey: ClickIdKey
  /** Visits that the ledger knows. */
  readonly visits: Map<string, FoundVisit>
  /** Makes a click id that the ledger does not know. */
  clickId(): string
  /** Makes a visit that the ledger knows, a minute before the world's time. */
  readonly recordVisit: (dimensions: Partial<LedgerRow> & Pick<LedgerRow, 'workspace'>) => string
  /** A postback with the parameters, in the query. */
  hit(params: Readonly<Record<string, string>>, changes?: Partial<Hit>): Hit
  /** The ledger's fault, thrown by look-ups while set. */
  fault: { ledger: Error | undefined }
  /** Unix milliseconds; tests move it. */
  time: { now: number }
}

const KEY = createClickIdKey(new Uint8Array(32).fill(7))

export function createJudgeRig(store: Store): JudgeRig {
  const visits = new Map<string, FoundVisit>()
  const fault: JudgeRig['fault'] = { ledger: undefined }
  const time = { now: WORLD_NOW }
  const makeClickId = createClickIdMaker({ key: KEY, processId: 1, randomBits: () => 1 })
  const hits = { count: 0 }
  const lookup: ClickLookup = {
    findVisits: async (wanted) => {
      if (fault.ledger !== undefined) throw fault.ledger
      return new Map(
        wanted.flatMap((id) => {
          const visit = visits.get(id)
          return visit === undefined ? [] : [[id, visit] as const]
        }),
      )
    },
  }
  const judgeOver = (own: Store) =>
    createJudge({
      store: own,
      ledgerLookup: lookup,
      clock: () => time.now,
      clickIdKey: KEY,
      ownHosts: ['track.example'],
    })
  return {
    store,
    visits,
    fault,
    time,
    lookup,
    clickIdKey: KEY,
    judge: judgeOver(store),
    anotherJudge: judgeOver,
    clickId: () => makeClickId(time.now),
    recordVisit(dimensions) {
      const clickId = makeClickId(time.now)
      const visitAt = time.now - 60_000
      const times = { at: visitAt, visit_at: visitAt }
      const visit: LedgerRow = { kind: 'visit', ...times, click_id: clickId, visits: 1, ...dimensions }
      visits.set(clickId, { visit, lastClickOfferId: '', lastClickNetworkId: '', clicks: 1 })
      return clickId
    },
    hit(params, changes = {}) {
      hits.count += 1
      return {
        id: `hit-${hits.count}`,
        kind: 'postback',
        at: time.now,
        method: 'GET',
        host: 'track.example',
        path: '/postback',
        rawQuery: new URLSearchParams(params).toString(),
        params: Object.entries(params),
        ip: '192.0.2.10',
        userAgent: 'curl',
        referrer: '',
        ...changes,
      }
    },
  }
}
