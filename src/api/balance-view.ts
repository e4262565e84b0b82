import { z } from 'zod'
import type { Balance } from '../domain/billing-balance.ts'
import { nextPeriodEnd } from '../domain/billing-period.ts'
import { formatMicros } from '../domain/money.ts'
import { timeField, toTime } from './fields.ts'
import type { PortalUser } from './portal-affiliate.ts'

const ownFields = {
  currency: z.string().describe("The workspace's, of all amounts"),
  pending: z.string().describe('Of conversions that wait for approval'),
  onHold: z.string().describe('Approved, and the hold is not over'),
  payable: z.string().describe('Due, and on no final invoice; negative when more was paid than is due'),
  invoiced: z.string().describe('On final invoices that are not paid'),
  paid: z.string(),
}

/** What an affiliate sees of its own: drafts are the network's. */
export const portalBalanceSchema = z
  .object({
    ...ownFields,
    nextInvoice: z
      .object({
        at: timeField.describe('When the period ends that goes on now'),
        minimum: z.string().describe('Less than this is carried over'),
      })
      .describe('What is payable then comes onto an invoice'),
  })
  .meta({ id: 'PortalBalance' })

export const balanceSchema = z
  .object({
    partyId: z.string().describe('Affiliate or advertiser'),
    name: z.string(),
    ...ownFields,
    drafted: z.string().describe('The part of payable that drafts of invoices hold'),
  })
  .meta({ id: 'Balance' })

export function toPortalBalanceView(
  balance: Balance | undefined,
  { affiliate, network }: Pick<PortalUser, 'affiliate' | 'network'>,
  nowMs: number,
): z.input<typeof portalBalanceSchema> {
  const { payment } = affiliate
  const { payoutPeriod, minimumPayoutMicros } = network.network
  const at = nextPeriodEnd(payment.period ?? payoutPeriod, network.timeZone, nowMs)
  const minimum = formatMicros(payment.minimumMicros ?? minimumPayoutMicros)
  return { ...toOwnView(balance, network.currency), nextInvoice: { at: toTime(at), minimum } }
}

function toOwnView(balance: Balance | undefined, currency: string) {
  const { pendingMicros = 0, onHoldMicros = 0, payableMicros = 0 } = balance ?? {}
  const { invoicedMicros = 0, paidMicros = 0 } = balance ?? {}
  return {
    currency,
    pending: formatMicros(pendingMicros),
    onHold: formatMicros(onHoldMicros),
    payable: formatMicros(payableMicros),
    invoiced: formatMicros(invoicedMicros),
    paid: formatMicros(paidMicros),
  }
}

export function toBalanceView(
  party: { readonly id: string; readonly name: string },
  balance: Balance | undefined,
  currency: string,
): z.input<typeof balanceSchema> {
  const drafted = formatMicros(balance?.draftMicros ?? 0)
  return { partyId: party.id, name: party.name, ...toOwnView(balance, currency), drafted }
}
