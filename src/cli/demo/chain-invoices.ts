import { type ApiClient, field } from './api-client.ts'
import type { ChainRow } from './chain-books.ts'
import type { ChainNetwork } from './chain-network.ts'

/** What the network bills to the advertiser, and what it owes the affiliate; they agree with the reports' sums. */
export type ChainInvoices = {
  readonly advertiser: string
  readonly affiliate: string
  readonly agree: boolean
}

const MICROS = 1_000_000

/** Writes both invoices, of everything until now. */
export async function writeInvoices(
  api: ApiClient,
  network: ChainNetwork,
  rows: readonly ChainRow[],
): Promise<ChainInvoices> {
  const totalOf = async (side: 'advertiser' | 'affiliate', partyId: string) =>
    String(field(await api.post('/invoices', { side, partyId }), 'total'))
  const advertiser = await totalOf('advertiser', network.advertiserId)
  const affiliate = await totalOf('affiliate', network.affiliateId)
  const agree =
    toMicros(advertiser) === sumOf(rows.map((row) => row.networkRevenue)) &&
    toMicros(affiliate) === sumOf(rows.map((row) => row.networkPayout))
  return { advertiser, affiliate, agree }
}

function sumOf(amounts: readonly string[]): number {
  return amounts.reduce((sum, amount) => sum + toMicros(amount), 0)
}

function toMicros(amount: string): number {
  return Math.round(Number(amount) * MICROS)
}
