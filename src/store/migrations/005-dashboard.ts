import type { Kysely } from 'kysely'

/**
 * What people keep in the dashboard: views of reports and metrics of their own; and the log of deeds is read by
 * its subject. Column comments live in schema-dashboard.ts.
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
    .createIndex('audit_log_subject')
    .on('audit_log')
    .columns(['workspace', 'subject_type', 'subject_id', 'at', 'id'])
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
