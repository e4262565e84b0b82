import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { isConflictError, isLockedError, isValueError } from '../../src/store/store-error.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'

describe('SQLite locked by another process', () => {
  const stores = useStores('sqlite')

  it('waits for the lock without stopping the process, then goes on', async () => {
    const options = await stores.options()
    const { db } = await stores.open(options)
    const other = new DatabaseSync(join(options.dataDir, 'trailpost.db'))
    other.exec('begin immediate')
    // The timer can only fire when the waiting store leaves the event loop free.
    setTimeout(() => other.exec('rollback'), 100)
    await db.updateTable('config_version').set({ version: 7 }).execute()
    expect(other.isTransaction).toBe(false)
    other.close()
  })

  it('says that it is locked when the lock stays', async () => {
    const options = await stores.options()
    const { db } = await stores.open(options)
    const other = new DatabaseSync(join(options.dataDir, 'trailpost.db'))
    other.exec('begin immediate')
    const error = await db
      .updateTable('config_version')
      .set({ version: 7 })
      .execute()
      .catch((caught: unknown) => caught)
    expect(isLockedError(error)).toBe(true)
    expect(isValueError(error)).toBe(false)
    // Readers go on all the while.
    expect(await db.selectFrom('config_version').select('version').execute()).toEqual([{ version: 1 }])
    other.exec('rollback')
    other.close()
  })
})

describe('PostgreSQL connections that break', () => {
  const stores = useStores('postgres')

  it('are replaced, and the process lives on', async () => {
    const options = await stores.options()
    const { db } = await stores.open(options)
    await db.selectFrom('config_version').selectAll().execute()
    const admin = new pg.Client({ connectionString: options.databaseUrl })
    await admin.connect()
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'trailpost' and datname = current_database()`,
    )
    await admin.end()
    await expect
      .poll(() =>
        db
          .selectFrom('config_version')
          .select('version')
          .execute()
          .catch(() => []),
      )
      .toEqual([{ version: 1 }])
  })
})

describe.each(SQL_ENGINES)('errors of %s', (engine) => {
  const stores = useStores(engine)

  it('of wrong values are told from those that time can mend', async () => {
    const { db } = await stores.open()
    const row = { currency: 'EUR', rate_micros: 1, updated_at: 1 }
    await db.insertInto('currency_rates').values(row).execute()
    const repeated = await db
      .insertInto('currency_rates')
      .values(row)
      .execute()
      .catch((error: unknown) => error)
    expect(repeated).toBeInstanceOf(Error)
    expect(isValueError(repeated)).toBe(true)
    expect(isLockedError(repeated)).toBe(false)
    expect(isConflictError(repeated)).toBe(false)
    expect(isValueError(new Error('a bug'))).toBe(false)
  })
})
