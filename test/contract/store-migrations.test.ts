import { Kysely, PostgresDialect, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import * as spine from '../../src/store/migrations/001-spine.ts'
import * as tracker from '../../src/store/migrations/002-tracker.ts'
import * as network from '../../src/store/migrations/003-network.ts'
import { createNodeSqliteDialect } from '../../src/store/node-sqlite-dialect.ts'
import type { StoreOptions } from '../../src/store/open-store.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'

const EARLIER = { '001-spine': spine, '002-tracker': tracker, '003-network': network }

describe.each(SQL_ENGINES)('a database of an earlier version, on %s', (engine) => {
  const stores = useStores(engine)

  it('has the lanes of all that waits, however many, and no time limit for it', async () => {
    const options = await stores.options({ isBare: true })
    await inEarlier(options, async (db) => {
      await sql`
        insert into deliveries (
          id, workspace, conversion_id, transition, target_id, click_id, type, method, url, body, content_type, secret,
          state, reason, due_at, attempts, attempts_before, created_at, updated_at
        )
        with recursive n (i) as (select 1 union all select i + 1 from n where i < 2500)
        select 'd' || i, 'ws', 'c' || i, 1, 't', '', 'postback', 'GET', 'https://' || i || '.example:8443/x', '', '', '',
          'pending', '', 1, 0, 0, 1, 1
        from n
      `.execute(db)
      if (engine === 'postgres') await refuseUpdatesInLimitedTime(db)
    })
    const store = await stores.open(options)
    const { rows } = await sql<{ right: number }>`
      select count(*) as "right" from deliveries where host = substr(id, 2) || '.example:8443'
    `.execute(store.db)
    expect(rows).toEqual([{ right: 2_500 }])
  })
})

async function inEarlier(options: StoreOptions, work: (db: Kysely<unknown>) => Promise<void>): Promise<void> {
  const { databaseUrl, dataDir } = options
  const dialect =
    databaseUrl === ''
      ? createNodeSqliteDialect(`${dataDir}/trailpost.db`)
      : new PostgresDialect({ pool: new pg.Pool({ connectionString: databaseUrl, max: 1 }) })
  const db = new Kysely<unknown>({ dialect })
  const migrator = new Migrator({ db, provider: { getMigrations: async () => EARLIER } })
  expect((await migrator.migrateToLatest()).error).toBeUndefined()
  await work(db)
  await db.destroy()
}

async function refuseUpdatesInLimitedTime(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function refuse_in_limited_time() returns trigger language plpgsql as $$
    begin
      if current_setting('statement_timeout') <> '0' then raise exception 'it may take too long'; end if;
      return new;
    end $$
  `.execute(db)
  await sql`
    create trigger limited before update on deliveries for each row execute function refuse_in_limited_time()
  `.execute(db)
}
