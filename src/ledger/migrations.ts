import type { LedgerEngine } from './engine.ts'
import { addLedgerColumns, createInsertTable, createInsertView, createLedgerTable } from './schema.ts'

type Migration = { readonly id: number; readonly name: string; readonly statements: readonly string[] }

/**
 * Every change of the ledger's tables, in order. A released one is never edited: the next change is a new one.
 * The engine has no transaction over statements, so each must be harmless when repeated.
 */
const MIGRATIONS: readonly Migration[] = [
  {
    id: 1,
    name: 'ledger',
    statements: [createLedgerTable(), createInsertTable(), createInsertView()],
  },
  { id: 2, name: 'tracker', statements: addLedgerColumns() },
  { id: 3, name: 'location', statements: addLedgerColumns() },
]

const CREATE_MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS ledger_migrations (
  id UInt32, name String, applied_at DateTime DEFAULT now()
) ENGINE = MergeTree ORDER BY id SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`

/**
 * Brings the tables up to date.
 * @throws LedgerVersionError when they were made by a newer version
 */
export async function migrateLedger(engine: LedgerEngine): Promise<void> {
  await engine.command(CREATE_MIGRATIONS_TABLE, {})
  const rows = await engine.query<{ id: number }>('SELECT id FROM ledger_migrations', {}, undefined)
  const applied = new Set(rows.map((row) => row.id))
  const newest = MIGRATIONS.at(-1)?.id ?? 0
  const unknown = [...applied].find((id) => id > newest)
  if (unknown !== undefined) throw new LedgerVersionError(unknown, newest)
  for (const { id, name, statements } of MIGRATIONS) {
    if (applied.has(id)) continue
    for (const statement of statements) await engine.command(statement, {})
    await engine.command(
      'INSERT INTO ledger_migrations (id, name) SETTINGS async_insert = 0 SELECT {id:UInt32}, {name:String}',
      { id, name },
    )
  }
}

/** The ledger was written by a newer Trailpost; this one would misread it. */
export class LedgerVersionError extends Error {
  readonly code = 'ledger_too_new'

  constructor(found: number, known: number) {
    super(`the ledger is at version ${found}, this Trailpost knows ${known}`)
  }
}
