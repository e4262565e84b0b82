import { createServer, type RequestListener } from 'node:http'
import { sql } from 'kysely'
import { type Delivery, enqueueDeliveries } from '../../src/store/deliveries.ts'
import { claimFromLanes, FIRST_LANE, findDueLanes } from '../../src/store/delivery-lanes.ts'
import { createNotificationTarget } from '../../src/store/notification-targets.ts'
import type { Store } from '../../src/store/open-store.ts'
import { PLAIN_TARGET } from './field-defaults.ts'

type Row = Parameters<typeof enqueueDeliveries>[1][number]

/** Puts calls into the queue, due now unless they say otherwise, to targets that are there or are made now. */
export async function enqueueCalls(store: Store, rows: readonly Partial<Row>[]): Promise<void> {
  const now = Date.now()
  const common = {
    workspace: 'ws',
    transition: 1,
    target_id: 'target',
    click_id: '',
    type: 'postback',
    method: 'GET',
    url: '',
    body: '',
    content_type: '',
    state: 'pending' as const,
    reason: '',
    due_at: now - 1,
    attempts: 0,
    attempts_before: 0,
    created_at: now,
    updated_at: now,
  }
  await enqueueDeliveries(
    store.db,
    rows.map((row) => ({ id: 'unnamed', conversion_id: `conversion-of-${row.id}`, ...common, ...row })),
  )
  await addTargetsOfDeliveries(store)
}

/** A target for every delivery that waits and has none: nothing is sent for a target that is not there. */
export async function addTargetsOfDeliveries({ db }: Pick<Store, 'db'>): Promise<void> {
  const owner = { ownerType: 'traffic_source', ownerId: 'source' } as const
  const fields = { ...PLAIN_TARGET, ...owner, url: 'https://example.com/' }
  const model = await createNotificationTarget(db, 'ws', fields, 0)
  const {
    id: _,
    workspace: _workspace,
    ...rest
  } = await db
    .selectFrom('notification_targets')
    .selectAll()
    .where('id', '=', model.id)
    .executeTakeFirstOrThrow()
  const names = Object.keys(rest).map((name) => sql.ref(name))
  await sql`
    insert into notification_targets (id, workspace, ${sql.join(names)})
    select waiting.target_id, min(waiting.workspace), ${sql.join(names.map((name) => sql`model.${name}`))}
    from deliveries as waiting cross join notification_targets as model
    where model.id = ${model.id} and waiting.state = 'pending'
      and not exists (select 1 from notification_targets as own where own.id = waiting.target_id)
    group by waiting.target_id, ${sql.join(names.map((name) => sql`model.${name}`))}
  `.execute(db)
  await db.deleteFrom('notification_targets').where('id', '=', model.id).execute()
}

/** Leases what is due in any lane, up to so many of each, as a worker with room for it does. */
export async function claimDue(
  { db, engine }: Pick<Store, 'db' | 'engine'>,
  claim: {
    readonly now: number
    readonly workerId: string
    readonly leaseMs: number
    readonly limit: number
  },
): Promise<readonly Delivery[]> {
  const { lanes } = await findDueLanes(db, { after: FIRST_LANE, now: claim.now, limit: 1_000 })
  if (lanes.length === 0) return []
  const wanted = lanes.map((lane) => ({ ...lane, places: claim.limit }))
  return await claimFromLanes(db, engine, { ...claim, lanes: wanted })
}

/** A receiver that remembers the ids and URLs of the calls it got. */
export async function openSink(answer: RequestListener) {
  const received: { id: string | undefined; url: string | undefined }[] = []
  const server = createServer((request, response) => {
    received.push({ id: request.headers['webhook-id']?.toString(), url: request.url })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  async function close(): Promise<void> {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${port}`, received, close }
}
