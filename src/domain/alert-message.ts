import type { Alert } from './alert.ts'
import { countText, durationText } from './alert-text.ts'
import type { SystemMessage } from './target-systems/target-system.ts'

/** Alerts that one message spells out; of the others it tells the number. */
const DIGEST_ALERTS_MAX = 20

/**
 * opened    it is news
 * reminder  it is open still
 * resolved  what was told of is over
 * passed    it opened and was over before anybody could be told
 */
export type Turn = 'opened' | 'reminder' | 'resolved' | 'passed'

/** The turn that waits to be told, of an alert that has one. */
function turnOf({ state, toldTransition }: Alert): Turn {
  if (state === 'open') return toldTransition === 0 ? 'opened' : 'reminder'
  return toldTransition === 0 ? 'passed' : 'resolved'
}

/**
 * What people read of the turns that are told at one moment: one message, however many they are.
 * @param of.alerts at least one.
 * @param of.dashboardUrl without a trailing slash.
 */
export function writeAlertMessage(of: {
  readonly alerts: readonly Alert[]
  readonly workspaceName: string
  readonly dashboardUrl: string
  readonly now: number
}): SystemMessage {
  const { alerts, workspaceName, dashboardUrl, now } = of
  const [first, ...others] = alerts
  if (first !== undefined && others.length === 0) {
    const text = [...bodyOf(first, now), `Workspace: ${workspaceName}`].join('\n')
    return { title: headingOf(first), text, url: dashboardUrl + first.detail.path, at: now }
  }
  const blocks = alerts.slice(0, DIGEST_ALERTS_MAX).map((alert) => blockOf(alert, now))
  const rest = alerts.length - blocks.length
  const more = rest > 0 ? [`… and ${rest} more.`] : []
  const text = [...blocks, ...more, `Workspace: ${workspaceName}`].join('\n\n')
  return { title: summaryOf(alerts), text, url: `${dashboardUrl}/alerts`, at: now }
}

/** What programs read of one turn: JSON as Standard Webhooks lay it out ("Payload structure"). */
export function writeAlertEvent(
  alert: Alert,
  of: { readonly dashboardUrl: string; readonly now: number; readonly isTest?: boolean | undefined },
): string {
  const { id, kind, subjectId, state, title, detail } = alert
  const types: Readonly<Record<Turn, string>> = {
    opened: 'alert.opened',
    reminder: 'alert.reminded',
    resolved: 'alert.resolved',
    passed: 'alert.resolved',
  }
  const data = {
    id,
    kind,
    subjectId,
    state,
    title,
    text: detail.text,
    url: of.dashboardUrl + detail.path,
    openedAt: toTime(alert.openedAt),
    resolvedAt: alert.resolvedAt === null ? null : toTime(alert.resolvedAt),
  }
  const type = of.isTest === true ? 'alert.test' : types[turnOf(alert)]
  return JSON.stringify({ type, timestamp: toTime(of.now), data })
}

function headingOf(alert: Alert): string {
  const headings: Readonly<Record<Turn, string>> = {
    opened: alert.title,
    reminder: `Still: ${alert.title}`,
    resolved: `Resolved: ${alert.title}`,
    passed: `Over already: ${alert.title}`,
  }
  return headings[turnOf(alert)]
}

function bodyOf(alert: Alert, now: number): readonly string[] {
  const heldMs = (alert.clearedAt ?? alert.resolvedAt ?? now) - alert.openedAt
  switch (turnOf(alert)) {
    case 'opened':
      return [alert.detail.text]
    case 'reminder':
      return [`It has been so for ${durationText(heldMs)}.`, alert.detail.text]
    case 'resolved':
    case 'passed':
      return [`It was so for ${durationText(heldMs)}.`]
  }
}

function blockOf(alert: Alert, now: number): string {
  return [headingOf(alert), ...bodyOf(alert, now)].join('\n')
}

function summaryOf(alerts: readonly Alert[]): string {
  const open = alerts.filter(({ state }) => state === 'open').length
  return `${countText(alerts.length, 'alert', 'alerts')}, ${open} open`
}

function toTime(ms: number): string {
  return new Date(ms).toISOString()
}
