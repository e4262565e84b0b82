import { type Kysely, sql } from 'kysely'

/**
 * Delivery in depth: lanes, limits, sealed secrets, systems, health of targets, alerts, retention. Column comments
 * live in schema-work.ts.
 * @public called by Kysely's migrator through the namespace
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [table, columns] of Object.entries(ADDED)) {
    for (const [name, [type, initial]] of Object.entries(columns)) {
      await db.schema
        .alterTable(table)
        .addColumn(name, type, (c) => (initial === null ? c : c.notNull().defaultTo(initial)))
        .execute()
    }
  }
  await moveSecrets(db)
  await fillHosts(db)
  await fillClickIds(db)
  await createTables(db)
  await createIndexes(db)
}

/** Read and written together: a database may hold millions. */
const BATCH_ROWS = 1_000

type Added = readonly [type: 'text' | 'integer' | 'bigint', initial: string | number | null]

const ADDED: Readonly<Record<string, Readonly<Record<string, Added>>>> = {
  workspaces: { alerts_json: ['text', '{}'], retention_json: ['text', '{}'] },
  notification_targets: {
    sealed_secrets: ['text', ''],
    system: ['text', ''],
    settings_json: ['text', '{}'],
    max_per_minute: ['integer', 0],
    max_concurrent: ['integer', 0],
    expire_hours: ['integer', 0],
  },
  deliveries: {
    host: ['text', ''],
    system: ['text', ''],
    expires_at: ['bigint', null],
    put_off_from: ['bigint', null],
  },
  conversions: { person_json: ['text', 'null'] },
  jobs: { key: ['text', ''] },
  upload_rows: { click_id: ['text', ''] },
}

/** Readable still: the key is the installation's, which no migration knows. They are sealed when core starts. */
async function moveSecrets(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ id: string; secret: string }>`
    select id, secret from notification_targets where secret <> ''
  `.execute(db)
  for (const { id, secret } of rows) {
    const text = `open.${JSON.stringify({ signing: [{ secret, until: null }] })}`
    await sql`update notification_targets set sealed_secrets = ${text} where id = ${id}`.execute(db)
  }
  await db.schema.alterTable('notification_targets').dropColumn('secret').execute()
  await db.schema.alterTable('deliveries').dropColumn('secret').execute()
}

/** Of what waits: nothing else is claimed by its host. A replay fills in that of what has ended. */
async function fillHosts(db: Kysely<unknown>): Promise<void> {
  let after = ''
  for (;;) {
    const { rows } = await sql<{ id: string; url: string }>`
      select id, url from deliveries where state = 'pending' and id > ${after} order by id limit ${BATCH_ROWS}
    `.execute(db)
    const last = rows.at(-1)
    if (last === undefined) return
    const hosts = rows.map(
      ({ id, url }) => sql`(cast(${id} as text), cast(${URL.parse(url)?.host ?? ''} as text))`,
    )
    await sql`
      update deliveries set host = found.column2 from (values ${sql.join(hosts)}) as found
      where deliveries.id = found.column1
    `.execute(db)
    after = last.id
  }
}

/** So that an erasure finds the rows of earlier uploads, too. */
async function fillClickIds(db: Kysely<unknown>): Promise<void> {
  let place = { upload_id: '', line: 0 }
  for (;;) {
    const { rows } = await sql<typeof place & { params_json: string }>`
      select upload_id, line, params_json from upload_rows
      where (upload_id, line) > (${place.upload_id}, ${place.line}) order by upload_id, line limit ${BATCH_ROWS}
    `.execute(db)
    for (const { upload_id, line, params_json } of rows) {
      const { cid = '' }: { cid?: string } = JSON.parse(params_json)
      if (cid === '') continue
      await sql`update upload_rows set click_id = ${cid} where upload_id = ${upload_id} and line = ${line}`.execute(
        db,
      )
    }
    const last = rows.at(-1)
    if (last === undefined) return
    place = last
  }
}

async function createTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('target_health')
    .addColumn('target_id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('failing_since', 'bigint')
    .addColumn('steady_since', 'bigint')
    .addColumn('failures_in_row', 'integer', (c) => c.notNull())
    .addColumn('last_success_at', 'bigint')
    .addColumn('last_failure_at', 'bigint')
    .addColumn('last_error', 'text', (c) => c.notNull())
    .execute()
  await db.schema
    .createTable('delivery_workers')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('seen_at', 'bigint', (c) => c.notNull())
    .execute()
  await db.schema
    .createTable('alerts')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('subject_id', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('detail_json', 'text', (c) => c.notNull())
    .addColumn('opened_at', 'bigint', (c) => c.notNull())
    .addColumn('seen_at', 'bigint', (c) => c.notNull())
    .addColumn('resolved_at', 'bigint')
    .addColumn('cleared_at', 'bigint')
    .addColumn('told_at', 'bigint')
    .addColumn('transitions', 'integer', (c) => c.notNull())
    .addColumn('told_transition', 'integer', (c) => c.notNull())
    .execute()
  await db.schema
    .createTable('erasures')
    .addColumn('workspace', 'text', (c) => c.notNull())
    .addColumn('click_id', 'text', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('done_at', 'bigint')
    .addPrimaryKeyConstraint('erasures_pk', ['workspace', 'click_id'])
    .execute()
  await db.schema
    .createTable('work_cursors')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute()
}

const INDEXES: readonly (readonly [
  name: string,
  table: string,
  columns: readonly string[],
  where?: string,
])[] = [
  ['deliveries_lanes', 'deliveries', ['host', 'target_id', 'due_at'], `state = 'pending'`],
  ['deliveries_expiry', 'deliveries', ['expires_at'], `state = 'pending' and expires_at is not null`],
  ['deliveries_dead', 'deliveries', ['workspace', 'created_at', 'id'], `state = 'dead'`],
  ['deliveries_target', 'deliveries', ['workspace', 'target_id', 'created_at', 'id']],
  [
    'deliveries_waited_long',
    'deliveries',
    ['workspace', 'updated_at', 'id'],
    `state <> 'pending' and updated_at > created_at + 259200000`,
  ],
  ['delivery_attempts_time', 'delivery_attempts', ['workspace', 'started_at', 'delivery_id', 'n']],
  ['hits_inbox', 'hits', ['workspace', 'received_at', 'id'], `outcome = 'unmatched'`],
  ['hits_clickless', 'hits', ['conversion_id'], `click_id = '' and conversion_id <> ''`],
  ['conversions_txid', 'conversions', ['workspace', 'txid', 'created_at', 'id'], `txid <> ''`],
  [
    'conversions_external',
    'conversions',
    ['workspace', 'external_id', 'created_at', 'id'],
    `external_id <> ''`,
  ],
  ['conversion_history_time', 'conversion_history', ['workspace', 'at', 'conversion_id', 'n']],
  ['upload_rows_click', 'upload_rows', ['click_id'], `click_id <> ''`],
  ['alerts_list', 'alerts', ['workspace', 'opened_at', 'id']],
]

async function createIndexes(db: Kysely<unknown>): Promise<void> {
  await sql`drop index deliveries_due`.execute(db)
  await sql`drop index hits_unmatched`.execute(db)
  for (const [name, table, columns, where] of INDEXES) {
    const listed = sql.join(columns.map((each) => sql.ref(each)))
    const part = where === undefined ? sql`` : sql` where ${sql.raw(where)}`
    await sql`create index ${sql.ref(name)} on ${sql.table(table)} (${listed})${part}`.execute(db)
  }
  // One open alert of a kind about a thing, and one job of a kind for a key.
  await sql`create unique index alerts_open on alerts (workspace, kind, subject_id) where state = 'open'`.execute(
    db,
  )
  await sql`create unique index jobs_key on jobs (workspace, kind, key) where key <> ''`.execute(db)
}
