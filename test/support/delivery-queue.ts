import { createServer, type RequestListener } from 'node:http'
import { type Delivery, enqueueDeliveries } from '../../src/store/deliveries.ts'
import { claimFromLanes, FIRST_LANE, findDueLanes } from '../../src/store/delivery-lanes.ts'
import { inChunks } from '../../src/store/in-chunks.ts'
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
  const filled = rows.map((row) => ({
    id: 'unnamed',
    conversion_id: `conversion-of-${row.id}`,
    ...common,
    ...row,
  }))
  // Before their deliveries: a worker that looks in between cancels what waits for nobody.
  await addTargets(store, new Map(filled.map((row) => [row.target_id, row.workspace])))
  await enqueueDeliveries(store.db, filled)
}

/** A target for every delivery that waits and has none: nothing is sent for a target that is not there. */
export async function addTargetsOfDeliveries(store: Pick<Store, 'db'>): Promise<void> {
  const rows = await store.db
    .selectFrom('deliveries')
    .select(['target_id', 'workspace'])
    .where('state', '=', 'pending')
    .distinct()
    .execute()
  await addTargets(store, new Map(rows.map((row) => [row.target_id, row.workspace])))
}

/** @param wanted the workspaces of targets, by the targets' ids; those that are there stay as they are. */
async function addTargets({ db }: Pick<Store, 'db'>, wanted: ReadonlyMap<string, string>): Promise<void> {
  const known = await db.selectFrom('notification_targets').select('id').execute()
  const knownIds = new Set(known.map(({ id }) => id))
  const missing = [...wanted].filter(([id]) => !knownIds.has(id))
  if (missing.length === 0) return
  const owner = { ownerType: 'traffic_source', ownerId: 'source' } as const
  const fields = { ...PLAIN_TARGET, ...owner, url: 'https://example.com/' }
  const model = await createNotificationTarget(db, 'ws', fields, 0)
  const row = await db
    .selectFrom('notification_targets')
    .selectAll()
    .where('id', '=', model.id)
    .executeTakeFirstOrThrow()
  await db.deleteFrom('notification_targets').where('id', '=', model.id).execute()
  const targets = missing.map(([id, workspace]) => ({ ...row, id, workspace }))
  await inChunks(targets, async (chunk) => {
    await db
      .insertInto('notification_targets')
      .values([...chunk])
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute()
  })
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
