import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely'

/**
 * What the tracker's depth adds to the tables of 001. Column comments live in schema.ts.
 * @public called by Kysely's migrator through the namespace
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, columns] of Object.entries(ADDED)) {
    for (const [name, [type, initial]] of Object.entries(columns))
      await addColumn(db, { table, name, type, initial })
  }
  await createConfiguration(db)
  await createVisitTables(db)
  await createJobTables(db)
  await createCostAndWeightTables(db)
}

type ColumnType = 'text' | 'integer' | 'bigint' | 'double precision'
/** Type and what rows have that exist already; null: the column may be null. */
type Added = readonly [type: ColumnType, initial: string | number | null]

const TEXT: Added = ['text', '']
const LIST: Added = ['text', '[]']
const ZERO: Added = ['integer', 0]
const MICROS: Added = ['bigint', 0]
const OPTIONAL_COUNT: Added = ['integer', null]

const ADDED: Readonly<Record<string, Readonly<Record<string, Added>>>> = {
  workspaces: { unique_hours: ZERO, fraud_json: ['text', '{}'] },
  traffic_sources: { template: TEXT, time_zone: TEXT, traffic_loss_percent: ['double precision', 0] },
  affiliate_networks: { event_policies_json: ['text', '{}'], template: TEXT },
  offers: {
    campaign_id: TEXT,
    payout_mode: ['text', 'auto'],
    monthly_cap: OPTIONAL_COUNT,
    total_cap: OPTIONAL_COUNT,
    cap_time_zone: ['text', 'UTC'],
    fallback_offer_id: TEXT,
    countries_json: LIST,
    tags_json: LIST,
    legacy_ids_json: LIST,
  },
  landers: { protection_secret: TEXT, protection_minutes: ZERO, tags_json: LIST, legacy_ids_json: LIST },
  campaigns: {
    flow_id: TEXT,
    rules_json: LIST,
    sticky: ['text', 'none'],
    optimization_json: ['text', 'null'],
    unique_hours: ZERO,
    domain_id: TEXT,
    tags_json: LIST,
    legacy_ids_json: LIST,
  },
  notification_targets: { percent: ['integer', 100] },
  conversions: {
    cost_micros: MICROS,
    counts_conversion: ['integer', 1],
    counts_revenue: ['integer', 1],
    counts_cost: ZERO,
  },
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

async function createConfiguration(db: Kysely<unknown>): Promise<void> {
  await ownedTable(db, 'flows')
    .addColumn('rules_json', 'text', (c) => c.notNull())
    .addColumn('paths_json', 'text', (c) => c.notNull())
    .addColumn('sticky', 'text', (c) => c.notNull())
    .addColumn('optimization_json', 'text', (c) => c.notNull())
    .execute()
  await ownedTable(db, 'domains')
    .addColumn('default_campaign_id', 'text', (c) => c.notNull())
    .addColumn('fallback_url', 'text', (c) => c.notNull())
    .execute()
  // A host belongs to one workspace: whoever has it in use keeps it.
  await sql`create unique index domains_host on domains (name) where archived_at is null`.execute(db)
  await ownedTable(db, 'events')
    .addColumn('counts_conversion', 'integer', (c) => c.notNull())
    .addColumn('counts_revenue', 'integer', (c) => c.notNull())
    .addColumn('counts_cost', 'integer', (c) => c.notNull())
    .execute()
  await sql`create unique index events_name on events (workspace, name) where archived_at is null`.execute(db)
}

async function createVisitTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('visit_updates')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('click_id', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('change_json', 'text', (c) => c.notNull())
    .addColumn('applied_at', 'bigint')
    .execute()
  await db.schema
    .createIndex('visit_updates_click')
    .on('visit_updates')
    .columns(['workspace', 'click_id', 'at', 'id'])
    .execute()
  await sql`create index visit_updates_waiting on visit_updates (at) where applied_at is null`.execute(db)
  await db.schema
    .createTable('visit_numbers')
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('click_id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('value_micros', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('visit_numbers_pk', ['workspace', 'click_id', 'name'])
    .execute()
}

async function createJobTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('jobs')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('total', 'bigint', (c) => c.notNull())
    .addColumn('done', 'bigint', (c) => c.notNull())
    .addColumn('failed', 'bigint', (c) => c.notNull())
    .addColumn('params_json', 'text', (c) => c.notNull())
    .addColumn('cursor_json', 'text', (c) => c.notNull())
    .addColumn('result_json', 'text', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .execute()
  await sql`create index jobs_open on jobs (created_at) where state in ('waiting', 'running')`.execute(db)
  await db.schema.createIndex('jobs_list').on('jobs').columns(['workspace', 'created_at', 'id']).execute()
  await db.schema
    .createTable('conversion_uploads')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('job_id', 'text', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .execute()
  await db.schema
    .createIndex('conversion_uploads_list')
    .on('conversion_uploads')
    .columns(['workspace', 'created_at', 'id'])
    .execute()
  await db.schema
    .createTable('upload_rows')
    .addColumn('upload_id', 'text', (c) => c.notNull())
    .addColumn('line', 'integer', (c) => c.notNull())
    .addColumn('problem', 'text', (c) => c.notNull())
    .addColumn('params_json', 'text', (c) => c.notNull())
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('upload_rows_pk', ['upload_id', 'line'])
    .execute()
}

async function createCostAndWeightTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('cost_corrections')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('request_json', 'text', (c) => c.notNull())
    .addColumn('amount_micros', 'bigint', (c) => c.notNull())
    .addColumn('rows', 'integer', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('cost_corrections_once', ['workspace', 'key'])
    .execute()
  await db.schema
    .createTable('optimized_weights')
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('owner_id', 'text', (c) => c.notNull())
    .addColumn('scope_id', 'text', (c) => c.notNull())
    .addColumn('arm_id', 'text', (c) => c.notNull())
    .addColumn('weight', 'double precision', (c) => c.notNull())
    .addColumn('probability_best', 'double precision', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('optimized_weights_pk', ['owner_id', 'scope_id', 'arm_id'])
    .execute()
}

/** A table of things a workspace owns, with the columns they all have. */
function ownedTable(db: Kysely<unknown>, name: string) {
  return db.schema
    .createTable(name)
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addColumn('archived_at', 'bigint')
}
