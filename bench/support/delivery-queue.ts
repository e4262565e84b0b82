import { enqueueDeliveries } from '../../src/store/deliveries.ts'
import { newRecordId } from '../../src/store/ids.ts'
import type { Store } from '../../src/store/open-store.ts'

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
  for (let from = 0; from < count; from += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - from) }, (_, n) =>
      toRow(origins, from + n, dueAt),
    )
    await store.db.transaction().execute((trx) => enqueueDeliveries(trx, rows))
  }
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
    target_id: `target of ${origin}`,
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
