import { sql } from 'kysely'
import type { AffiliatePayment } from '../domain/affiliate.ts'
import type { BalanceSums } from '../domain/billing-balance.ts'
import type { BillingSide } from '../domain/billing-types.ts'
import { earnedRevenue, partyColumn, sumOf, worthOf } from './billable-money.ts'
import { afterCursor, type Page, type PageRequest, rowsWanted, toPage } from './page.ts'
import type { Db } from './transaction.ts'

/** An affiliate or advertiser, as balances name it. */
export type Party = { readonly id: string; readonly name: string; readonly createdAt: number }

/** Parties of one side, archived ones too: what they are owed outlives their use. */
export type PartyFilter = {
  readonly workspace: string
  readonly side: BillingSide
  /** Only affiliates that this member looks after; undefined for all. */
  readonly managerId?: string | undefined
}

/** Newest first. */
export async function listParties(db: Db, filter: PartyFilter, page: PageRequest): Promise<Page<Party>> {
  const rows = await parties(db, filter)
    .where(afterCursor('created_at', page.cursor))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsWanted(page))
    .execute()
  return toPage(rows, page, ({ createdAt }) => createdAt)
}

export async function getParty(db: Db, filter: PartyFilter, id: string): Promise<Party | undefined> {
  return await parties(db, filter).where('id', '=', id).executeTakeFirst()
}

/** In the order of their ids, those behind `after`: the steps of a run. */
export async function partiesAfter(
  db: Db,
  filter: PartyFilter,
  { after, max }: { readonly after: string; readonly max: number },
): Promise<readonly Party[]> {
  return await parties(db, filter).where('id', '>', after).orderBy('id').limit(max).execute()
}

export async function countParties(db: Db, { workspace, side }: PartyFilter): Promise<number> {
  const { count } = await db
    .selectFrom(side === 'affiliate' ? 'affiliates' : 'advertisers')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('workspace', '=', workspace)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** How affiliates are paid. */
export async function paymentsOf(
  db: Db,
  workspace: string,
  affiliateIds: readonly string[],
): Promise<ReadonlyMap<string, AffiliatePayment>> {
  if (affiliateIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('affiliates')
    .select(['id', 'payment_json'])
    .where('workspace', '=', workspace)
    .where('id', 'in', affiliateIds)
    .execute()
  return new Map(rows.map((row) => [row.id, JSON.parse(row.payment_json)]))
}

function parties(db: Db, { workspace, side, managerId }: PartyFilter) {
  const table = side === 'affiliate' ? 'affiliates' : 'advertisers'
  return (
    db
      .selectFrom(table)
      .select(['id', 'name', 'created_at as createdAt'])
      .where('workspace', '=', workspace)
      // Advertisers have no manager: nobody who is asked about by one sees them.
      .$if(managerId !== undefined, (query) =>
        query.where(side === 'affiliate' ? sql.ref('manager_id') : sql.lit(''), '=', managerId),
      )
  )
}

export type BalanceQuestion = {
  readonly workspace: string
  readonly side: BillingSide
  readonly partyIds: readonly string[]
  /** Unix milliseconds, exclusive. */
  readonly untilMs: number
}

/**
 * What SQL knows of the parties' balances, in four queries however many parties there are. Without the money of clicks,
 * which is the ledger's.
 */
export async function loadBalanceSums(
  db: Db,
  question: BalanceQuestion,
): Promise<ReadonlyMap<string, BalanceSums>> {
  const { side, partyIds } = question
  if (partyIds.length === 0) return new Map()
  const conversions = await conversionSums(db, question)
  const invoices = await invoiceSums(db, question)
  const adjustments = await adjustmentSums(db, question)
  const referrals = side === 'affiliate' ? await referralSums(db, question) : new Map<string, number>()
  return new Map(
    partyIds.map((id) => {
      const { pendingMicros = 0, approvedMicros = 0, dueMicros = 0 } = conversions.get(id) ?? {}
      const { draftMicros = 0, finalMicros = 0, paidMicros = 0 } = invoices.get(id) ?? {}
      const otherMicros = (adjustments.get(id) ?? 0) + (referrals.get(id) ?? 0)
      const held = { pendingMicros, approvedMicros, dueMicros }
      return [id, { ...held, draftMicros, finalMicros, paidMicros, otherMicros }]
    }),
  )
}

async function conversionSums(db: Db, { workspace, side, partyIds, untilMs }: BalanceQuestion) {
  const column = partyColumn(side)
  const amount = side === 'affiliate' ? sql<number>`payout_micros` : earnedRevenue()
  const rows = await db
    .selectFrom('conversions')
    .select(`${column} as id`)
    .select([
      sumOf(sql`case when status = 'pending' then ${amount} else 0 end`).as('pendingMicros'),
      sumOf(sql`case when status = 'approved' then ${amount} else 0 end`).as('approvedMicros'),
      sumOf(worthOf(side, untilMs)).as('dueMicros'),
    ])
    .where('workspace', '=', workspace)
    .where(column, 'in', partyIds)
    .where(column, '<>', '')
    .groupBy(column)
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}

async function invoiceSums(db: Db, { workspace, side, partyIds }: BalanceQuestion) {
  const ofState = (state: string) => sumOf(sql`case when state = ${state} then total_micros else 0 end`)
  const rows = await db
    .selectFrom('invoices')
    .select('party_id as id')
    .select([
      ofState('draft').as('draftMicros'),
      ofState('final').as('finalMicros'),
      ofState('paid').as('paidMicros'),
    ])
    .where('workspace', '=', workspace)
    .where('side', '=', side)
    .where('party_id', 'in', partyIds)
    .groupBy('party_id')
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}

async function adjustmentSums(db: Db, { workspace, side, partyIds }: BalanceQuestion) {
  const rows = await db
    .selectFrom('balance_adjustments')
    .select('party_id as id')
    .select(sumOf(sql`amount_micros`).as('micros'))
    .where('workspace', '=', workspace)
    .where('side', '=', side)
    .where('party_id', 'in', partyIds)
    .groupBy('party_id')
    .execute()
  return new Map(rows.map(({ id, micros }) => [id, micros]))
}

async function referralSums(db: Db, { workspace, partyIds }: BalanceQuestion) {
  const rows = await db
    .selectFrom('invoices')
    .select('referrer_id as id')
    .select(sumOf(sql`referral_micros`).as('micros'))
    .where('workspace', '=', workspace)
    .where('referrer_id', 'in', partyIds)
    .where('state', 'in', ['final', 'paid'])
    .groupBy('referrer_id')
    .execute()
  return new Map(rows.map(({ id, micros }) => [id, micros]))
}
