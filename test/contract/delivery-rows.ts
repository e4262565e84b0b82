import { type Insertable, sql } from 'kysely'
import { createNotificationTarget } from '../../src/store/notification-targets.ts'
import type { Store } from '../../src/store/open-store.ts'
import type { Database } from '../../src/store/schema.ts'
import { PLAIN_TARGET } from '../support/field-defaults.ts'

/** When the deliveries of these tests were made and ordered about, unless they say otherwise. */
export const MADE_AT = 1_795_000_000_000
export const ORDERED_AT = MADE_AT + 1_000_000_000

type Row = Insertable<Database['deliveries']>

/** A delivery that is dead after one attempt. */
export function deadRow(id: string, changes: Partial<Row> = {}): Row {
  return {
    id,
    workspace: 'w1',
    conversion_id: `conversion-of-${id}`,
    transition: 1,
    target_id: 't1',
    affiliate_id: '',
    click_id: `click-of-${id}`,
    type: 'postback',
    method: 'GET',
    url: 'https://receiver.example/pb',
    body: '',
    content_type: '',
    system: '',
    host: 'receiver.example',
    state: 'dead',
    reason: 'attempts_used_up',
    due_at: MADE_AT,
    expires_at: null,
    lease_owner: null,
    lease_until: null,
    attempts: 1,
    attempts_before: 0,
    created_at: MADE_AT,
    updated_at: MADE_AT,
    ...changes,
  }
}

export async function addRows(store: Store, rows: readonly Row[]): Promise<void> {
  for (const row of rows) await store.db.insertInto('deliveries').values(row).execute()
}

/** Many rows like the one given, a millisecond apart and numbered from 1: `${prefix}000001`. */
export async function addManyRows(store: Store, prefix: string, count: number): Promise<void> {
  const { id: _, ...row } = deadRow('', { conversion_id: '', click_id: '' })
  const columns = Object.entries(row).filter(([name]) => !['conversion_id', 'created_at'].includes(name))
  const id = sql`${sql.lit(prefix)} || substr(cast(1000000 + n as text), 2)`
  await sql`
    insert into deliveries (id, conversion_id, created_at, ${sql.join(columns.map(([name]) => sql.ref(name)))})
    with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(count)})
    select ${id}, ${id}, ${sql.lit(MADE_AT)} + n, ${sql.join(columns.map(([, value]) => sql.lit(value)))}
    from numbers
  `.execute(store.db)
}

/** A target whose deliveries can be sent, under the id that these rows have. */
export async function addTarget(store: Store, { id = 't1', workspace = 'w1' } = {}): Promise<void> {
  const owner = { ownerType: 'traffic_source', ownerId: 'source' } as const
  const fields = { ...PLAIN_TARGET, ...owner, url: 'https://receiver.example/pb' }
  const made = await createNotificationTarget(store.db, workspace, fields, MADE_AT)
  await store.db.updateTable('notification_targets').set({ id }).where('id', '=', made.id).execute()
}
