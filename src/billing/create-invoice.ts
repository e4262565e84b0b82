import { type Billable, buildLines, sumOfLines } from '../domain/billing-lines.ts'
import { appendAudit } from '../store/audit-log.ts'
import { getParty, type Party } from '../store/balances.ts'
import {
  type BillableQuestion,
  billableAdjustments,
  billableConversions,
  billableReferrals,
  billedClicks,
  type PartyKey,
  sumOfBillableConversions,
} from '../store/billable-money.ts'
import { type Invoice, insertInvoice, invoicedUntil, invoicesLock } from '../store/invoices.ts'
import { lockKeys } from '../store/lock-keys.ts'
import { namesOfOffers } from '../store/offer-names.ts'
import type { Db } from '../store/transaction.ts'
import { getWorkspace } from '../store/workspaces.ts'
import type { BillingDeps } from './billing-deps.ts'
import { BILLING_LIMITS } from './billing-limits.ts'
import { type ClickMoney, loadClickMoney } from './click-money.ts'

export type InvoiceRequest = PartyKey & {
  /** What is due before, Unix milliseconds; not in the future. */
  readonly untilMs: number
  /** `user:ID` or `key:ID`. */
  readonly actor: string
}

export type InvoiceTerms = {
  /** Sums up to the request's `untilMs`. */
  readonly clicks: readonly ClickMoney[]
  readonly minimumMicros: number
  /** As BILLING_LIMITS has it unless told. */
  readonly conversionsMax?: number
}

export type InvoiceResult =
  /** `isCut`: more is due than one invoice holds. */
  | { readonly ok: true; readonly invoice: Invoice; readonly isCut: boolean }
  | { readonly ok: false; readonly reason: InvoiceRefusal; readonly detail: string }
/** nothing_due: nothing above zero, or less than the minimum: it stays in the balance. */
export type InvoiceRefusal = 'unknown_party' | 'invoiced_later' | 'nothing_due'

/**
 * Drafts an invoice of all that is due to one party, whatever its minimum.
 * @throws LedgerUnavailableError; a TimeoutError when the ledger is too far behind
 */
export async function createInvoice(deps: BillingDeps, request: InvoiceRequest): Promise<InvoiceResult> {
  const { workspace, side, partyId, untilMs } = request
  const signal = AbortSignal.timeout(BILLING_LIMITS.catchUpWaitMs)
  await deps.catchUp(signal)
  const question = { workspace, side, partyIds: [partyId], untilMs }
  const clicks = await loadClickMoney(deps.ledger, question, signal)
  return await draftInvoice(deps, request, { clicks: clicks.get(partyId) ?? [], minimumMicros: 0 })
}

/**
 * One transaction: what invoices hold is read, and what is missing is added, while no other invoice of the workspace is
 * made. So two that are asked for at once bill nothing twice: the second finds nothing due.
 */
export async function draftInvoice(
  { store, clock }: BillingDeps,
  request: InvoiceRequest,
  terms: InvoiceTerms,
): Promise<InvoiceResult> {
  const { workspace, untilMs } = request
  return await store.db.transaction().execute(async (db) => {
    await lockKeys(db, store.engine, [invoicesLock(workspace)])
    const party = await getParty(db, request, request.partyId)
    const owner = await getWorkspace(db, workspace)
    if (party === undefined || owner === undefined) return refuse('unknown_party', 'there is no such party')
    const periodFrom = await findPeriodStart(db, request, party)
    if (periodFrom > untilMs) {
      return refuse('invoiced_later', `it is invoiced until ${new Date(periodFrom).toISOString()}`)
    }
    const due = await findDueLines(db, request, terms)
    if (due === undefined) return refuse('nothing_due', 'it is carried over')
    const { lines, isCut } = due
    const now = clock()
    const period = { periodFrom, periodTo: untilMs }
    const draft = { ...request, ...period, currency: owner.currency }
    const invoice = await insertInvoice(db, draft, lines, now)
    await audit(db, invoice, now)
    return { ok: true, invoice, isCut }
  })
}

type DueLines = { readonly lines: ReturnType<typeof buildLines>; readonly isCut: boolean }

/**
 * Undefined when not enough is due. The oldest conversions go first. When one invoice can not hold all and the oldest
 * alone are too little, as after a wave of reversals, the largest go first where the sum of all is enough; the reversals
 * stay in the balance, and the party is not stuck behind them.
 */
async function findDueLines(
  db: Db,
  request: InvoiceRequest,
  terms: InvoiceTerms,
): Promise<DueLines | undefined> {
  const max = terms.conversionsMax ?? BILLING_LIMITS.conversionsPerInvoiceMax
  const wanted = Math.max(1, terms.minimumMicros)
  const oldest = await loadBillable(db, request, { clicks: terms.clicks, max, first: 'oldest' })
  const lines = buildLines(oldest)
  const isCut = oldest.conversions.length >= max
  if (sumOfLines(lines) >= wanted) return { lines, isCut }
  if (!isCut) return undefined
  const others = sumOfLines(buildLines({ ...oldest, conversions: [] }))
  const all = others + (await sumOfBillableConversions(db, request, request.untilMs))
  if (all < wanted) return undefined
  const largest = await loadBillable(db, request, { clicks: terms.clicks, max, first: 'largest' })
  return { lines: buildLines(largest), isCut }
}

function refuse(reason: InvoiceRefusal, detail: string): InvoiceResult {
  return { ok: false, reason, detail }
}

/** Where its last invoice ended; its own beginning before the first. */
async function findPeriodStart(db: Db, key: InvoiceRequest, party: Party): Promise<number> {
  const invoiced = await invoicedUntil(db, { ...key, partyIds: [party.id] })
  return invoiced.get(party.id) ?? Math.min(party.createdAt, key.untilMs)
}

async function loadBillable(
  db: Db,
  request: InvoiceRequest,
  { clicks, max, first }: Pick<BillableQuestion, 'max' | 'first'> & Pick<InvoiceTerms, 'clicks'>,
): Promise<Billable> {
  const { workspace, untilMs } = request
  const conversions = await billableConversions(db, request, { untilMs, max, first })
  const offers = [...conversions, ...clicks].map(({ offerId }) => offerId)
  return {
    conversions,
    clicks: withBilled(clicks, await billedClicks(db, request)),
    referrals: await billableReferrals(db, request),
    adjustments: await billableAdjustments(db, request),
    offerNames: await namesOfOffers(db, workspace, offers),
  }
}

/** Also offers whose clicks were billed and earn nothing any more. */
function withBilled(
  clicks: readonly ClickMoney[],
  billed: Awaited<ReturnType<typeof billedClicks>>,
): Billable['clicks'] {
  const due = new Map(clicks.map((money) => [money.offerId, money]))
  return [...new Set([...due.keys(), ...billed.keys()])].map((offerId) => {
    const { quantity = 0, amountMicros: dueMicros = 0 } = due.get(offerId) ?? {}
    const { billedQuantity = 0, billedMicros = 0 } = billed.get(offerId) ?? {}
    return { offerId, quantity, dueMicros, billedQuantity, billedMicros }
  })
}

async function audit(db: Db, invoice: Invoice, at: number): Promise<void> {
  const { workspace, actor, id, number } = invoice
  const entry = { workspace, at, actor, action: 'invoice.create', subjectType: 'invoice', subjectId: id }
  await appendAudit(db, { ...entry, detail: { number } })
}
