import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { SQL_ENGINES, useStores } from '../support/databases.ts'

describe.each(SQL_ENGINES)('an open store on %s', (engine) => {
  const stores = useStores(engine)

  it('has the tables, and opening it again changes nothing', async () => {
    const options = await stores.options({ isBare: true })
    const first = await stores.open(options)
    await first.db.updateTable('config_version').set({ version: 41 }).execute()
    const second = await stores.open(options)
    expect(await second.db.selectFrom('config_version').select('version').execute()).toEqual([
      { version: 41 },
    ])
    expect(second.engine).toBe(engine)
  })

  it('is made by several processes at once without harm', async () => {
    const options = await stores.options({ isBare: true })
    const opened = await Promise.all([1, 2, 3].map(() => stores.open(options)))
    for (const store of opened) {
      expect(await store.db.selectFrom('config_version').select('version').execute()).toEqual([
        { version: 1 },
      ])
    }
  })

  it('gives milliseconds and micros as numbers', async () => {
    const { db } = await stores.open()
    const rate = { currency: 'EUR', rate_micros: 999_999_999_999_999, updated_at: 1_795_000_000_000 }
    await db.insertInto('currency_rates').values(rate).execute()
    expect(await db.selectFrom('currency_rates').selectAll().execute()).toEqual([rate])
  })

  it('keeps nothing of a transaction that throws', async () => {
    const { db } = await stores.open()
    const failed = db.transaction().execute(async (trx) => {
      await trx.updateTable('config_version').set({ version: 99 }).execute()
      throw new Error('power loss')
    })
    await expect(failed).rejects.toThrow('power loss')
    expect(await db.selectFrom('config_version').select('version').execute()).toEqual([{ version: 1 }])
  })

  it('goes back to a savepoint and keeps what was before it', async () => {
    const { db } = await stores.open()
    await db.transaction().execute(async (trx) => {
      await trx
        .insertInto('currency_rates')
        .values({ currency: 'EUR', rate_micros: 1, updated_at: 1 })
        .execute()
      await sql`savepoint hit`.execute(trx)
      await trx
        .insertInto('currency_rates')
        .values({ currency: 'GBP', rate_micros: 1, updated_at: 1 })
        .execute()
      await sql`rollback to savepoint hit`.execute(trx)
    })
    expect(await db.selectFrom('currency_rates').select('currency').execute()).toEqual([{ currency: 'EUR' }])
  })
})
