import { DEDUPLICATION_WINDOW } from './limits.ts'

/**
 * The ledger's columns. Everything that is written or read derives from this list.
 *
 * Codecs by measurement on 10 million rows: measures in LZ4 cost 5 bytes a row more than in ZSTD and are summed
 * in half the time; text that reports group by is LowCardinality, of which functions see the dictionary alone.
 */
export type LedgerColumn = {
  readonly name: string
  readonly type: string
  readonly codec?: string
}

const DIMENSION = 'LowCardinality(String)'
const MONEY = 'Decimal(18, 6)'
const NAMED_VALUES = 'Map(LowCardinality(String), String)'
const NAMED_NUMBERS = 'Map(LowCardinality(String), Decimal(18, 6))'
const TIME = "DateTime64(3, 'UTC')"
const TIME_CODEC = 'Delta, ZSTD(1)'

const SUBS = ['sub1', 'sub2', 'sub3', 'sub4', 'sub5', 'sub6', 'sub7', 'sub8', 'sub9', 'sub10']

export const LEDGER_COLUMNS: readonly LedgerColumn[] = [
  ...columns(DIMENSION, ['kind', 'workspace']),
  ...columns(TIME, ['at', 'visit_at'], TIME_CODEC),
  ...columns('String', ['click_id'], 'ZSTD(1)'),
  ...columns(DIMENSION, [
    'campaign_id',
    'traffic_source_id',
    'affiliate_network_id',
    'offer_id',
    'lander_id',
  ]),
  ...columns(DIMENSION, ['path_id', 'rule_id', 'affiliate_id', 'advertiser_id']),
  ...columns('String', ['external_id'], 'ZSTD(1)'),
  ...columns(DIMENSION, [
    'country',
    'region',
    'city',
    'isp',
    'device_type',
    'device_brand',
    'os',
    'os_version',
  ]),
  ...columns(DIMENSION, ['browser', 'browser_version', 'language']),
  ...columns('String', ['referrer'], 'ZSTD(1)'),
  ...columns(DIMENSION, ['referrer_domain']),
  ...columns('String', ['ip'], 'ZSTD(1)'),
  ...columns(DIMENSION, ['user_agent', 'bot']),
  ...columns('String', SUBS, 'ZSTD(1)'),
  ...columns(NAMED_VALUES, ['tokens', 'params'], 'ZSTD(1)'),
  ...columns(DIMENSION, ['event', 'status']),
  ...columns('String', ['txid', 'conversion_id'], 'ZSTD(1)'),
  ...columns('Int32', ['visits', 'unique_visits', 'bot_visits', 'impressions', 'lander_views'], 'LZ4'),
  ...columns('Int32', ['clicks', 'unique_clicks', 'conversions'], 'LZ4'),
  ...columns(MONEY, ['revenue', 'payout', 'cost'], 'LZ4'),
  ...addedColumns(),
]

/** What was added since migration 1: the depth of the tracker, then where visitors were sent. */
function addedColumns(): readonly LedgerColumn[] {
  return [
    ...columns(DIMENSION, ['route_reason', 'device_model', 'asn', 'connection_type', 'flags', 'correction']),
    ...columns(TIME, ['corrected_at'], TIME_CODEC),
    ...columns('Int32', ['workspace_unique_visits', 'events'], 'LZ4'),
    ...columns(NAMED_NUMBERS, ['numbers'], 'ZSTD(1)'),
    ...columns('String', ['location'], 'ZSTD(1)'),
  ]
}

/**
 * Which insert a row came with, set by the loader: it tells whether an insert of uncertain outcome took effect.
 * Costs 0.1 bytes a row.
 */
const BATCH_COLUMN: LedgerColumn = { name: 'batch', type: 'UInt64', codec: 'ZSTD(1)' }

/**
 * Derived by the engine, so that reports read less:
 *
 * The quarter of an hour of `at` and `visit_at`. Days, hours and weeks of every time zone begin on one, so that
 * reports filter and group by these four bytes instead of the eight of the exact time (100 ms of CPU time against
 * 350 over 10 million rows). And the conversions that count as such, which are few, so that the engine stores and
 * sums them sparsely, where it would compare the status of every row.
 */
const DERIVED_COLUMNS = [
  "at_slot DateTime('UTC') MATERIALIZED toStartOfFifteenMinutes(at) CODEC(LZ4)",
  "visit_slot DateTime('UTC') MATERIALIZED toStartOfFifteenMinutes(visit_at) CODEC(LZ4)",
  "conversions_counted Int32 MATERIALIZED if(status IN ('pending', 'approved'), conversions, 0) CODEC(LZ4)",
]

/**
 * Every insert must outlive a power cut once it is answered, hence the fsyncs; merged parts too, because they
 * replace the parts that were synced. An index of click ids because the clicks and conversions of a visit lie in
 * later hours than the visit itself.
 *
 * Merges cost as much as inserts: column by column they are a quarter cheaper, and each row takes part in fewer of
 * them when ten parts of a size are awaited instead of five.
 */
export function createLedgerTable(): string {
  const settings = [
    `non_replicated_deduplication_window = ${DEDUPLICATION_WINDOW}`,
    'fsync_after_insert = 1',
    'fsync_part_directory = 1',
    'min_rows_to_fsync_after_merge = 1',
    'min_compressed_bytes_to_fsync_after_merge = 1',
    'vertical_merge_algorithm_min_rows_to_activate = 1',
    'merge_selector_base = 10',
    'ratio_of_defaults_for_sparse_serialization = 0.75',
  ]
  return `CREATE TABLE IF NOT EXISTS ledger (
  ${[...LEDGER_COLUMNS, BATCH_COLUMN].map(toDefinition).join(',\n  ')},
  ${DERIVED_COLUMNS.join(',\n  ')},
  INDEX click_ids click_id TYPE bloom_filter(0.001) GRANULARITY 1
) ENGINE = MergeTree
PARTITION BY toYYYYMM(at_slot)
ORDER BY (workspace, toStartOfHour(at_slot), campaign_id, click_id)
SETTINGS ${settings.join(', ')}`
}

/**
 * What the loader inserts into: the same columns as plain text, passed on to the ledger by a view. Reading JSON
 * straight into LowCardinality columns takes 28 µs a row, by way of this table 15 µs, because the dictionaries
 * are built by column instead of value by value.
 */
export function createInsertTable(): string {
  const plain = [...LEDGER_COLUMNS, BATCH_COLUMN].map(
    ({ name, type }) => `${name} ${type.replaceAll('LowCardinality(String)', 'String')}`,
  )
  return `CREATE TABLE IF NOT EXISTS ledger_in (
  ${plain.join(',\n  ')}
) ENGINE = Null`
}

export function createInsertView(): string {
  const names = [...LEDGER_COLUMNS, BATCH_COLUMN].map(({ name }) => name).join(', ')
  return `CREATE MATERIALIZED VIEW IF NOT EXISTS ledger_feed TO ledger AS SELECT ${names} FROM ledger_in`
}

/** Brings a ledger of an earlier migration up to the columns of today. */
export function addLedgerColumns(): readonly string[] {
  const additions = addedColumns().map((column) => `ADD COLUMN IF NOT EXISTS ${toDefinition(column)}`)
  return [
    `ALTER TABLE ledger ${additions.join(', ')}`,
    'DROP VIEW IF EXISTS ledger_feed',
    'DROP TABLE IF EXISTS ledger_in',
    createInsertTable(),
    createInsertView(),
  ]
}

function columns(type: string, names: readonly string[], codec?: string): LedgerColumn[] {
  return names.map((name) => ({ name, type, ...(codec !== undefined && { codec }) }))
}

function toDefinition({ name, type, codec }: LedgerColumn): string {
  return codec === undefined ? `${name} ${type}` : `${name} ${type} CODEC(${codec})`
}
