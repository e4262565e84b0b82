import { enqueueDeliveries } from '../../src/store/deliveries.ts'
import { newRecordId } from '../../src/store/ids.ts'
import { createNotificationTarget, getNotificationTarget } from '../../src/store/notification-targets.ts'
import type { Store } from '../../src/store/open-store.ts'
import { PLAIN_TARGET } from '../../test/support/field-defaults.ts'

const BATCH = 10_000

/**
 * Queues what conversions leave behind for their traffic sources, in turns to each of the origins, which are targets
 * of their own.
 * @param options.fromMs when they are due; earlier ones go first.
 */
export async function queueDeliveries(
  store: Store,
  {
    origins,
    count,
    dueAt,
  }: { readonly origins: readonly string[]; readonly count: number; readonly dueAt: number },
): Promise<void> {
  await addTargets(store, origins)
  for (let from = 0; from < count; from += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - from) }, (_, n) =>
      toRow(origins, from + n, dueAt),
    )
    await store.db.transaction().execute((trx) => enqueueDeliveries(trx, rows))
  }
}

/** Nothing is sent for a target that is not there. */
async function addTargets({ db }: Store, origins: readonly string[]): Promise<void> {
  for (const origin of new Set(origins)) {
    const id = targetOf(origin)
    const known = await getNotificationTarget(db, { workspace: 'bench', id })
    if (known !== undefined) continue
    const owner = { ownerType: 'traffic_source', ownerId: 'source' } as const
    const made = await createNotificationTarget(db, 'bench', { ...PLAIN_TARGET, ...owner, url: origin }, 0)
    await db.updateTable('notification_targets').set({ id }).where('id', '=', made.id).execute()
  }
}

function targetOf(origin: string): string {
  return `target of ${origin}`
}

export async function countDelivered({ db }: Store): Promise<number> {
  const row = await db
    .selectFrom('deliveries')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('state', '=', 'delivered')
    .executeTakeFirstOrThrow()
  return row.count
}

function toRow(
  origins: readonly string[],
  n: number,
  dueAt: number,
): Parameters<typeof enqueueDeliveries>[1][number] {
  const id = newRecordId(dueAt)
  const origin = origins[n % origins.length] ?? ''
  return {
    id,
    workspace: 'bench',
    conversion_id: `conversion-${id}`,
    transition: 1,
    target_id: targetOf(origin),
    click_id: '',
    type: 'postback',
    method: 'GET',
    url: `${origin}/postback?subid=source-${n}&payout=1.25`,
    body: '',
    content_type: '',
    state: 'pending' as const,
    reason: '',
    due_at: dueAt,
    lease_owner: null,
    lease_until: null,
    attempts: 0,
    attempts_before: 0,
    created_at: dueAt,
    updated_at: dueAt,
  }
}
