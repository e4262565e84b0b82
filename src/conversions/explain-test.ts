import type { HitStep } from '../domain/hit.ts'
import { formatMicros } from '../domain/money.ts'
import type { StoredConversion } from '../store/conversions.ts'
import type { JudgedHit } from '../store/hits.ts'
import type { Db } from '../store/transaction.ts'
import { previewCaps } from './caps.ts'
import { checkEveryRule } from './check-rules.ts'
import { agreedWith, type Court } from './court.ts'
import type { Entry } from './docket.ts'
import { type HitContext, isAdvertisers, isClickless } from './hit-context.ts'
import { checkNewRules } from './new-conversion-rules.ts'
import { provesItself } from './proof.ts'
import { readReport } from './read-report.ts'
import { buildEntry } from './record.ts'
import { isReportedByMember } from './reported-by-member.ts'
import { preview } from './settle.ts'

/**
 * `test=1`: every rule, cap and notification is checked and explained, and nothing is counted or sent. Whoever sends it
 * reads it, and who knows a click id can send it: amounts, and addresses of targets, are told to a sender that proves
 * itself. An advertiser is told what it pays, and neither what affiliates get nor where they are told of it.
 */
export async function explainTest(
  db: Db,
  context: HitContext,
  court: Court,
): Promise<Pick<JudgedHit, 'outcome' | 'reason' | 'steps'>> {
  const visit = isClickless(context) ? 'none' : context.visit.visit.click_id
  const steps: HitStep[] = [{ step: 'visit', ok: true, detail: `${visit} by ${context.method}` }]
  for (const { step, ok, detail } of checkEveryRule(context)) steps.push({ step, ok, detail })
  steps.push(...(await explainConversion(db, context, court)))
  const failed = steps.find(isFailed)
  const reason = failed === undefined ? '' : `${failed.step}: ${failed.detail}`
  return { outcome: 'test', reason, steps }
}

/** A target that would not be told has its reason, which is no failure of the hit. */
function isFailed({ step, ok }: HitStep): boolean {
  return !ok && step !== 'notification'
}

async function explainConversion(db: Db, context: HitContext, court: Court): Promise<readonly HitStep[]> {
  const report = readReport(context)
  if (report === undefined) return await explainCaps(db, context, court)
  const { decision, change, problem } = await preview(db, { context, report, court })
  const isNew = decision.kind === 'record' || decision.kind === 'add'
  const steps: HitStep[] = isNew ? explainNew(context, court) : []
  steps.push(...(await explainCaps(db, context, court)))
  const detail = problem || `would ${decision.kind} it`
  const duplicate = { step: 'duplicate', ok: change !== undefined, detail }
  if (change === undefined) return [...steps, duplicate]
  if (change.before !== undefined) await court.toldBefore.load(db, [change.before], court.configuration)
  const { deliveries } = buildEntry(change, court)
  // The workspace's own webhooks are nobody's business but its own.
  const told = deliveries.filter(
    ({ target_id: id }) => court.configuration.targets.get(id)?.ownerType !== 'workspace',
  )
  return [
    ...steps,
    ...explainPrice(context, change.after),
    duplicate,
    ...told.map((delivery) => explainDelivery(context, delivery)),
  ]
}

function explainNew(context: HitContext, court: Court): HitStep[] {
  const rules = checkNewRules(context, agreedWith(context, court))
  return rules.map(({ step, ok, detail }) => ({ step, ok, detail }))
}

async function explainCaps(db: Db, context: HitContext, court: Court): Promise<readonly HitStep[]> {
  const caps = await previewCaps(db, context, agreedWith(context, court))
  return caps.map(({ ok, detail }) => ({ step: 'cap', ok, detail }))
}

function explainPrice(context: HitContext, conversion: StoredConversion): readonly HitStep[] {
  if (conversion.agreement === null) return []
  const { revenueMicros, payoutMicros, currency, reason } = conversion
  const note = reason === '' ? '' : ` (${reason})`
  const isMember = isReportedByMember(context.hit)
  if (!isMember && !provesItself(context)) return [{ step: 'price', ok: true, detail: `has a price${note}` }]
  const paid = `the advertiser pays ${formatMicros(revenueMicros)} ${currency}`
  const owed = isMember ? `, the affiliate gets ${formatMicros(payoutMicros)} ${currency}` : ''
  return [{ step: 'price', ok: true, detail: `${paid}${owed}${note}` }]
}

type Delivery = Pick<Entry['deliveries'][number], 'type' | 'state' | 'url' | 'reason'>

function explainDelivery(context: HitContext, delivery: Delivery): HitStep {
  const { state, reason } = delivery
  const target = nameTarget(context, delivery)
  const ok = state !== 'skipped'
  return { step: 'notification', ok, detail: ok ? target : `${target}: ${reason}` }
}

/** Addresses of targets carry secrets of whoever is told: others learn the host at most. */
function nameTarget(context: HitContext, { type, url }: Delivery): string {
  if (isReportedByMember(context.hit)) return `${type} ${url}`
  if (isAdvertisers(context.offer)) return `${type} of the affiliate`
  if (provesItself(context)) return `${type} ${url}`
  const host = URL.canParse(url) ? new URL(url).host : ''
  return host === '' ? type : `${type} to ${host}`
}
