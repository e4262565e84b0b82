import type { ClickIdKey } from '../domain/click-id.ts'
import type { ConversionChange } from '../domain/conversion-types.ts'
import type { Hit, HitAnswer, RenderedPixel } from '../domain/hit.ts'
import type { ClickLookup } from '../ledger/click-lookup.ts'
import { loadAffiliateOffers } from '../store/affiliate-offers.ts'
import type { Transition } from '../store/conversions.ts'
import { findHits, type JudgedHit } from '../store/hits.ts'
import { lockKeys } from '../store/lock-keys.ts'
import type { Store } from '../store/open-store.ts'
import { isConflictError } from '../store/store-error.ts'
import type { Db } from '../store/transaction.ts'
import { locksOfCaps } from './caps.ts'
import { canonicalSignature } from './check-sender.ts'
import { CommitQueue } from './commit-queue.ts'
import { ConfigurationCache } from './configuration-cache.ts'
import { CONVERSION_LIMITS } from './conversion-limits.ts'
import { locksOfFields, locksOfOrder } from './conversion-lock.ts'
import type { Court } from './court.ts'
import { Docket, type DocketVisit } from './docket.ts'
import { isCausedByHit, JudgeUnavailableError, UnopenedVisitsError } from './judge-error.ts'
import { judgeHit, type PreparedHit, readHit, unjudgeable } from './judge-hit.ts'
import { offerIdOf } from './resolve-visit.ts'

export type JudgeDeps = {
  readonly store: Store
  readonly ledgerLookup: ClickLookup
  /** Unix milliseconds. */
  readonly clock: () => number
  readonly clickIdKey: ClickIdKey
  /** Host names of this installation, lower case, without port. */
  readonly ownHosts: readonly string[]
  /** After a commit, which may have made deliveries and ledger rows: wakes those who wait for them. */
  readonly onCommit?: () => void
}

export type Judge = {
  /**
   * Judges hits and records what they cause; answers in the order of the hits. Idempotent by hit id: a hit
   * judged before gets the same answer, and counts nothing.
   * @throws JudgeUnavailableError when the store or the ledger is away; nothing of the hits is recorded then,
   * or all of it when only the answer was lost, and they may be judged again.
   */
  judge(hits: readonly Hit[], options?: JudgeOptions): Promise<readonly HitAnswer[]>
  /** The same for unmatched hits, which are judged anew; others keep their outcome. */
  rejudge(hits: readonly Hit[]): Promise<readonly HitAnswer[]>
  /**
   * What judging the hits now, one after the other, would come to: all of it is undone again, and nobody is told.
   * @throws as `judge`
   */
  rehearse(hits: readonly Hit[]): Promise<readonly Rehearsed[]>
}

/** What a hit would come to, and what it would do to a conversion; null when nothing. */
export type Rehearsed = Pick<HitAnswer, 'outcome' | 'reason'> & {
  readonly change: ConversionChange | null
}

export type JudgeOptions = {
  /** An edge waits, to pass the answers on: pixels can be shown by them. Without it nothing is shown. */
  readonly edgeWaits: boolean
}

type Case = PreparedHit & { readonly again: boolean }

/** Hits of one transaction, and visits besides their own that they decide on. */
type Docketed = { readonly cases: readonly Case[]; readonly others: readonly DocketVisit[] }

/**
 * ```
 * judge(hits) ─▶ read ─▶ look visits up ─▶ queue ─▶ one transaction for many hits:
 *                                                   locks ─▶ known answers ─▶ judge and record each ─▶ commit
 * ```
 * Look-ups of one call run while other calls commit. A transaction that fails because of one hit's values is
 * run again hit by hit, so that the others go through.
 */
export function createJudge(deps: JudgeDeps): Judge {
  const cache = new ConfigurationCache()
  const queue = new CommitQueue<Case, HitAnswer>((cases) => commitGroup(deps, cache, cases))
  return {
    judge: async (hits, { edgeWaits } = { edgeWaits: false }) =>
      await queue.add(await prepare(deps, hits, { again: false, edgeWaits })),
    rejudge: async (hits) => await queue.add(await prepare(deps, hits, { again: true, edgeWaits: false })),
    rehearse: async (hits) =>
      await rehearse(deps, cache, await prepare(deps, hits, { again: false, edgeWaits: false })),
  }
}

async function prepare(
  deps: JudgeDeps,
  hits: readonly Hit[],
  how: Pick<Case, 'again' | 'edgeWaits'>,
): Promise<readonly Case[]> {
  const read = hits.map((hit) => readHit(hit, deps.clickIdKey))
  const clickIds = new Set(read.flatMap(({ candidates }) => candidates.genuine.map(({ clickId }) => clickId)))
  if (clickIds.size === 0) return read.map((one) => ({ ...one, ...how, visits: new Map() }))
  try {
    const visits = await deps.ledgerLookup.findVisits([...clickIds])
    return read.map((one) => ({ ...one, ...how, visits }))
  } catch (error) {
    throw new JudgeUnavailableError('ledger', error)
  }
}

async function commitGroup(
  deps: JudgeDeps,
  cache: ConfigurationCache,
  cases: readonly Case[],
): Promise<readonly HitAnswer[]> {
  try {
    return await commit(deps, cases, (db, others) => judgeAll(db, deps, cache, { cases, others }))
  } catch (error) {
    if (!isCausedByHit(error)) throw new JudgeUnavailableError('store', error)
  }
  const answers: HitAnswer[] = []
  for (const one of cases) answers.push(await commitAlone(deps, cache, one))
  return answers
}

/** Ends a transaction as a failure does, so that nothing of it stays. */
class RehearsedError extends Error {
  readonly rehearsed: readonly Rehearsed[]

  constructor(rehearsed: readonly Rehearsed[]) {
    super('a rehearsal is over')
    this.name = 'RehearsedError'
    this.rehearsed = rehearsed
  }
}

async function rehearse(
  deps: JudgeDeps,
  cache: ConfigurationCache,
  cases: readonly Case[],
): Promise<readonly Rehearsed[]> {
  try {
    await commit(deps, cases, async (db, others) => {
      const { court, answers } = await hear(db, deps, cache, { cases, others })
      throw new RehearsedError(
        answers.map(({ hit, outcome, reason }) => ({
          outcome,
          ...(reason !== undefined && { reason }),
          change: toChange(court.docket.transitionOf(hit)),
        })),
      )
    })
  } catch (error) {
    if (error instanceof RehearsedError) return error.rehearsed
    throw isCausedByHit(error) ? error : new JudgeUnavailableError('store', error)
  }
  throw new TypeError('a rehearsal was kept')
}

/** What is told of a transition. */
function toChange(transition: Transition | undefined): ConversionChange | null {
  if (transition === undefined) return null
  const { fromStatus, toStatus, fromRevenueMicros, toRevenueMicros, fromPayoutMicros, toPayoutMicros } =
    transition
  return { fromStatus, toStatus, fromRevenueMicros, toRevenueMicros, fromPayoutMicros, toPayoutMicros }
}

async function commitAlone(deps: JudgeDeps, cache: ConfigurationCache, one: Case): Promise<HitAnswer> {
  try {
    return first(
      await commit(deps, [one], (db, others) => judgeAll(db, deps, cache, { cases: [one], others })),
    )
  } catch (error) {
    if (!isCausedByHit(error)) throw new JudgeUnavailableError('store', error)
    return first(await commit(deps, [one], (db) => keepUnjudged(db, deps, cache, { one, error })))
  }
}

/**
 * Runs the work in a transaction that holds the locks of the hits, of their click ids and of what else they repeat.
 * @param work with the visits besides the hits' own that an earlier run has found to be decided on.
 */
async function commit(
  { store, onCommit }: JudgeDeps,
  cases: readonly Case[],
  work: (db: Db, others: readonly DocketVisit[]) => Promise<readonly HitAnswer[]>,
): Promise<readonly HitAnswer[]> {
  const others: DocketVisit[] = []
  const keys = cases.flatMap(({ hit, parsed, candidates }) => [
    hit.id,
    ...candidates.genuine.map(({ clickId }) => clickId),
    ...locksOfFields(parsed.fields),
  ])
  for (let tries = 1; ; tries++) {
    try {
      const answers = await store.db.transaction().execute(async (db) => {
        await lockKeys(db, store.engine, [...keys, ...others.map(({ click_id: clickId }) => clickId)])
        return await work(db, others)
      })
      onCommit?.()
      return answers
    } catch (error) {
      const isUnopened = error instanceof UnopenedVisitsError
      if (!(isUnopened || isConflictError(error)) || tries >= CONVERSION_LIMITS.commitTriesMax) throw error
      if (isUnopened) others.push(...error.visits)
    }
  }
}

async function judgeAll(
  db: Db,
  deps: JudgeDeps,
  cache: ConfigurationCache,
  docketed: Docketed,
): Promise<readonly HitAnswer[]> {
  const { court, answers } = await hear(db, deps, cache, docketed)
  await court.docket.write(db)
  return answers
}

/** Judges each hit; what that causes is in the docket, and not written yet. */
async function hear(
  db: Db,
  deps: JudgeDeps,
  cache: ConfigurationCache,
  { cases, others }: Docketed,
): Promise<{ readonly court: Court; readonly answers: readonly HitAnswer[] }> {
  const court = await openCourt(db, deps, cache, { cases, others })
  await lockKeys(db, deps.store.engine, [
    ...cases.flatMap((one) => locksOfOrder(one.parsed.fields, offerIdsOf(one), court.configuration)),
    ...locksOfCaps(court, cases.flatMap(offerIdsOf)),
  ])
  const ids = cases.map(({ hit }) => hit.id)
  const known = new Map(await findHits(db, ids))
  const answers: HitAnswer[] = []
  for (const one of cases) {
    const before = known.get(one.hit.id)
    const stands = before !== undefined && !(one.again && before.outcome === 'unmatched')
    const judged = stands ? before : await judgeHit(db, one, court)
    if (!stands) court.docket.enterHit(judged)
    known.set(judged.id, judged)
    answers.push(toAnswer(judged, stands ? [] : court.docket.pixelsOf(judged.id)))
  }
  if (court.docket.unopened.length > 0) throw new UnopenedVisitsError(court.docket.unopened)
  return { court, answers }
}

async function keepUnjudged(
  db: Db,
  deps: JudgeDeps,
  cache: ConfigurationCache,
  failed: { readonly one: Case; readonly error: unknown },
): Promise<readonly HitAnswer[]> {
  const court = await openCourt(db, deps, cache, { cases: [], others: [] })
  const judged = unjudgeable(failed.one, court, failed.error)
  court.docket.enterHit(judged)
  await court.docket.write(db)
  return [toAnswer(judged, [])]
}

async function openCourt(
  db: Db,
  deps: JudgeDeps,
  cache: ConfigurationCache,
  { cases, others }: Docketed,
): Promise<Court> {
  const found = cases.flatMap(({ candidates, visits, numbers }) =>
    candidates.genuine
      .flatMap(({ clickId }) => visits.get(clickId) ?? [])
      .map((visit) => ({ visit, numbered: numbers.numbers.length > 0 })),
  )
  const sigs = cases.flatMap(({ parsed }) => (parsed.fields.sig === '' ? [] : [parsed.fields.sig]))
  const pairs = found.map(({ visit }) => ({
    offerId: offerIdOf(visit),
    affiliateId: visit.visit.affiliate_id ?? '',
  }))
  const visits = [...found.map(({ visit, numbered }) => ({ ...visit.visit, numbered })), ...others]
  const configuration = await cache.load(db)
  const docket = await Docket.open(db, visits, sigs.map(canonicalSignature))
  // Most of what hits change, in one query; settle reads what else they are about.
  const repeated = docket.conversionsOfTxids(new Set(cases.map(({ parsed }) => parsed.fields.txid)))
  await docket.toldBefore.load(db, repeated, configuration)
  return {
    configuration,
    docket,
    toldBefore: docket.toldBefore,
    affiliateOffers: await loadAffiliateOffers(
      db,
      pairs.filter(({ affiliateId }) => affiliateId !== ''),
    ),
    ownHosts: deps.ownHosts,
    now: deps.clock(),
  }
}

/** Of the offers that a hit may be about. */
function offerIdsOf({ parsed, candidates, visits }: Case): readonly string[] {
  const found = candidates.genuine.flatMap(({ clickId }) => visits.get(clickId) ?? [])
  return [parsed.fields.offer, ...found.map(offerIdOf)]
}

/** What the sender is told; the same for a hit judged before, but for pixels, which are shown once. */
function toAnswer(hit: JudgedHit, pixels: readonly RenderedPixel[]): HitAnswer {
  return {
    hit: hit.id,
    outcome: hit.outcome,
    ...(hit.reason !== '' && { reason: hit.reason }),
    ...(hit.conversionId !== '' && { conversion: hit.conversionId }),
    ...(hit.attribution !== 'none' && hit.clickId !== '' && { clickId: hit.clickId }),
    ...(pixels.length > 0 && { pixels }),
    ...(hit.steps.length > 0 && { steps: hit.steps }),
  }
}

function first(answers: readonly HitAnswer[]): HitAnswer {
  const [answer] = answers
  if (answer === undefined) throw new TypeError('a commit gave no answer')
  return answer
}
