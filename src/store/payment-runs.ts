import type { Selectable } from 'kysely'
import type { BillingSide } from '../domain/billing-types.ts'
import { newRecordId } from './ids.ts'
import { newestPage } from './newest-page.ts'
import type { OwnedId } from './owned.ts'
import type { Page, PageRequest } from './page.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/** Invoices of one side that were paid together. */
export type PaymentRun = {
  readonly id: string
  readonly workspace: string
  readonly side: BillingSide
  /** e.g. 'wire'. */
  readonly method: string
  /** Of the bank or payment service. */
  readonly reference: string
  readonly totalMicros: number
  readonly currency: string
  readonly state: 'paid' | 'cancelled'
  /** Unix milliseconds. */
  readonly paidAt: number
  readonly actor: string
  readonly createdAt: number
  readonly updatedAt: number
}

export function newPaymentRunId(now: number): string {
  return newRecordId(now)
}

export async function insertPaymentRun(db: Db, run: PaymentRun): Promise<void> {
  await db
    .insertInto('payment_runs')
    .values({
      id: run.id,
      workspace: run.workspace,
      side: run.side,
      method: run.method,
      reference: run.reference,
      total_micros: run.totalMicros,
      currency: run.currency,
      state: run.state,
      paid_at: run.paidAt,
      actor: run.actor,
      created_at: run.createdAt,
      updated_at: run.updatedAt,
    })
    .execute()
}

export async function getPaymentRun(db: Db, key: OwnedId): Promise<PaymentRun | undefined> {
  const row = await db
    .selectFrom('payment_runs')
    .selectAll()
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .executeTakeFirst()
  return row === undefined ? undefined : toPaymentRun(row)
}

/** Newest first. */
export async function listPaymentRuns(
  db: Db,
  workspace: string,
  page: PageRequest,
): Promise<Page<PaymentRun>> {
  return await newestPage(db, 'payment_runs', toPaymentRun, { workspace, page })
}

/** False when the workspace has no such run that is paid. */
export async function cancelPaymentRun(db: Db, key: OwnedId, now: number): Promise<boolean> {
  const result = await db
    .updateTable('payment_runs')
    .set({ state: 'cancelled', updated_at: now })
    .where('id', '=', key.id)
    .where('workspace', '=', key.workspace)
    .where('state', '=', 'paid')
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

function toPaymentRun(row: Selectable<Database['payment_runs']>): PaymentRun {
  return {
    id: row.id,
    workspace: row.workspace,
    side: row.side,
    method: row.method,
    reference: row.reference,
    totalMicros: row.total_micros,
    currency: row.currency,
    state: row.state,
    paidAt: row.paid_at,
    actor: row.actor,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
