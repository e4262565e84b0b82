import type { Alert } from '../domain/alert.ts'
import { writeAlertEvent, writeAlertMessage } from '../domain/alert-message.ts'
import { needsReminder } from '../domain/alert-turns.ts'
import { isQuiet } from '../domain/quiet-hours.ts'
import { rulesOf } from '../domain/target-systems/system-rules.ts'
import type { SystemCall } from '../domain/target-systems/target-system.ts'
import { lastTransition, lockAlertChannels } from '../store/alert-channels.ts'
import { claimTurns, loadUntoldAlerts, remindOfAlert } from '../store/alerts.ts'
import { enqueueDeliveries } from '../store/deliveries.ts'
import { newDelivery } from '../store/new-delivery.ts'
import type { StoredTarget } from '../store/notification-targets.ts'
import type { Db } from '../store/transaction.ts'
import type { Workspace } from '../store/workspaces.ts'

/** What telling needs to know besides the alerts. */
export type Telling = {
  readonly workspace: Workspace
  /** Without a trailing slash. */
  readonly dashboardUrl: string
  /** Unix milliseconds. */
  readonly now: number
  /** Nothing is wrong: the Test button's. */
  readonly isTest?: boolean
}

/**
 * Tells the workspace's channels of every turn that waits, in the caller's transaction: a turn and its deliveries are
 * there together or not at all, so that none is lost or told twice. Within quiet hours nothing is told; what waited is
 * told afterwards, by one message for each channel. A channel that fails does not hear that it does.
 * @returns whether deliveries were made.
 */
export async function tellAlerts(db: Db, open: readonly Alert[], telling: Telling): Promise<boolean> {
  const { workspace, now } = telling
  const { alerts: settings, timeZone } = workspace
  if (isQuiet({ from: settings.quietFrom, to: settings.quietTo }, now, timeZone)) return false
  for (const alert of open) if (needsReminder(alert, now)) await remindOfAlert(db, alert)
  const waiting = await loadUntoldAlerts(db, workspace.id)
  if (waiting.length === 0) return false
  // Those that nobody is to hear of, too: else they were told when a kind is heard again, or a channel is made.
  const claimed = await claimTurns(db, waiting, now)
  const audible = claimed.filter(({ kind }) => !settings.muted.includes(kind))
  const rows = []
  for (const channel of await lockAlertChannels(db, workspace.id)) {
    if (channel.status === 'disabled') continue
    const told = audible.filter(({ subjectId }) => subjectId !== channel.id)
    rows.push(...(await rowsFor(db, channel, told, telling)))
  }
  if (rows.length > 0) await enqueueDeliveries(db, rows)
  return rows.length > 0
}

/**
 * People get one message, programs an event for each turn. What stands where the conversion of other deliveries does
 * keeps the order: of an event its alert, so that one that is refused holds up no other alert; of a message, which may
 * tell of many alerts, the channel. So nobody hears that something is over before hearing of it.
 */
async function rowsFor(db: Db, channel: StoredTarget, alerts: readonly Alert[], telling: Telling) {
  const { now } = telling
  if (alerts.length === 0) return []
  if (channel.system !== 'webhook') {
    const call = buildAlertCall(channel, alerts, telling)
    const transition = (await lastTransition(db, channel.id)) + 1
    return call === undefined ? [] : [toRow(channel, call, { conversionId: channel.id, transition, now })]
  }
  return alerts.flatMap((alert) => {
    const call = buildAlertCall(channel, [alert], telling)
    const place = { conversionId: alert.id, transition: alert.transitions, now }
    return call === undefined ? [] : [toRow(channel, call, place)]
  })
}

/**
 * The call, without its credentials, that tells a channel of the turns of alerts.
 * @param alerts at least one; of a webhook the first alone is told.
 * @returns undefined when the channel's system takes no messages.
 */
export function buildAlertCall(
  channel: Pick<StoredTarget, 'system' | 'settings' | 'url'>,
  alerts: readonly Alert[],
  telling: Telling,
): SystemCall | undefined {
  const { workspace, dashboardUrl, now } = telling
  const rules = channel.system === '' ? undefined : rulesOf(channel.system)
  const message = writeAlertMessage({ alerts, workspaceName: workspace.name, dashboardUrl, now })
  const target = { settings: channel.settings, baseUrl: channel.url }
  const built = rules?.buildMessage?.(message, target)
  if (built?.kind !== 'call') return undefined
  const [first] = alerts
  if (channel.system !== 'webhook' || first === undefined) return built.call
  // Programs read the facts, and not the words about them.
  return { ...built.call, body: writeAlertEvent(first, telling), contentType: 'application/json' }
}

function toRow(
  channel: StoredTarget,
  call: SystemCall,
  place: { readonly conversionId: string; readonly transition: number; readonly now: number },
) {
  const { conversionId, transition, now } = place
  return {
    ...newDelivery(channel, call, now),
    workspace: channel.workspace,
    conversion_id: conversionId,
    transition,
    click_id: '',
    state: 'pending' as const,
    reason: '',
  }
}
