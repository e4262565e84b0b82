import { type Kysely, PostgresAdapter, sql } from 'kysely'

/**
 * The tables of schema.ts, as they first were. Column comments live there.
 * @public called by Kysely's migrator through the namespace
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await createWorkspaces(db)
  await createSourcesAndNetworks(db)
  await createOffersAndLanders(db)
  await createCampaigns(db)
  await createNotificationTargets(db)
  await createCurrencyRates(db)
  await createConfigVersion(db)
  await createHits(db)
  await createConversions(db)
  await createConversionHistory(db)
  await createCapCounters(db)
  await createDeliveryTables(db)
  await createLedgerTables(db)
  await createAccessTables(db)
}

async function createWorkspaces(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('workspaces')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('currency', 'text', (c) => c.notNull())
    .addColumn('time_zone', 'text', (c) => c.notNull())
    .addColumn('fallback_url', 'text', (c) => c.notNull())
    .addColumn('attribution_window_days', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .execute()
}

async function createSourcesAndNetworks(db: Kysely<unknown>): Promise<void> {
  await ownedTable(db, 'traffic_sources')
    .addColumn('external_id_param', 'text', (c) => c.notNull())
    .addColumn('external_id_macro', 'text', (c) => c.notNull())
    .addColumn('cost_param', 'text', (c) => c.notNull())
    .addColumn('cost_macro', 'text', (c) => c.notNull())
    .addColumn('currency', 'text', (c) => c.notNull())
    .addColumn('tokens_json', 'text', (c) => c.notNull())
    .execute()
  await ownedTable(db, 'affiliate_networks')
    .addColumn('click_id_param', 'text', (c) => c.notNull())
    .addColumn('token', 'text', (c) => c.notNull())
    .addColumn('signing_secret', 'text', (c) => c.notNull())
    .addColumn('ip_allowlist_json', 'text', (c) => c.notNull())
    .addColumn('referrer_allowlist_json', 'text', (c) => c.notNull())
    .addColumn('status_map_json', 'text', (c) => c.notNull())
    .addColumn('duplicate_policy', 'text', (c) => c.notNull())
    .addColumn('currency', 'text', (c) => c.notNull())
    .addColumn('click_to_conversion_min_ms', 'bigint', (c) => c.notNull())
    .addColumn('click_to_conversion_max_ms', 'bigint', (c) => c.notNull())
    .execute()
}

async function createOffersAndLanders(db: Kysely<unknown>): Promise<void> {
  await ownedTable(db, 'offers')
    .addColumn('affiliate_network_id', 'text', (c) => c.notNull())
    .addColumn('url', 'text', (c) => c.notNull())
    .addColumn('payout_micros', 'bigint')
    .addColumn('currency', 'text', (c) => c.notNull())
    .addColumn('default_event', 'text', (c) => c.notNull())
    .addColumn('events_json', 'text', (c) => c.notNull())
    .addColumn('daily_cap', 'integer')
    .execute()
  await ownedTable(db, 'landers')
    .addColumn('url', 'text', (c) => c.notNull())
    .addColumn('cta_count', 'integer', (c) => c.notNull())
    .execute()
}

async function createCampaigns(db: Kysely<unknown>): Promise<void> {
  await ownedTable(db, 'campaigns')
    .addColumn('slug', 'text', (c) => c.notNull().unique())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('traffic_source_id', 'text', (c) => c.notNull())
    .addColumn('redirect_mode', 'text', (c) => c.notNull())
    .addColumn('cost_model_json', 'text', (c) => c.notNull())
    .addColumn('fallback_url', 'text', (c) => c.notNull())
    .addColumn('paths_json', 'text', (c) => c.notNull())
    .execute()
}

async function createNotificationTargets(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('notification_targets')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('owner_type', 'text', (c) => c.notNull())
    .addColumn('owner_id', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('method', 'text', (c) => c.notNull())
    .addColumn('url', 'text', (c) => c.notNull())
    .addColumn('body_template', 'text', (c) => c.notNull())
    .addColumn('content_type', 'text', (c) => c.notNull())
    .addColumn('secret', 'text', (c) => c.notNull())
    .addColumn('events_json', 'text', (c) => c.notNull())
    .addColumn('statuses_json', 'text', (c) => c.notNull())
    .addColumn('only_first', 'integer', (c) => c.notNull())
    .addColumn('only_with_payout', 'integer', (c) => c.notNull())
    .addColumn('delay_seconds', 'integer', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('disabled_reason', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .execute()
  await index(db, 'notification_targets', ['workspace', 'owner_type', 'owner_id'])
}

async function createCurrencyRates(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('currency_rates')
    .addColumn('currency', 'text', (c) => c.primaryKey())
    .addColumn('rate_micros', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .execute()
}

async function createConfigVersion(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('config_version')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('version', 'bigint', (c) => c.notNull())
    .execute()
  await sql`insert into config_version (id, version) values (1, 1)`.execute(db)
}

async function createHits(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('hits')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('received_at', 'bigint', (c) => c.notNull())
    .addColumn('judged_at', 'bigint', (c) => c.notNull())
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('attribution', 'text', (c) => c.notNull())
    .addColumn('click_id', 'text', (c) => c.notNull())
    .addColumn('conversion_id', 'text', (c) => c.notNull())
    .addColumn('affiliate_network_id', 'text', (c) => c.notNull())
    .addColumn('ip', 'text', (c) => c.notNull())
    .addColumn('request_json', 'text', (c) => c.notNull())
    .addColumn('steps_json', 'text', (c) => c.notNull())
    .addColumn('rematch_at', 'bigint')
    .execute()
  await index(db, 'hits', ['workspace', 'received_at', 'id'])
  await index(db, 'hits', ['workspace', 'click_id', 'received_at', 'id'])
  // The unmatched inbox is read often and is small beside the table.
  await sql`create index hits_unmatched on hits (received_at) where outcome = 'unmatched'`.execute(db)
  await sql`create index hits_rematch on hits (rematch_at) where rematch_at is not null`.execute(db)
}

async function createConversions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('conversions')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('click_id', 'text', (c) => c.notNull())
    .addColumn('event', 'text', (c) => c.notNull())
    .addColumn('txid', 'text', (c) => c.notNull())
    .addColumn('identity', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('revenue_micros', 'bigint', (c) => c.notNull())
    .addColumn('currency', 'text', (c) => c.notNull())
    .addColumn('original_micros', 'bigint', (c) => c.notNull())
    .addColumn('original_currency', 'text', (c) => c.notNull())
    .addColumn('rate_micros', 'bigint', (c) => c.notNull())
    .addColumn('attribution', 'text', (c) => c.notNull())
    .addColumn('hit_id', 'text', (c) => c.notNull())
    .addColumn('visit_json', 'text', (c) => c.notNull())
    .addColumn('campaign_id', 'text', (c) => c.notNull())
    .addColumn('traffic_source_id', 'text', (c) => c.notNull())
    .addColumn('affiliate_network_id', 'text', (c) => c.notNull())
    .addColumn('offer_id', 'text', (c) => c.notNull())
    .addColumn('external_id', 'text', (c) => c.notNull())
    .addColumn('visit_at', 'bigint', (c) => c.notNull())
    .addColumn('params_json', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('transitions', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('conversions_identity', ['workspace', 'identity'])
    .execute()
  await index(db, 'conversions', ['workspace', 'created_at', 'id'])
  // With the order of lists: SQLite would else walk the workspace's whole history to have a visit's few in order.
  await index(db, 'conversions', ['workspace', 'click_id', 'created_at', 'id'])
}

async function createConversionHistory(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('conversion_history')
    .addColumn('conversion_id', 'text', (c) => c.notNull())
    .addColumn('n', 'integer', (c) => c.notNull())
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('hit_id', 'text', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('from_status', 'text', (c) => c.notNull())
    .addColumn('to_status', 'text', (c) => c.notNull())
    .addColumn('from_revenue_micros', 'bigint', (c) => c.notNull())
    .addColumn('to_revenue_micros', 'bigint', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('conversion_history_pk', ['conversion_id', 'n'])
    .execute()
}

async function createCapCounters(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('cap_counters')
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('period', 'text', (c) => c.notNull())
    .addColumn('count', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('cap_counters_pk', ['key', 'period'])
    .execute()
}

async function createDeliveryTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('deliveries')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('conversion_id', 'text', (c) => c.notNull())
    .addColumn('transition', 'integer', (c) => c.notNull())
    .addColumn('target_id', 'text', (c) => c.notNull())
    .addColumn('click_id', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('method', 'text', (c) => c.notNull())
    .addColumn('url', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('content_type', 'text', (c) => c.notNull())
    .addColumn('secret', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addColumn('lease_owner', 'text')
    .addColumn('lease_until', 'bigint')
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('attempts_before', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('deliveries_once', ['conversion_id', 'transition', 'target_id'])
    .execute()
  // The queue: only pending rows, in order of due time, so that a long history does not slow the worker.
  await sql`create index deliveries_due on deliveries (due_at) where state = 'pending'`.execute(db)
  await index(db, 'deliveries', ['workspace', 'created_at', 'id'])
  await index(db, 'deliveries', ['workspace', 'click_id', 'created_at', 'id'])

  await db.schema
    .createTable('delivery_attempts')
    .addColumn('delivery_id', 'text', (c) => c.notNull())
    .addColumn('n', 'integer', (c) => c.notNull())
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('started_at', 'bigint', (c) => c.notNull())
    .addColumn('duration_ms', 'integer', (c) => c.notNull())
    .addColumn('request_json', 'text', (c) => c.notNull())
    .addColumn('response_status', 'integer')
    .addColumn('response_headers_json', 'text', (c) => c.notNull())
    .addColumn('response_body', 'text', (c) => c.notNull())
    .addColumn('error', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('delivery_attempts_pk', ['delivery_id', 'n'])
    .execute()
}

async function createLedgerTables(db: Kysely<unknown>): Promise<void> {
  const outbox = db.schema.createTable('ledger_outbox')
  const withSeq = isPostgres(db)
    ? outbox.addColumn('seq', 'bigserial', (c) => c.primaryKey())
    : outbox.addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
  await withSeq
    .addColumn('row_json', 'text', (c) => c.notNull())
    .addColumn('batch', 'text')
    .execute()
  await index(db, 'ledger_outbox', ['batch'])

  await db.schema
    .createTable('ledger_batches')
    .addColumn('edge', 'text', (c) => c.primaryKey())
    .addColumn('from_segment', 'bigint', (c) => c.notNull())
    .addColumn('from_offset', 'bigint', (c) => c.notNull())
    .addColumn('to_segment', 'bigint', (c) => c.notNull())
    .addColumn('to_offset', 'bigint', (c) => c.notNull())
    .addColumn('token', 'text', (c) => c.notNull())
    .execute()
  await db.schema
    .createTable('journal_checkpoints')
    .addColumn('edge', 'text', (c) => c.notNull())
    .addColumn('consumer', 'text', (c) => c.notNull())
    .addColumn('segment', 'bigint', (c) => c.notNull())
    .addColumn('offset', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('journal_checkpoints_pk', ['edge', 'consumer'])
    .execute()
}

async function createAccessTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('api_keys')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('key_hash', 'text', (c) => c.notNull().unique())
    .addColumn('prefix', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('last_used_at', 'bigint')
    .addColumn('revoked_at', 'bigint')
    .execute()
  await index(db, 'api_keys', ['workspace'])
  await db.schema
    .createTable('audit_log')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('subject_type', 'text', (c) => c.notNull())
    .addColumn('subject_id', 'text', (c) => c.notNull())
    .addColumn('detail_json', 'text', (c) => c.notNull())
    .execute()
  await index(db, 'audit_log', ['workspace', 'at'])
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

async function index(db: Kysely<unknown>, table: string, columns: readonly string[]): Promise<void> {
  await db.schema
    .createIndex(`${table}_${columns.join('_')}`)
    .on(table)
    .columns([...columns])
    .execute()
}

function isPostgres(db: Kysely<unknown>): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter
}
