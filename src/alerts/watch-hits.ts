import { findUnmatchedRates, type SenderHits } from '../domain/alert-rates.ts'
import type { HitCount } from '../store/alert-figures.ts'
import type { Configuration } from '../store/load-configuration.ts'
import { ALERT_LIMITS } from './alert-limits.ts'
import { countHour, RecentHits, sumBySender } from './count-recent-hits.ts'
import { inWorkspace, type Watch, type WatchContext } from './watch.ts'

/** What was counted of the hours that are over, by the hour's start, and of the last one. */
type Counted = { readonly hours: Map<number, readonly HitCount[]>; readonly recent: RecentHits }

/**
 * Hits that find no visit, by sender: the last hour against the 14 days before it. An hour that is over is counted once
 * and remembered, since counting two weeks of hits anew would hold SQLite up every minute. After a start the weeks are
 * counted over some rounds, a day each.
 */
export function createHitWatch(): Watch {
  const counted = new Map<string, Counted>()
  return {
    kinds: ['unmatched_rate'],
    look: async (context) => {
      const workspaces = [...context.configuration.workspaces.keys()]
      for (const known of counted.keys()) if (!workspaces.includes(known)) counted.delete(known)
      const findings = []
      for (const workspace of workspaces) {
        const known = counted.get(workspace) ?? { hours: new Map(), recent: new RecentHits() }
        counted.set(workspace, known)
        const senders = await loadSenders(context, workspace, known)
        findings.push(...inWorkspace(workspace, findUnmatchedRates(senders)))
      }
      return findings
    },
  }
}

async function loadSenders(
  { db, configuration, now }: WatchContext,
  workspace: string,
  { hours, recent }: Counted,
): Promise<readonly SenderHits[]> {
  const lastHour = await recent.count(db, workspace, now)
  if (lastHour.every(({ unmatched }) => unmatched === 0)) return []
  await countPast({ db, workspace, hours, until: now - ALERT_LIMITS.hourMs })
  const past = sumBySender([...hours.values()].flat())
  const usual = new Map(past.map((count) => [count.senderId, count]))
  return lastHour.map(({ senderId, hits, unmatched }) => {
    const known = usual.get(senderId) ?? { hits: 0, unmatched: 0 }
    return {
      senderId,
      name: nameOf(configuration, senderId),
      lastHour: { count: unmatched, of: hits },
      usual: { count: known.unmatched, of: known.hits },
    }
  })
}

/** Counts whole hours that ended before `until` and are not counted yet, the newest first, and forgets old ones. */
async function countPast(of: {
  readonly db: WatchContext['db']
  readonly workspace: string
  readonly hours: Counted['hours']
  readonly until: number
}): Promise<void> {
  const { hours } = of
  const { hourMs, usualHitHours, hitHoursPerRound } = ALERT_LIMITS
  const newest = Math.floor(of.until / hourMs) * hourMs - hourMs
  const oldest = newest - (usualHitHours - 1) * hourMs
  for (const start of hours.keys()) if (start < oldest || start > newest) hours.delete(start)
  let left: number = hitHoursPerRound
  for (let start = newest; start >= oldest && left > 0; start -= hourMs) {
    if (hours.has(start)) continue
    hours.set(start, await countHour(of.db, of.workspace, start))
    left -= 1
  }
}

function nameOf({ affiliateNetworks, advertisers }: Configuration, senderId: string): string {
  if (senderId === '') return 'unknown senders'
  return affiliateNetworks.get(senderId)?.name ?? advertisers.get(senderId)?.name ?? senderId
}
