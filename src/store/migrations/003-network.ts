import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely'

/**
 * The network's side: advertisers, affiliates and the money between them. Column comments live in schema-network.ts.
 * @public called by Kysely's migrator through the namespace
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, columns] of Object.entries(ADDED)) {
    for (const [name, [type, initial]] of Object.entries(columns))
      await addColumn(db, { table, name, type, initial })
  }
  await createParties(db)
  await createApplications(db)
  await createInvoices(db)
  await createReconciliations(db)
  await createIndexes(db)
}

type ColumnType = 'text' | 'integer' | 'bigint' | 'double precision'
/** Type and what rows have that exist already; null: the column may be null. */
type Added = readonly [type: ColumnType, initial: string | number | null]

const TEXT: Added = ['text', '']
const MICROS: Added = ['bigint', 0]

const ADDED: Readonly<Record<string, Readonly<Record<string, Added>>>> = {
  workspaces: { network_json: ['text', '{}'] },
  offers: { advertiser_id: TEXT, terms_json: ['text', 'null'] },
  notification_targets: {
    offer_id: TEXT,
    code: TEXT,
    moderation: ['text', 'approved'],
    moderation_reason: TEXT,
  },
  hits: { advertiser_id: TEXT, affiliate_id: TEXT },
  conversions: {
    affiliate_id: TEXT,
    advertiser_id: TEXT,
    payout_micros: MICROS,
    sale_micros: MICROS,
    agreement_json: ['text', 'null'],
    payable_at: ['bigint', null],
    past_statuses: TEXT,
  },
  conversion_history: { from_payout_micros: MICROS, to_payout_micros: MICROS },
  deliveries: { affiliate_id: TEXT },
  api_keys: { affiliate_id: TEXT },
}

async function addColumn(
  db: Kysely<unknown>,
  column: {
    readonly table: string
    readonly name: string
    readonly type: ColumnType
    readonly initial: Added[1]
  },
): Promise<void> {
  const { table, name, type, initial } = column
  const define = (c: ColumnDefinitionBuilder) => (initial === null ? c : c.notNull().defaultTo(initial))
  await db.schema.alterTable(table).addColumn(name, type, define).execute()
}

const required = (c: ColumnDefinitionBuilder) => c.notNull()

async function createParties(db: Kysely<unknown>): Promise<void> {
  await ownedTable(db, 'advertisers')
    .addColumn('status', 'text', required)
    .addColumn('email', 'text', required)
    .addColumn('billing_json', 'text', required)
    .addColumn('click_id_param', 'text', required)
    .addColumn('token', 'text', required)
    .addColumn('next_token', 'text', required)
    .addColumn('signing_secret', 'text', required)
    .addColumn('ip_allowlist_json', 'text', required)
    .addColumn('referrer_allowlist_json', 'text', required)
    .addColumn('status_map_json', 'text', required)
    .addColumn('duplicate_policy', 'text', required)
    .addColumn('event_policies_json', 'text', required)
    .addColumn('currency', 'text', required)
    .addColumn('tags_json', 'text', required)
    .addColumn('note', 'text', required)
    .execute()
  await ownedTable(db, 'affiliates')
    .addColumn('status', 'text', required)
    .addColumn('status_reason', 'text', required)
    .addColumn('email', 'text', required)
    .addColumn('manager_id', 'text', required)
    .addColumn('referrer_id', 'text', required)
    .addColumn('referral_percent', 'double precision', required)
    .addColumn('tier', 'text', required)
    .addColumn('tags_json', 'text', required)
    .addColumn('blocked_sources_json', 'text', required)
    .addColumn('payment_json', 'text', required)
    .addColumn('billing_json', 'text', required)
    .addColumn('note', 'text', required)
    .addColumn('legacy_ids_json', 'text', required)
    .addColumn('accepted_terms_at', 'bigint')
    .execute()
  await db.schema
    .createTable('affiliate_users')
    .addColumn('user_id', 'text', required)
    .addColumn('workspace', 'text', required)
    .addColumn('affiliate_id', 'text', required)
    .addColumn('created_at', 'bigint', required)
    .addPrimaryKeyConstraint('affiliate_users_pk', ['user_id', 'workspace'])
    .execute()
}

async function createApplications(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('affiliate_offers')
    .addColumn('offer_id', 'text', required)
    .addColumn('affiliate_id', 'text', required)
    .addColumn('workspace', 'text', required)
    .addColumn('state', 'text', required)
    .addColumn('message', 'text', required)
    .addColumn('reason', 'text', required)
    .addColumn('accepted_at', 'bigint')
    .addColumn('payouts_json', 'text', required)
    .addColumn('caps_json', 'text', required)
    .addColumn('created_at', 'bigint', required)
    .addColumn('updated_at', 'bigint', required)
    .addColumn('version', 'bigint', required)
    .addPrimaryKeyConstraint('affiliate_offers_pk', ['offer_id', 'affiliate_id'])
    .execute()
  await ownedTable(db, 'coupons')
    .addColumn('affiliate_id', 'text', required)
    .addColumn('offer_id', 'text', required)
    .execute()
  // A code is one affiliate's: while it is in use nobody else can have it.
  await sql`create unique index coupons_code on coupons (workspace, name) where archived_at is null`.execute(
    db,
  )
  await db.schema
    .createTable('used_signatures')
    .addColumn('sender_id', 'text', required)
    .addColumn('sig', 'text', required)
    .addColumn('hit_id', 'text', required)
    .addColumn('at', 'bigint', required)
    .addPrimaryKeyConstraint('used_signatures_pk', ['sig', 'sender_id'])
    .execute()
}

async function createInvoices(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('invoices')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', required)
    .addColumn('number', 'integer', required)
    .addColumn('side', 'text', required)
    .addColumn('party_id', 'text', required)
    .addColumn('period_from', 'bigint', required)
    .addColumn('period_to', 'bigint', required)
    .addColumn('currency', 'text', required)
    .addColumn('total_micros', 'bigint', required)
    .addColumn('state', 'text', required)
    .addColumn('payment_run_id', 'text', required)
    .addColumn('parties_json', 'text', required)
    .addColumn('issued_at', 'bigint')
    .addColumn('referrer_id', 'text', required)
    .addColumn('referral_micros', 'bigint', required)
    .addColumn('note', 'text', required)
    .addColumn('actor', 'text', required)
    .addColumn('created_at', 'bigint', required)
    .addColumn('updated_at', 'bigint', required)
    .addUniqueConstraint('invoices_number', ['workspace', 'number'])
    .execute()
  await db.schema
    .createTable('invoice_lines')
    .addColumn('invoice_id', 'text', required)
    .addColumn('n', 'integer', required)
    .addColumn('workspace', 'text', required)
    .addColumn('kind', 'text', required)
    .addColumn('conversion_id', 'text', required)
    .addColumn('subject_id', 'text', required)
    .addColumn('description', 'text', required)
    .addColumn('quantity', 'bigint', required)
    .addColumn('amount_micros', 'bigint', required)
    .addPrimaryKeyConstraint('invoice_lines_pk', ['invoice_id', 'n'])
    .execute()
  await db.schema
    .createTable('balance_adjustments')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', required)
    .addColumn('side', 'text', required)
    .addColumn('party_id', 'text', required)
    .addColumn('amount_micros', 'bigint', required)
    .addColumn('reason', 'text', required)
    .addColumn('actor', 'text', required)
    .addColumn('created_at', 'bigint', required)
    .execute()
  await db.schema
    .createTable('payment_runs')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', required)
    .addColumn('side', 'text', required)
    .addColumn('method', 'text', required)
    .addColumn('reference', 'text', required)
    .addColumn('total_micros', 'bigint', required)
    .addColumn('currency', 'text', required)
    .addColumn('state', 'text', required)
    .addColumn('paid_at', 'bigint', required)
    .addColumn('actor', 'text', required)
    .addColumn('created_at', 'bigint', required)
    .addColumn('updated_at', 'bigint', required)
    .execute()
}

async function createReconciliations(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('reconciliations')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', required)
    .addColumn('advertiser_id', 'text', required)
    .addColumn('name', 'text', required)
    .addColumn('period_from', 'bigint', required)
    .addColumn('period_to', 'bigint', required)
    .addColumn('state', 'text', required)
    .addColumn('job_id', 'text', required)
    .addColumn('summary_json', 'text', required)
    .addColumn('actor', 'text', required)
    .addColumn('created_at', 'bigint', required)
    .addColumn('updated_at', 'bigint', required)
    .execute()
  await db.schema
    .createTable('reconciliation_rows')
    .addColumn('reconciliation_id', 'text', required)
    .addColumn('n', 'integer', required)
    .addColumn('kind', 'text', required)
    .addColumn('conversion_id', 'text', required)
    .addColumn('params_json', 'text', required)
    .addColumn('detail', 'text', required)
    .addColumn('outcome', 'text', required)
    .addPrimaryKeyConstraint('reconciliation_rows_pk', ['reconciliation_id', 'n'])
    .execute()
}

const INDEXES: readonly (readonly [name: string, table: string, columns: readonly string[]])[] = [
  ['affiliate_users_affiliate', 'affiliate_users', ['affiliate_id']],
  ['affiliate_offers_affiliate', 'affiliate_offers', ['workspace', 'affiliate_id', 'offer_id']],
  ['affiliate_offers_list', 'affiliate_offers', ['workspace', 'state', 'updated_at', 'offer_id']],
  ['affiliate_offers_version', 'affiliate_offers', ['version']],
  ['used_signatures_at', 'used_signatures', ['at']],
  ['cap_counters_period', 'cap_counters', ['period', 'key']],
  ['invoices_list', 'invoices', ['workspace', 'created_at', 'id']],
  ['invoices_party', 'invoices', ['workspace', 'side', 'party_id', 'created_at']],
  ['invoices_referrer', 'invoices', ['workspace', 'referrer_id']],
  ['invoices_payment_run', 'invoices', ['workspace', 'payment_run_id']],
  ['invoice_lines_conversion', 'invoice_lines', ['conversion_id']],
  ['balance_adjustments_party', 'balance_adjustments', ['workspace', 'side', 'party_id', 'created_at']],
  ['payment_runs_list', 'payment_runs', ['workspace', 'created_at', 'id']],
  ['reconciliations_list', 'reconciliations', ['workspace', 'created_at', 'id']],
  ['conversions_affiliate', 'conversions', ['workspace', 'affiliate_id', 'created_at', 'id']],
  ['conversions_advertiser', 'conversions', ['workspace', 'advertiser_id', 'created_at', 'id']],
  ['conversions_advertiser_txid', 'conversions', ['workspace', 'advertiser_id', 'txid', 'click_id']],
  ['reconciliation_rows_conversion', 'reconciliation_rows', ['reconciliation_id', 'conversion_id']],
  ['deliveries_affiliate', 'deliveries', ['workspace', 'affiliate_id', 'created_at', 'id']],
]

/** Those of what tracker and network share leave out the tracker's rows. */
const NETWORK_ROWS: Readonly<Record<string, string>> = {
  conversions_affiliate: 'affiliate_id',
  conversions_advertiser: 'advertiser_id',
  conversions_advertiser_txid: 'advertiser_id',
  deliveries_affiliate: 'affiliate_id',
}

async function createIndexes(db: Kysely<unknown>): Promise<void> {
  for (const [name, table, columns] of INDEXES) {
    const column = NETWORK_ROWS[name]
    const where = column === undefined ? sql`` : sql` where ${sql.ref(column)} <> ''`
    const listed = sql.join(columns.map((each) => sql.ref(each)))
    await sql`create index ${sql.ref(name)} on ${sql.table(table)} (${listed})${where}`.execute(db)
  }
}

/** A table of things a workspace owns, with the columns they all have. */
function ownedTable(db: Kysely<unknown>, name: string) {
  return db.schema
    .createTable(name)
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', required)
    .addColumn('name', 'text', required)
    .addColumn('created_at', 'bigint', required)
    .addColumn('updated_at', 'bigint', required)
    .addColumn('archived_at', 'bigint')
}
