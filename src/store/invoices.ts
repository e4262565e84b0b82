import { type Insertable, type Selectable, sql } from 'kysely'
import { sumOfLines } from '../domain/billing-lines.ts'
import type { BillingLine, BillingSide, InvoiceParties, InvoiceState } from '../domain/billing-types.ts'
import { statesBefore } from '../domain/invoice-state.ts'
import { type PartyKey, sumOf } from './billable-money.ts'
import { newRecordId } from './ids.ts'
import { inChunks } from './in-chunks.ts'
import type { OwnedId } from './owned.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/** A payout to an affiliate, or a bill to an advertiser. Times are Unix milliseconds. */
export type Invoice = {
  readonly id: string
  readonly workspace: string
  /** Counted up in the workspace, from 1. */
  readonly number: number
  readonly side: BillingSide
  readonly partyId: string
  /** Of what it covers; the end is exclusive. */
  readonly periodFrom: number
  readonly periodTo: number
  readonly currency: string
  readonly totalMicros: number
  readonly state: InvoiceState
  /** '' until it is paid by one. */
  readonly paymentRunId: string
  /** Null until it is final. */
  readonly parties: InvoiceParties | null
  readonly issuedAt: number | null
  /** Why it is void. */
  readonly note: string
  readonly actor: string
  readonly createdAt: number
  readonly updatedAt: number
}

export type InvoiceLine = BillingLine & { readonly n: number }

/** Transactions that make invoices of the workspace wait for each other by it: numbers follow one another. */
export function invoicesLock(workspace: string): string {
  return `invoices:${workspace}`
}

/** A draft with its lines and the next number; the caller holds invoicesLock. */
export async function insertInvoice(
  db: Db,
  draft: Pick<Invoice, 'workspace' | 'side' | 'partyId' | 'periodFrom' | 'periodTo' | 'currency' | 'actor'>,
  lines: readonly BillingLine[],
  now: number,
): Promise<Invoice> {
  const last = await db
    .selectFrom('invoices')
    .select('number')
    .where('workspace', '=', draft.workspace)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  const row = {
    id: newRecordId(now),
    workspace: draft.workspace,
    number: (last?.number ?? 0) + 1,
    side: draft.side,
    party_id: draft.partyId,
    period_from: draft.periodFrom,
    period_to: draft.periodTo,
    currency: draft.currency,
    total_micros: sumOfLines(lines),
    state: 'draft',
    payment_run_id: '',
    parties_json: 'null',
    issued_at: null,
    referrer_id: '',
    referral_micros: 0,
    note: '',
    actor: draft.actor,
    created_at: now,
    updated_at: now,
  } as const
  await db.insertInto('invoices').values(row).execute()
  const all = lines.map((line, i) => toLineRow(row, line, i + 1))
  await inChunks(all, async (rows) => {
    await db.insertInto('invoice_lines').values(rows).execute()
  })
  return toInvoice(row)
}

export async function getInvoice(db: Db, key: OwnedId): Promise<Invoice | undefined> {
  const row = await db
    .selectFrom('invoices')
    .selectAll()
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .executeTakeFirst()
  return row === undefined ? undefined : toInvoice(row)
}

export type InvoiceFilter = {
  readonly side?: BillingSide | undefined
  readonly partyId?: string | undefined
  readonly states?: readonly InvoiceState[] | undefined
  readonly paymentRunId?: string | undefined
}

/** Newest first. */
export async function listInvoices(
  db: Db,
  workspace: string,
  filter: InvoiceFilter,
  page: PageRequest,
): Promise<Page<Invoice>> {
  let query = db
    .selectFrom('invoices')
    .selectAll()
    .where('workspace', '=', workspace)
    .where(afterCursor('created_at', page.cursor))
  if (filter.side !== undefined) query = query.where('side', '=', filter.side)
  if (filter.partyId !== undefined) query = query.where('party_id', '=', filter.partyId)
  if (filter.states !== undefined) query = query.where('state', 'in', filter.states)
  if (filter.paymentRunId !== undefined) query = query.where('payment_run_id', '=', filter.paymentRunId)
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toInvoice), page, (invoice) => invoice.createdAt)
}

/** Until when parties were invoiced; one that never was is absent. */
export async function invoicedUntil(
  db: Db,
  { workspace, side, partyIds }: Omit<PartyKey, 'partyId'> & { readonly partyIds: readonly string[] },
): Promise<ReadonlyMap<string, number>> {
  if (partyIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('invoices')
    .select((eb) => ['party_id', eb.fn.max('period_to').as('until')])
    .where('workspace', '=', workspace)
    .where('side', '=', side)
    .where('party_id', 'in', partyIds)
    .where('state', '<>', 'void')
    .groupBy('party_id')
    .execute()
  return new Map(rows.map((row) => [row.party_id, row.until]))
}

/**
 * Moves an invoice on, when its state allows it.
 * @param changes what else is written
 * @returns undefined when the workspace has no such invoice in a state before
 */
export async function moveInvoice(
  db: Db,
  key: OwnedId,
  to: InvoiceState,
  { now, ...changes }: MovedFields & { readonly now: number },
): Promise<Invoice | undefined> {
  const row = await db
    .updateTable('invoices')
    .set({ state: to, updated_at: now, ...toMovedColumns(changes) })
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .where('state', 'in', statesBefore(to))
    .returningAll()
    .executeTakeFirst()
  return row === undefined ? undefined : toInvoice(row)
}

type MovedFields = {
  readonly note?: string
  readonly paymentRunId?: string
  readonly issued?: {
    readonly at: number
    readonly parties: InvoiceParties
    readonly referrerId: string
    readonly referralMicros: number
  }
}

/** What the affiliate of an invoice earned itself: what its referrer has a share of. */
export async function ownEarnings(db: Db, invoiceId: string): Promise<number> {
  const { micros } = await db
    .selectFrom('invoice_lines')
    .select(sumOf(sql`amount_micros`).as('micros'))
    .where('invoice_id', '=', invoiceId)
    .where('kind', 'in', ['conversion', 'clicks'])
    .executeTakeFirstOrThrow()
  return micros
}

function toMovedColumns({
  note,
  paymentRunId,
  issued,
}: MovedFields): Partial<Insertable<Database['invoices']>> {
  return {
    ...(note !== undefined && { note }),
    ...(paymentRunId !== undefined && { payment_run_id: paymentRunId }),
    ...(issued !== undefined && {
      issued_at: issued.at,
      parties_json: JSON.stringify(issued.parties),
      referrer_id: issued.referrerId,
      referral_micros: issued.referralMicros,
    }),
  }
}

function toLineRow(
  invoice: { readonly id: string; readonly workspace: string },
  line: BillingLine,
  n: number,
): Insertable<Database['invoice_lines']> {
  return {
    invoice_id: invoice.id,
    n,
    workspace: invoice.workspace,
    kind: line.kind,
    conversion_id: line.conversionId,
    subject_id: line.subjectId,
    description: line.description,
    quantity: line.quantity,
    amount_micros: line.amountMicros,
  }
}

function toInvoice(row: Selectable<Database['invoices']>): Invoice {
  return {
    id: row.id,
    workspace: row.workspace,
    number: row.number,
    side: row.side,
    partyId: row.party_id,
    periodFrom: row.period_from,
    periodTo: row.period_to,
    currency: row.currency,
    totalMicros: row.total_micros,
    state: row.state,
    paymentRunId: row.payment_run_id,
    parties: JSON.parse(row.parties_json),
    issuedAt: row.issued_at,
    note: row.note,
    actor: row.actor,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
