import { type CampaignPace, findConversionRates } from '../domain/alert-rates.ts'
import type { Share } from '../domain/rate-surprise.ts'
import { REPORT_LIMITS } from '../reports/report-request.ts'
import { runReport } from '../reports/run-report.ts'
import type { Configuration } from '../store/load-configuration.ts'
import { ALERT_LIMITS } from './alert-limits.ts'
import { type HoursOfDays, hoursToCompare } from './recent-hours.ts'
import { inWorkspace, type Watch, type WatchContext, type WorkspaceFinding } from './watch.ts'

/** Few hours tell early of a busy campaign; a day tells of one with few conversions. */
const WINDOWS_HOURS = [3, 24]
const HOURS_OF_DAY = 24

type Looked = { readonly until: number; readonly findings: readonly WorkspaceFinding[] }
type Workspace = { readonly id: string; readonly timeZone: string }

/**
 * Campaigns that convert unlike they did. Only full hours are compared, so that the ledger is asked once an hour and
 * its answer holds until the next one. A workspace whose reports fail keeps what was found of it and is asked again at
 * the next look; one look asks for so long at most, and the next one goes on with the workspaces that are left.
 */
export function createConversionWatch(): Watch {
  const looked = new Map<string, Looked>()
  /** When a workspace was asked last in vain, so that it comes after the others. */
  const failedAt = new Map<string, number>()
  return {
    kinds: ['conversion_rate'],
    look: async (context) => {
      const { workspaces } = context.configuration
      for (const known of looked.keys()) if (!workspaces.has(known)) looked.delete(known)
      for (const known of failedAt.keys()) if (!workspaces.has(known)) failedAt.delete(known)
      const signal = AbortSignal.timeout(ALERT_LIMITS.reportsTimeoutMs)
      const inTurn = [...workspaces.values()].sort(
        (a, b) => (failedAt.get(a.id) ?? 0) - (failedAt.get(b.id) ?? 0),
      )
      for (const workspace of inTurn) {
        const { until } = hoursToCompare(context.now - ALERT_LIMITS.settleMs, workspace.timeZone, 1)
        if (looked.get(workspace.id)?.until === until) continue
        if (signal.aborted) {
          context.skip(workspace.id)
          continue
        }
        try {
          looked.set(workspace.id, { until, findings: await lookAt({ ...context, signal }, workspace) })
          failedAt.delete(workspace.id)
        } catch (error) {
          failedAt.set(workspace.id, context.now)
          context.skip(workspace.id, error)
        }
      }
      return [...looked.values()].flatMap(({ findings }) => findings)
    },
  }
}

type Asking = WatchContext & { readonly signal: AbortSignal }

async function lookAt(context: Asking, workspace: Workspace): Promise<readonly WorkspaceFinding[]> {
  const paces: CampaignPace[] = []
  for (const hours of WINDOWS_HOURS) paces.push(...(await loadPaces(context, workspace, hours)))
  return inWorkspace(workspace.id, findConversionRates(paces))
}

async function loadPaces(
  { ledger, configuration, now, signal }: Asking,
  workspace: Workspace,
  hours: number,
): Promise<readonly CampaignPace[]> {
  const compared = hoursToCompare(now - ALERT_LIMITS.settleMs, workspace.timeZone, hours)
  const recent = await loadShares({ ledger, signal }, workspace, compared.recent)
  if (recent.size === 0) return []
  const older = await loadShares({ ledger, signal }, workspace, [compared.usual[0]])
  const later = await loadShares({ ledger, signal }, workspace, [compared.usual[1]])
  return [...recent].flatMap(([campaignId, share]) => {
    const before = older.get(campaignId)
    const after = later.get(campaignId)
    if (before === undefined || after === undefined) return []
    const usual = { count: before.count + after.count, of: before.of + after.of }
    return [{ campaignId, name: nameOf(configuration, campaignId), hours, recent: share, usual }]
  })
}

/** Conversions of visits, by campaign, of those with visits; both by the time at which they happened. */
async function loadShares(
  { ledger, signal }: Pick<Asking, 'ledger' | 'signal'>,
  { id, timeZone }: Workspace,
  spans: readonly HoursOfDays[],
): Promise<ReadonlyMap<string, Share>> {
  const shares = new Map<string, Share>()
  for (const { from, to, hours } of spans) {
    const { rows } = await runReport(
      ledger,
      {
        workspace: id,
        from,
        to,
        timeZone,
        dateBasis: 'conversion',
        groupBy: ['campaign'],
        metrics: ['visits', 'conversions'],
        filters: hours.length === HOURS_OF_DAY ? [] : [hourFilter(hours)],
        limit: REPORT_LIMITS.rowsMax,
      },
      AbortSignal.any([signal, AbortSignal.timeout(ALERT_LIMITS.reportTimeoutMs)]),
    )
    for (const { keys, metrics } of rows) {
      const campaignId = keys.campaign ?? ''
      const known = shares.get(campaignId) ?? { count: 0, of: 0 }
      // Sales that are taken back may be more than those that come.
      const count = Math.max(0, known.count + Number(metrics.conversions))
      shares.set(campaignId, { count, of: known.of + Number(metrics.visits) })
    }
  }
  // Visits of links that are no campaign's have no name to warn of.
  return new Map([...shares].filter(([campaignId, { of }]) => campaignId !== '' && of > 0))
}

function hourFilter(hours: readonly number[]) {
  return { dimension: 'hour_of_day', operator: 'in', values: hours.map(String) } as const
}

function nameOf({ campaigns }: Configuration, campaignId: string): string {
  return campaigns.get(campaignId)?.name ?? campaignId
}
