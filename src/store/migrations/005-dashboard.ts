import { type Kysely, sql } from 'kysely'

/**
 * What people keep in the dashboard: views of reports and metrics of their own; the log of deeds is read by
 * its subject, and attempts say where their time went. Column comments live in schema-dashboard.ts.
 * @public called by Kysely's migrator through the namespace
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await ownedTable(db, 'report_views')
    .addColumn('query', 'text', (c) => c.notNull())
    .execute()
  await ownedTable(db, 'custom_metrics')
    .addColumn('formula', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .execute()
  for (const table of ['report_views', 'custom_metrics']) {
    await db.schema
      .createIndex(`${table}_workspace`)
      .on(table)
      .columns(['workspace', 'created_at', 'id'])
      .execute()
  }
  await db.schema
    .alterTable('workspaces')
    .addColumn('require_two_factor', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
  await db.schema
    .createIndex('audit_log_subject')
    .on('audit_log')
    .columns(['workspace', 'subject_type', 'subject_id', 'at', 'id'])
    .execute()
  await db.schema.alterTable('delivery_attempts').addColumn('phases_json', 'text').execute()
  // What the overview counts every half minute: few rows of tables that grow for ever.
  await sql`create index deliveries_waiting on deliveries (workspace, due_at) where state = 'pending'`.execute(
    db,
  )
  await sql`create index conversions_undecided on conversions (workspace) where status = 'pending' and affiliate_id <> ''`.execute(
    db,
  )
  // With the order of lists, and without those that came by neither.
  for (const sender of ['traffic_source', 'affiliate_network']) {
    const id = sql.ref(`${sender}_id`)
    await sql`create index ${sql.ref(`conversions_${sender}`)} on conversions (workspace, ${id}, created_at, id) where ${id} <> ''`.execute(
      db,
    )
  }
  await addCostUndo(db)
  // What a line of a file would do, as looked at before it is applied.
  await db.schema
    .alterTable('upload_rows')
    .addColumn('forecast', 'text', (c) => c.notNull().defaultTo(''))
    .execute()
  await db.schema
    .alterTable('upload_rows')
    .addColumn('forecast_json', 'text', (c) => c.notNull().defaultTo('{}'))
    .execute()
  await sql`create index targets_unmoderated on notification_targets (workspace) where moderation = 'pending'`.execute(
    db,
  )
}

/** The order of corrections; which one another takes back, at most one each; and the rows that each added, as long as it can be undone. */
async function addCostUndo(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('cost_corrections').addColumn('undoes', 'text').execute()
  await db.schema.alterTable('cost_corrections').addColumn('n', 'bigint').execute()
  await db.schema
    .createIndex('cost_corrections_order')
    .on('cost_corrections')
    .columns(['workspace', 'n'])
    .execute()
  await sql`create unique index cost_corrections_undone_once on cost_corrections (undoes) where undoes is not null`.execute(
    db,
  )
  await db.schema
    .createTable('cost_correction_rows')
    .addColumn('correction_id', 'text', (c) => c.primaryKey())
    .addColumn('rows_json', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute()
  await db.schema
    .createIndex('cost_correction_rows_age')
    .on('cost_correction_rows')
    .column('created_at')
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
