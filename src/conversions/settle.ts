import {
  addedIdentity,
  type ConversionDecision,
  conversionIdentity,
  decideConversion,
  earns,
  findSameConversion,
} from '../domain/conversion.ts'
import type { DuplicatePolicy } from '../domain/conversion-types.ts'
import type { HitOutcome } from '../domain/hit.ts'
import type { StoredConversion } from '../store/conversions.ts'
import { newRecordId } from '../store/ids.ts'
import type { Db } from '../store/transaction.ts'
import { takeFromOffer } from './caps.ts'
import { CONVERSION_LIMITS } from './conversion-limits.ts'
import type { Court } from './court.ts'
import type { HitContext } from './hit-context.ts'
import type { Report } from './read-report.ts'
import {
  buildChangedConversion,
  buildEntry,
  buildNewConversion,
  type Change,
  newCounts,
  withPresentVisit,
} from './record.ts'
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
  const { context, report, court } = sale
  const conversions = knownOf(context, court)
  if (conversions.length >= CONVERSION_LIMITS.perVisitMax) {
    return refusal(`the visit has ${CONVERSION_LIMITS.perVisitMax} conversions already`)
  }
  const known = findSameConversion(conversions, report)
  const decision = decideConversion(known, report, policyOf(context, report))
  switch (decision.kind) {
    case 'duplicate':
      return { outcome: 'duplicate', reason: decision.reason, conversionId: known?.id ?? '' }
    case 'refuse':
      return refusal(decision.reason, known?.id)
    case 'record':
    case 'add':
      return await recordNew(db, sale, decision)
    case 'update':
    case 'replace':
      if (known === undefined) throw new TypeError('a change without a known conversion')
      return recordUpdate(sale, decision, known)
  }
}

/** For `test=1`: decides, and enters nothing. */
export function preview({ context, report, court }: Sale): {
  readonly decision: ConversionDecision
  /** What would happen to a conversion; undefined when nothing would. */
  readonly change: Change | undefined
} {
  const known = findSameConversion(knownOf(context, court), report)
  const decision = decideConversion(known, report, policyOf(context, report))
  switch (decision.kind) {
    case 'duplicate':
    case 'refuse':
      return { decision, change: undefined }
    case 'record':
    case 'add':
      return { decision, change: newChange({ context, report, court }, decision) }
    case 'update':
    case 'replace':
      if (known === undefined) throw new TypeError('a change without a known conversion')
      return { decision, change: changeOf({ context, report, court }, decision, known) }
  }
}

/** The URL's own word on repeats goes before the network's; its word on the event before its word on all. */
function policyOf({ hit, network }: HitContext, report: Report): DuplicatePolicy {
  if (hit.duplicatePolicy !== undefined) return hit.duplicatePolicy
  const event = report.event.toLowerCase()
  const own = Object.entries(network?.eventPolicies ?? {}).find(([name]) => name.toLowerCase() === event)
  return own?.[1] ?? network?.duplicatePolicy ?? 'ignore'
}

function knownOf({ visit }: HitContext, { docket }: Court): readonly StoredConversion[] {
  return docket.conversionsOf(visit.visit.click_id)
}

type NewDecision = ConversionDecision & { kind: 'record' | 'add' }
type ChangeDecision = ConversionDecision & { kind: 'update' | 'replace' }

async function recordNew(db: Db, sale: Sale, decision: NewDecision): Promise<Settlement> {
  const { context, report, court } = sale
  const counted = earns(decision.status) && newCounts(context, report, decision).conversion
  const problem = counted ? await takeFromOffer(db, context) : undefined
  if (problem !== undefined) return refusal(problem)
  const change = newChange({ ...sale, context: flagTooFast(context, court) }, decision)
  court.docket.enter(buildEntry(change, court))
  return { outcome: 'recorded', reason: '', conversionId: change.after.id }
}

function newChange({ context, report, court }: Sale, decision: NewDecision): Change {
  const clickId = context.visit.visit.click_id
  const base = conversionIdentity({ clickId, event: report.event, txid: report.txid })
  const identity = decision.kind === 'add' ? addedIdentity(base, context.hit.id) : base
  const after = buildNewConversion(context, report, decision, { id: newRecordId(court.now), identity })
  const isFirst = court.docket.conversionsOf(clickId).length === 0
  return { ...cause(context), before: undefined, after, isFirst }
}

function recordUpdate(sale: Sale, decision: ChangeDecision, known: StoredConversion): Settlement {
  sale.court.docket.enter(buildEntry(changeOf(sale, decision, known), sale.court))
  return { outcome: 'updated', reason: '', conversionId: known.id }
}

function changeOf(
  { context, report, court }: Sale,
  decision: ChangeDecision,
  known: StoredConversion,
): Change {
  const { docket } = court
  const after = buildChangedConversion(withPresentVisit(known, docket), report, decision, context)
  const isFirst = known.id === docket.conversionsOf(known.clickId)[0]?.id
  return { ...cause(context), before: known, after, isFirst }
}

function cause({ hit, fields, browser }: HitContext) {
  const actor = hit.reportedBy ?? 'hit'
  return { at: hit.at, hitId: hit.id, actor, reason: '', browser, silent: fields.silent }
}

function refusal(reason: string, conversionId = ''): Settlement {
  return { outcome: 'rejected', reason, conversionId }
}
