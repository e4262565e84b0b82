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
import { type Cap, countOfCap, takeFromCap } from '../store/cap-counters.ts'
import type { StoredConversion } from '../store/conversions.ts'
import { newRecordId } from '../store/ids.ts'
import type { Db } from '../store/transaction.ts'
import { CONVERSION_LIMITS } from './conversion-limits.ts'
import type { Court } from './court.ts'
import type { HitContext } from './hit-context.ts'
import type { Report } from './read-report.ts'
import { buildChangedConversion, buildEntry, buildNewConversion } from './record.ts'

/** What became of a hit that keeps every rule. */
export type Settlement = {
  readonly outcome: HitOutcome
  readonly reason: string
  /** '' when there is no conversion. */
  readonly conversionId: string
}

type Sale = { readonly context: HitContext; readonly report: Report; readonly court: Court }

/** Decides what the report means beside what is known of the visit, and enters it into the docket. */
export async function settle(db: Db, sale: Sale): Promise<Settlement> {
  const { context, report, court } = sale
  const conversions = knownOf(context, court)
  if (conversions.length >= CONVERSION_LIMITS.perVisitMax) {
    return refusal(`the visit has ${CONVERSION_LIMITS.perVisitMax} conversions already`)
  }
  const known = findSameConversion(conversions, report)
  const decision = decideConversion(known, report, policyOf(context))
  switch (decision.kind) {
    case 'duplicate':
      return { outcome: 'duplicate', reason: decision.reason, conversionId: known?.id ?? '' }
    case 'refuse':
      return refusal(decision.reason, known?.id)
    case 'record':
    case 'add':
      return await recordNew(db, sale, decision, conversions.length === 0)
    case 'update':
    case 'replace':
      if (known === undefined) throw new TypeError('a change without a known conversion')
      return recordUpdate(sale, decision, { known, isFirst: known.id === conversions[0]?.id })
  }
}

/** For `test=1`: decides, and enters nothing. */
export function preview(context: HitContext, report: Report, court: Court): ConversionDecision {
  const known = findSameConversion(knownOf(context, court), report)
  return decideConversion(known, report, policyOf(context))
}

/** How many of the offer's conversions of the day are used; undefined without a cap. */
export async function previewCap(
  db: Db,
  context: HitContext,
): Promise<{ used: number; max: number } | undefined> {
  const cap = capOf(context)
  return cap === undefined ? undefined : { used: await countOfCap(db, cap.key, cap.period), max: cap.max }
}

/** The URL's own word on repeats goes before the network's. */
function policyOf({ hit, network }: HitContext): DuplicatePolicy {
  return hit.duplicatePolicy ?? network?.duplicatePolicy ?? 'ignore'
}

function knownOf({ visit }: HitContext, { docket }: Court): readonly StoredConversion[] {
  return docket.conversionsOf(visit.visit.click_id)
}

async function recordNew(
  db: Db,
  sale: Sale,
  decision: ConversionDecision & { kind: 'record' | 'add' },
  isFirst: boolean,
): Promise<Settlement> {
  const { context, report, court } = sale
  const cap = earns(decision.status) ? capOf(context) : undefined
  if (cap !== undefined && !(await takeFromCap(db, cap))) {
    return refusal(`the offer's cap of ${cap.max} conversions on ${cap.period} (UTC) is used up`)
  }
  const base = conversionIdentity({
    clickId: context.visit.visit.click_id,
    event: report.event,
    txid: report.txid,
  })
  const identity = decision.kind === 'add' ? addedIdentity(base, context.hit.id) : base
  const after = buildNewConversion(context, report, decision, { id: newRecordId(court.now), identity })
  court.docket.enter(buildEntry({ ...cause(context), before: undefined, after, isFirst }, court))
  return { outcome: 'recorded', reason: '', conversionId: after.id }
}

function recordUpdate(
  { context, report, court }: Sale,
  decision: ConversionDecision & { kind: 'update' | 'replace' },
  { known, isFirst }: { readonly known: StoredConversion; readonly isFirst: boolean },
): Settlement {
  const after = buildChangedConversion(known, report, decision, context)
  court.docket.enter(buildEntry({ ...cause(context), before: known, after, isFirst }, court))
  return { outcome: 'updated', reason: '', conversionId: known.id }
}

function cause({ hit }: HitContext) {
  return { at: hit.at, hitId: hit.id, actor: 'hit', reason: '' }
}

/** Per UTC day of the hit's arrival. */
function capOf({ offer, hit }: HitContext): Cap | undefined {
  if (offer === undefined || offer.caps.daily === null) return undefined
  return {
    key: `offer:${offer.id}`,
    period: new Date(hit.at).toISOString().slice(0, 10),
    max: offer.caps.daily,
  }
}

function refusal(reason: string, conversionId = ''): Settlement {
  return { outcome: 'rejected', reason, conversionId }
}
