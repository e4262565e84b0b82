import {
  addedIdentity,
  type ConversionDecision,
  clicklessIdentity,
  conversionIdentity,
  decideConversion,
  earns,
  findSameConversion,
} from '../domain/conversion.ts'
import type { DuplicatePolicy, EventCounts } from '../domain/conversion-types.ts'
import type { HitOutcome } from '../domain/hit.ts'
import { loadAffiliateOffers } from '../store/affiliate-offers.ts'
import type { StoredConversion } from '../store/conversions.ts'
import { newRecordId } from '../store/ids.ts'
import type { Db } from '../store/transaction.ts'
import { joinReasons, raiseProblem, statusUntilApproved, waitingReason } from './approval.ts'
import { type Taken, takeRoom } from './caps.ts'
import { CONVERSION_LIMITS } from './conversion-limits.ts'
import { agreedWith, type Court } from './court.ts'
import { type HitContext, isClickless } from './hit-context.ts'
import { amountOf, computeNewMoney, type Money, type NewMoney, needsSale } from './network-money.ts'
import { findBrokenNewRule, offerNote } from './new-conversion-rules.ts'
import type { Report } from './read-report.ts'
import {
  buildChangedConversion,
  buildEntry,
  buildNewConversion,
  type Change,
  newCounts,
  withPresentVisit,
} from './record.ts'
import { contextOfKnown, findSameOrder } from './same-order.ts'
import { flagTooFast } from './too-fast.ts'

/** What became of a hit that keeps every rule. */
export type Settlement = {
  readonly outcome: HitOutcome
  readonly reason: string
  /** '' when there is no conversion. */
  readonly conversionId: string
}

export type Sale = { readonly context: HitContext; readonly report: Report; readonly court: Court }

/** Decides what the report means beside what is known of the visit, and enters it into the docket. */
export async function settle(db: Db, sale: Sale): Promise<Settlement> {
  const known = await findKnown(db, sale)
  if (knownOf(sale).length >= CONVERSION_LIMITS.perVisitMax) {
    return refusal(`the visit has ${CONVERSION_LIMITS.perVisitMax} conversions already`)
  }
  const { decision, reason } = decide(sale, known)
  switch (decision.kind) {
    case 'duplicate':
      return { outcome: 'duplicate', reason: decision.reason, conversionId: known?.id ?? '' }
    case 'refuse':
      return refusal(decision.reason, known?.id)
    case 'record':
    case 'add':
      return await recordNew(db, sale, { decision, reason })
    case 'update':
    case 'replace':
      return await recordUpdate(db, sale, { decision, known })
  }
}

/** For `test=1`: decides, and enters nothing. */
export async function preview(
  db: Db,
  sale: Sale,
): Promise<{
  readonly decision: ConversionDecision
  /** What would happen to a conversion; undefined when nothing would. */
  readonly change: Change | undefined
  /** Why nothing would; '' when something would. */
  readonly problem: string
}> {
  const { context } = sale
  const known = await findKnown(db, sale)
  const { decision, reason } = decide(sale, known)
  switch (decision.kind) {
    case 'duplicate':
    case 'refuse':
      return { decision, change: undefined, problem: decision.reason }
    case 'record':
    case 'add': {
      const worth = worthOf(sale, decision)
      if (!worth.ok) return { decision, change: undefined, problem: worth.reason }
      return { decision, change: newChange(sale, { decision, reason }, worth.money), problem: '' }
    }
    case 'update':
    case 'replace': {
      const change = changeOf(sale, { decision, known })
      const problem = problemOf(context, change)
      return { decision, change: problem === '' ? change : undefined, problem }
    }
  }
}

/** The URL's own word on repeats goes before the sender's; its word on the event before its word on all. */
function policyOf({ hit, sender }: HitContext, report: Report): DuplicatePolicy {
  if (hit.duplicatePolicy !== undefined) return hit.duplicatePolicy
  const event = report.event.toLowerCase()
  const own = Object.entries(sender?.eventPolicies ?? {}).find(([name]) => name.toLowerCase() === event)
  return own?.[1] ?? sender?.duplicatePolicy ?? 'ignore'
}

/** The conversion that the report is about: the visit's own, or the same order's that came the other way. */
async function findKnown(db: Db, sale: Sale): Promise<StoredConversion | undefined> {
  const { context, report, court } = sale
  await loadKnown(db, sale)
  return findSameConversion(knownOf(sale), report) ?? (await findSameOrder(db, context, report, court))
}

/** What is known of a visit was read with all others; what has none is looked up by its identity. */
async function loadKnown(db: Db, sale: Sale): Promise<void> {
  const { context, court } = sale
  if (!isClickless(context)) return
  await court.docket.loadClickless(db, { workspace: context.workspace.id, identity: identityOf(sale) })
  const key = { offerId: context.offer?.id ?? '', affiliateId: context.affiliate?.id ?? '' }
  for (const [name, agreed] of await loadAffiliateOffers(db, [key])) court.affiliateOffers.set(name, agreed)
}

function knownOf(sale: Sale): readonly StoredConversion[] {
  const { context, court } = sale
  return court.docket.conversionsOf(context.visit.visit.click_id || identityOf(sale))
}

function identityOf({ context, report }: Sale): string {
  const { event, txid } = report
  const { visit, offer } = context
  const { click_id: clickId, affiliate_id: affiliateId = '' } = visit.visit
  return isClickless(context)
    ? clicklessIdentity({ offerId: offer?.id ?? '', affiliateId, event, txid })
    : conversionIdentity({ clickId, event, txid })
}

type NewDecision = ConversionDecision & { kind: 'record' | 'add' }
type ChangeDecision = ConversionDecision & { kind: 'update' | 'replace' }
type New = { readonly decision: NewDecision; readonly reason: string }
type Changed = { readonly decision: ChangeDecision; readonly known: StoredConversion | undefined }

function decide({ context, report }: Sale, known: StoredConversion | undefined) {
  const status = statusUntilApproved(context, report.status, known?.status)
  const existing = known && { ...known, amountMicros: amountOf(known) }
  const { problem } = report.amount
  const isUntold = known !== undefined && problem !== '' && needsSale(known.agreement)
  if (isUntold) return { decision: { kind: 'refuse', reason: problem } as const, reason: '' }
  const decision = decideConversion(existing, { ...report, status }, policyOf(context, report))
  return { decision, reason: waitingReason(report.status, status) }
}

async function recordNew(db: Db, sale: Sale, made: New): Promise<Settlement> {
  const { context, report, court } = sale
  const agreed = agreedWith(context, court)
  const broken = findBrokenNewRule(context, agreed)
  if (broken !== undefined) return refusal(broken.detail)
  const worth = worthOf(sale, made.decision)
  if (!worth.ok) return refusal(worth.reason)
  const counts = newCounts(context, report, made.decision)
  const taken = earns(made.decision.status) ? takenBy(worth.money, counts) : NOTHING_TAKEN
  const problem = await takeRoom(db, context, agreed, taken)
  if (problem !== undefined) return refusal(problem)
  const change = newChange({ ...sale, context: flagTooFast(context, court) }, made, worth.money)
  court.docket.enter(buildEntry(change, court))
  const { id, reason, agreement } = change.after
  return { outcome: 'recorded', reason: agreement === null ? '' : reason, conversionId: id }
}

const NOTHING_TAKEN: Taken = { conversions: 0, revenueMicros: 0, payoutMicros: 0 }

/** Room is taken by what earns; money is owed also for events that count as no conversion. */
function takenBy({ revenueMicros, payoutMicros }: Money, counts: EventCounts): Taken {
  const conversions = counts.conversion ? 1 : 0
  return { conversions, revenueMicros: counts.revenue ? revenueMicros : 0, payoutMicros }
}

function worthOf({ context, report, court }: Sale, { amountMicros }: NewDecision): NewMoney {
  const agreed = agreedWith(context, court)
  const worth = computeNewMoney(context, { event: report.event, amountMicros, agreed })
  const { problem } = report.amount
  return worth.ok && problem !== '' && needsSale(worth.money.agreement)
    ? { ok: false, reason: problem }
    : worth
}

function newChange(sale: Sale, { decision, reason }: New, money: Money): Change {
  const { context, report, court } = sale
  const base = identityOf(sale)
  const identity = decision.kind === 'add' ? addedIdentity(base, context.hit.id) : base
  const after = buildNewConversion(context, report, decision, {
    ...money,
    id: newRecordId(court.now),
    identity,
    reason: joinReasons([offerNote(context), reason]),
  })
  return { ...cause(context), before: undefined, after, isFirst: court.docket.isFirst(after) }
}

async function recordUpdate(db: Db, sale: Sale, changed: Changed): Promise<Settlement> {
  const { context, court } = sale
  const change = changeOf(sale, changed)
  const { before, after } = change
  const unapproved = problemOf(context, change)
  if (unapproved !== '') return refusal(unapproved, after.id)
  const more = before === undefined ? NOTHING_TAKEN : await takenByChange(db, court, { before, after })
  const owed = contextOfKnown(context, after)
  const problem = await takeRoom(db, owed, agreedWith(owed, court), more)
  if (problem !== undefined) return refusal(problem, after.id)
  await court.toldBefore.load(db, [after], court.configuration)
  court.docket.enter(buildEntry(change, court))
  return { outcome: 'updated', reason: '', conversionId: after.id }
}

/**
 * What was first recorded as rejected takes its place when it earns at last. A tracker's does not: its network pays for
 * it, whether its cap is used up or not.
 */
async function takenByChange(
  db: Db,
  { docket }: Court,
  { before, after }: { readonly before: StoredConversion; readonly after: StoredConversion },
): Promise<Taken> {
  if (!earns(after.status)) return NOTHING_TAKEN
  const mayLackPlace = after.agreement !== null && !earns(before.status)
  if (mayLackPlace && !(await docket.hasEarned(db, before))) return takenBy(after, after.counts)
  return grownBy(before, after)
}

/** A known conversion has its place; only more money than it had needs room. */
function grownBy(before: StoredConversion, after: StoredConversion): Taken {
  return {
    conversions: 0,
    revenueMicros: after.counts.revenue ? after.revenueMicros - before.revenueMicros : 0,
    payoutMicros: after.payoutMicros - before.payoutMicros,
  }
}

function changeOf({ context, report, court }: Sale, { decision, known }: Changed): Change {
  if (known === undefined) throw new TypeError('a change without a known conversion')
  const { docket } = court
  const after = buildChangedConversion(withPresentVisit(known, docket), report, decision, context)
  return { ...cause(context), before: known, after, isFirst: docket.isFirst(known) }
}

function problemOf(context: HitContext, { before, after }: Change): string {
  return before === undefined ? '' : raiseProblem(context, before, after)
}

function cause({ hit, fields, browser }: HitContext) {
  const actor = hit.reportedBy ?? 'hit'
  return { at: hit.at, hitId: hit.id, actor, reason: '', browser, silent: fields.silent }
}

function refusal(reason: string, conversionId = ''): Settlement {
  return { outcome: 'rejected', reason, conversionId }
}
