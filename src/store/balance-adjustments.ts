import type { Selectable } from 'kysely'
import type { BillingSide } from '../domain/billing-types.ts'
import { newRecordId } from './ids.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { Database } from './schema.ts'
import type { Db } from './transaction.ts'

/** An amount that a person adds to, or takes from, a party's balance. */
export type BalanceAdjustment = {
  readonly id: string
  readonly workspace: string
  readonly side: BillingSide
  readonly partyId: string
  /** In the workspace's currency. */
  readonly amountMicros: number
  /** The line's text on the invoice. */
  readonly reason: string
  readonly actor: string
  readonly createdAt: number
}

export async function insertBalanceAdjustment(
  db: Db,
  adjustment: Omit<BalanceAdjustment, 'id' | 'createdAt'>,
  now: number,
): Promise<BalanceAdjustment> {
  const { workspace, side, partyId, amountMicros, reason, actor } = adjustment
  const row = {
    id: newRecordId(now),
    workspace,
    side,
    party_id: partyId,
    amount_micros: amountMicros,
    reason,
    actor,
    created_at: now,
  }
  await db.insertInto('balance_adjustments').values(row).execute()
  return toAdjustment(row)
}

/** Newest first. */
export async function listBalanceAdjustments(
  db: Db,
  workspace: string,
  filter: { readonly side?: BillingSide | undefined; readonly partyId?: string | undefined },
  page: PageRequest,
): Promise<Page<BalanceAdjustment>> {
  let query = db
    .selectFrom('balance_adjustments')
    .selectAll()
    .where('workspace', '=', workspace)
    .where(afterCursor('created_at', page.cursor))
  if (filter.side !== undefined) query = query.where('side', '=', filter.side)
  if (filter.partyId !== undefined) query = query.where('party_id', '=', filter.partyId)
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows.map(toAdjustment), page, ({ createdAt }) => createdAt)
}

function toAdjustment(row: Selectable<Database['balance_adjustments']>): BalanceAdjustment {
  return {
    id: row.id,
    workspace: row.workspace,
    side: row.side,
    partyId: row.party_id,
    amountMicros: row.amount_micros,
    reason: row.reason,
    actor: row.actor,
    createdAt: row.created_at,
  }
}
