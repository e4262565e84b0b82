import { createAlertLook } from '../../src/alerts/run-alerts.ts'
import { type Alert, DEFAULT_ALERT_SETTINGS } from '../../src/domain/alert.ts'
import type { NotificationTarget } from '../../src/domain/target-types.ts'
import { listAlerts } from '../../src/store/alerts.ts'
import { createNotificationTarget } from '../../src/store/notification-targets.ts'
import type { Store } from '../../src/store/open-store.ts'
import { createWorkspace, updateWorkspace, type WorkspaceFields } from '../../src/store/workspaces.ts'
import { enqueueCalls } from '../support/delivery-queue.ts'
import { PLAIN_TARGET, PLAIN_WORKSPACE } from '../support/field-defaults.ts'

export const START = Date.parse('2026-11-20T12:00:00Z')
export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DASHBOARD_URL = 'https://trailpost.example'

type Call = { readonly title: string; readonly text: string }

/** A workspace with one source's target, and a look whose clock the test moves. */
export async function openAlertRig(store: Store, fields: Partial<WorkspaceFields> = {}) {
  const { db } = store
  const workspace = await createWorkspace(db, { ...PLAIN_WORKSPACE, name: 'Ada', ...fields }, START)
  const time = { now: START, journalLagMs: 0 }
  const errors: unknown[] = []
  const woken = { count: 0 }
  const emptyLedger = { query: async <T>() => [] as T[] }

  function newLook(owner: string, ledger: Parameters<typeof createAlertLook>[0]['ledger'] = emptyLedger) {
    return createAlertLook({
      db,
      ledger,
      journalLagMs: () => time.journalLagMs,
      dashboardUrl: DASHBOARD_URL,
      owner,
      clock: () => time.now,
      wakeDelivery: () => {
        woken.count++
      },
      onError: (error) => errors.push(error),
    })
  }
  const ownLook = newLook('first')

  async function target(changes: Partial<NotificationTarget> = {}): Promise<string> {
    const plain = { ...PLAIN_TARGET, ownerType: 'traffic_source', ownerId: 'source' } as const
    const whole = { ...plain, url: 'https://receiver.example/pb', ...changes }
    return (await createNotificationTarget(db, workspace.id, whole, START)).id
  }

  async function health(
    targetId: string,
    of: { readonly since: number | null; readonly last: number | null; readonly inRow: number },
  ): Promise<void> {
    const values = { failing_since: of.since, last_failure_at: of.last, failures_in_row: of.inRow }
    const common = { target_id: targetId, workspace: workspace.id, last_success_at: null }
    await db
      .insertInto('target_health')
      .values({ ...common, ...values, steady_since: of.since, last_error: 'timeout' })
      .onConflict((conflict) => conflict.column('target_id').doUpdateSet(values))
      .execute()
  }

  const messages = async (channelId: string) =>
    await db
      .selectFrom('deliveries')
      .selectAll()
      .where('target_id', '=', channelId)
      .where('id', 'not like', 'retried-%')
      .orderBy('created_at')
      .orderBy('transition')
      .orderBy('id')
      .execute()

  /** One that waits, due after all tests. */
  async function call(changes: Parameters<typeof enqueueCalls>[1][number]): Promise<void> {
    const url = 'https://receiver.example/pb'
    await enqueueCalls(store, [
      { workspace: workspace.id, url, due_at: START + 90 * 24 * HOUR_MS, ...changes },
    ])
  }

  return {
    store,
    workspace: workspace.id,
    time,
    errors,
    woken,
    newLook,
    target,
    /** A channel of the system; of a webhook without an URL of its own. */
    channel: (changes: Partial<NotificationTarget> = {}) =>
      target({
        ownerType: 'alerts',
        ownerId: '',
        method: 'POST',
        system: 'webhook',
        url: 'https://pager.example/hook',
        ...changes,
      }),
    /** Moves the clock and looks, once a minute on the way; what channels are told arrives at once. */
    after: async (ms: number, look = ownLook) => {
      const end = time.now + ms
      do {
        time.now = Math.min(end, time.now + MINUTE_MS)
        await look()
        await db
          .updateTable('deliveries')
          .set({ state: 'delivered' })
          .where('target_id', 'in', (channels) =>
            channels.selectFrom('notification_targets').select('id').where('owner_type', '=', 'alerts'),
          )
          .where('id', 'not like', 'retried-%')
          .execute()
      } while (time.now < end)
    },
    look: ownLook,
    /** Its calls fail since then, and one of them is tried again; well again with null. */
    fail: async (targetId: string, since: number | null = time.now) => {
      await health(targetId, { since, last: since, inRow: 7 })
      await db.deleteFrom('deliveries').where('id', '=', `retried-${targetId}`).execute()
      if (since !== null) await call({ id: `retried-${targetId}`, target_id: targetId, attempts: 7 })
    },
    health,
    call,
    settings: async (alerts: Partial<typeof DEFAULT_ALERT_SETTINGS>) => {
      const changed = { ...DEFAULT_ALERT_SETTINGS, ...alerts }
      await updateWorkspace(db, workspace.id, { alerts: changed }, time.now)
    },
    alerts: async (): Promise<readonly Alert[]> =>
      (await listAlerts(db, workspace.id, {}, { limit: 200 })).items,
    messages,
    /** What was put into the queue for a channel, in order. */
    told: async (channelId: string): Promise<readonly string[]> => (await messages(channelId)).map(wordsOf),
  }
}

/** A webhook's event and title, or an e-mail's subject. */
function wordsOf({ system, body, url }: { system: string; body: string; url: string }): string {
  if (system === 'email') return decodeURIComponent(url.split('subject=')[1] ?? '')
  const { type, data } = JSON.parse(body) as { type: string; data: Call }
  return `${type} ${data.title}`
}
