import { type RawBuilder, sql } from 'kysely'
import type {
  BillableAdjustment,
  BillableClicks,
  BillableConversion,
  BillableReferral,
} from '../domain/billing-lines.ts'
import type { BillingSide, LineKind } from '../domain/billing-types.ts'
import type { Db } from './transaction.ts'

/** One affiliate or advertiser. */
export type PartyKey = { readonly workspace: string; readonly side: BillingSide; readonly partyId: string }

/**
 * What a conversion is worth to one side at a moment: an affiliate is owed its payout when the hold is over, an
 * advertiser owes revenue as soon as it is approved, where the event's amount counts as revenue.
 * @param untilMs Unix milliseconds, exclusive
 */
export function worthOf(side: BillingSide, untilMs: number): RawBuilder<number> {
  return side === 'affiliate'
    ? sql`case when status = 'approved' and payable_at < ${untilMs} then payout_micros else 0 end`
    : sql`case when status = 'approved' and created_at < ${untilMs} then ${earnedRevenue()} else 0 end`
}

/** What an advertiser owes for a conversion that earns. */
export function earnedRevenue(): RawBuilder<number> {
  return sql`case when counts_revenue = 1 then revenue_micros else 0 end`
}

/**
 * The column of conversions that names the party. Its index leaves out the tracker's rows: a query must say itself that
 * it wants none of them, or neither engine uses the index.
 */
export function partyColumn(side: BillingSide): 'affiliate_id' | 'advertiser_id' {
  return side === 'affiliate' ? 'affiliate_id' : 'advertiser_id'
}

/** A sum of micros as an exact integer: PostgreSQL sums bigints to numerics, which come as text. */
export function sumOf(expression: RawBuilder<number>): RawBuilder<number> {
  return sql<number>`cast(coalesce(sum(${expression}), 0) as bigint)`
}

export type BillableQuestion = {
  /** Unix milliseconds, exclusive. */
  readonly untilMs: number
  readonly max: number
  /** Which are taken when there are more. */
  readonly first: 'oldest' | 'largest'
}

/** Conversions whose worth at `untilMs`, or whose count, differs from what invoices hold for them; at most `max`. */
export async function billableConversions(
  db: Db,
  key: PartyKey,
  { untilMs, max, first }: BillableQuestion,
): Promise<readonly BillableConversion[]> {
  const order =
    first === 'oldest'
      ? sql`due.created_at, due.id`
      : sql`due.micros - coalesce(billed.micros, 0) desc, due.created_at, due.id`
  const { rows } = await sql<BillableConversion>`
    ${dueBesideBilled(key, untilMs)}
    select due.id as "id", due.offer_id as "offerId", due.event as "event",
      due.micros as "dueMicros", coalesce(billed.micros, 0) as "billedMicros",
      coalesce(billed.quantity, 0) as "billedQuantity"
    from due left join billed on billed.id = due.id
    where due.micros <> coalesce(billed.micros, 0)
      or case when due.micros <> 0 then 1 else 0 end <> coalesce(billed.quantity, 0)
    order by ${order}
    limit ${max}`.execute(db)
  return rows
}

/** What all conversions of a party are worth at `untilMs` beyond what invoices hold for them. */
export async function sumOfBillableConversions(db: Db, key: PartyKey, untilMs: number): Promise<number> {
  const { rows } = await sql<{ sum: number }>`
    ${dueBesideBilled(key, untilMs)}
    select ${sumOf(sql`due.micros - coalesce(billed.micros, 0)`)} as "sum"
    from due left join billed on billed.id = due.id`.execute(db)
  return rows[0]?.sum ?? 0
}

/** `due`: worth of each conversion of the party; `billed`: what invoices in force hold for it. */
function dueBesideBilled({ workspace, side, partyId }: PartyKey, untilMs: number): RawBuilder<unknown> {
  const party = sql.ref(partyColumn(side))
  return sql`with billed as (
      select l.conversion_id as id, ${sumOf(sql`l.amount_micros`)} as micros,
        ${sumOf(sql`l.quantity`)} as quantity
      from invoices i join invoice_lines l on l.invoice_id = i.id
      where i.workspace = ${workspace} and i.side = ${side} and i.party_id = ${partyId}
        and i.state <> 'void' and l.kind = 'conversion'
      group by l.conversion_id
    ), due as (
      select id, offer_id, event, created_at, ${worthOf(side, untilMs)} as micros
      from conversions where workspace = ${workspace} and ${party} = ${partyId} and ${party} <> ''
    )`
}

/** What invoices that are not void hold of an offer's clicks, by offer. */
export async function billedClicks(
  db: Db,
  key: PartyKey,
): Promise<ReadonlyMap<string, Pick<BillableClicks, 'billedQuantity' | 'billedMicros'>>> {
  const rows = await linesInForce(db, key, 'clicks')
    .select(['l.subject_id as offerId'])
    .select([sumOf(sql`l.quantity`).as('billedQuantity'), sumOf(sql`l.amount_micros`).as('billedMicros')])
    .groupBy('l.subject_id')
    .execute()
  return new Map(rows.map(({ offerId, ...billed }) => [offerId, billed]))
}

/** Invoices of referred affiliates by which the affiliate earns something else than was billed. */
export async function billableReferrals(db: Db, key: PartyKey): Promise<readonly BillableReferral[]> {
  if (key.side !== 'affiliate') return []
  const { rows } = await sql<BillableReferral>`
    with billed as (
      select l.subject_id as id, ${sumOf(sql`l.amount_micros`)} as micros
      from invoices i join invoice_lines l on l.invoice_id = i.id
      where i.workspace = ${key.workspace} and i.side = 'affiliate' and i.party_id = ${key.partyId}
        and i.state <> 'void' and l.kind = 'referral'
      group by l.subject_id
    )
    select o.id as "invoiceId", o.number as "invoiceNumber", coalesce(a.name, '') as "affiliateName",
      case when o.state in ('final', 'paid') then o.referral_micros else 0 end as "dueMicros",
      coalesce(billed.micros, 0) as "billedMicros"
    from invoices o
    left join billed on billed.id = o.id
    left join affiliates a on a.id = o.party_id
    where o.workspace = ${key.workspace} and o.referrer_id = ${key.partyId}
      and case when o.state in ('final', 'paid') then o.referral_micros else 0 end <> coalesce(billed.micros, 0)
    order by o.number`.execute(db)
  return rows
}

/** Adjustments that no invoice in force holds, oldest first. */
export async function billableAdjustments(db: Db, key: PartyKey): Promise<readonly BillableAdjustment[]> {
  return await db
    .selectFrom('balance_adjustments as a')
    .select(['a.id', 'a.reason', 'a.amount_micros as amountMicros'])
    .where('a.workspace', '=', key.workspace)
    .where('a.side', '=', key.side)
    .where('a.party_id', '=', key.partyId)
    .where((eb) =>
      eb.not(
        eb.exists(
          linesInForce(db, key, 'adjustment')
            .select('l.n')
            .where('l.subject_id', '=', sql.ref<string>('a.id')),
        ),
      ),
    )
    .orderBy('a.created_at')
    .orderBy('a.id')
    .execute()
}

function linesInForce(db: Db, { workspace, side, partyId }: PartyKey, kind: LineKind) {
  return db
    .selectFrom('invoices as i')
    .innerJoin('invoice_lines as l', 'l.invoice_id', 'i.id')
    .where('i.workspace', '=', workspace)
    .where('i.side', '=', side)
    .where('i.party_id', '=', partyId)
    .where('i.state', '<>', 'void')
    .where('l.kind', '=', kind)
}
