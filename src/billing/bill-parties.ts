import type { AffiliatePayment, PayoutPeriod } from '../domain/affiliate.ts'
import { lastPeriodEnd } from '../domain/billing-period.ts'
import type { BillingSide } from '../domain/billing-types.ts'
import { type Party, paymentsOf } from '../store/balances.ts'
import { invoicedUntil } from '../store/invoices.ts'
import type { Db } from '../store/transaction.ts'
import type { Workspace } from '../store/workspaces.ts'
import type { BillingDeps } from './billing-deps.ts'
import { loadClickMoney } from './click-money.ts'
import { draftInvoice } from './create-invoice.ts'
import { loadBalances } from './load-balances.ts'

/** Advertisers are billed by the month, whatever they owe. */
const ADVERTISER_TERMS = { period: 'monthly', minimumMicros: 0 } as const

export type PartyBilling = {
  readonly owner: Workspace
  readonly side: BillingSide
  /** What is due before, for every party; null: until the end of each one's own last period. */
  readonly untilMs: number | null
  /** Unix milliseconds: whose last periods are meant. */
  readonly nowMs: number
  readonly actor: string
}

type DueParty = { readonly id: string; readonly minimumMicros: number }

/**
 * Drafts invoices of the parties that have at least their minimum due; what others have due is carried over.
 * @returns how many were drafted
 */
export async function billParties(
  deps: BillingDeps,
  billing: PartyBilling,
  parties: readonly Party[],
): Promise<number> {
  let invoices = 0
  for (const [untilMs, due] of await groupByCutoff(deps.store.db, billing, parties)) {
    invoices += await billUntil(deps, billing, { untilMs, due })
  }
  return invoices
}

/** Those that are not invoiced for the period yet, by the moment until which they shall be. */
async function groupByCutoff(
  db: Db,
  billing: PartyBilling,
  parties: readonly Party[],
): Promise<ReadonlyMap<number, readonly DueParty[]>> {
  const { owner, side } = billing
  const partyIds = parties.map(({ id }) => id)
  const payments: ReadonlyMap<string, AffiliatePayment> =
    side === 'affiliate' ? await paymentsOf(db, owner.id, partyIds) : new Map()
  const invoiced = await invoicedUntil(db, { workspace: owner.id, side, partyIds })
  const cutoffs = new Map<PayoutPeriod, number>()
  const groups = new Map<number, DueParty[]>()
  for (const id of partyIds) {
    const { period, minimumMicros } = termsOf(billing, payments.get(id))
    const untilMs =
      billing.untilMs ?? cutoffs.get(period) ?? lastPeriodEnd(period, owner.timeZone, billing.nowMs)
    cutoffs.set(period, untilMs)
    if (isInvoiced(billing, invoiced.get(id), untilMs)) continue
    const group = groups.get(untilMs)
    if (group === undefined) groups.set(untilMs, [{ id, minimumMicros }])
    else group.push({ id, minimumMicros })
  }
  return groups
}

/** An affiliate's own terms go before the workspace's. */
function termsOf(
  { owner, side }: PartyBilling,
  payment: AffiliatePayment | undefined,
): { readonly period: PayoutPeriod; readonly minimumMicros: number } {
  if (side === 'advertiser') return ADVERTISER_TERMS
  return {
    period: payment?.period ?? owner.network.payoutPeriod,
    minimumMicros: payment?.minimumMicros ?? owner.network.minimumPayoutMicros,
  }
}

/** By its period a party is invoiced once for each; until a chosen moment again, for what has changed. */
function isInvoiced(billing: PartyBilling, last: number | undefined, untilMs: number): boolean {
  if (last === undefined) return false
  return billing.untilMs === null ? last >= untilMs : last > untilMs
}

/** Balances tell who has enough due, so that a transaction is spent on those alone. */
async function billUntil(
  deps: BillingDeps,
  { owner, side, actor }: PartyBilling,
  { untilMs, due }: { readonly untilMs: number; readonly due: readonly DueParty[] },
): Promise<number> {
  const workspace = owner.id
  const question = { workspace, side, partyIds: due.map(({ id }) => id), untilMs }
  const clicks = await loadClickMoney(deps.ledger, question)
  const balances = await loadBalances(deps, { ...question, clicks })
  let invoices = 0
  for (const { id, minimumMicros } of due) {
    const { payableMicros = 0, draftMicros = 0 } = balances.get(id) ?? {}
    if (payableMicros - draftMicros < Math.max(1, minimumMicros)) continue
    const request = { workspace, side, partyId: id, untilMs, actor }
    const terms = { clicks: clicks.get(id) ?? [], minimumMicros }
    invoices += await draftAll(deps, request, terms)
  }
  return invoices
}

/** More than one invoice for a party that has more conversions than one holds. */
async function draftAll(
  deps: BillingDeps,
  request: Parameters<typeof draftInvoice>[1],
  terms: Parameters<typeof draftInvoice>[2],
): Promise<number> {
  for (let invoices = 0; ; invoices += 1) {
    // What is over an invoice's size belongs to the same payment: it has no minimum of its own.
    const minimumMicros = invoices === 0 ? terms.minimumMicros : 0
    const drafted = await draftInvoice(deps, request, { ...terms, minimumMicros })
    if (!drafted.ok) return invoices
    if (!drafted.isCut) return invoices + 1
  }
}
