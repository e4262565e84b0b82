import { findUnmatchedRates, type SenderHits } from '../domain/alert-rates.ts'
import { countHits, type HitCount } from '../store/alert-figures.ts'
import type { Configuration } from '../store/load-configuration.ts'
import { ALERT_LIMITS } from './alert-limits.ts'
import { inWorkspace, type Watch, type WatchContext } from './watch.ts'

/** What was counted of the hours that are over, by the hour's start. */
type CountedHours = Map<number, readonly HitCount[]>

const NOTHING: Omit<HitCount, 'senderId'> = { hits: 0, unmatched: 0 }

/**
 * Hits that find no visit, by sender: the last hour against the 14 days before it. An hour that is over is counted once
 * and remembered, since counting two weeks of hits anew would hold SQLite up every minute. After a start the weeks are
 * counted over some rounds, a day each.
 */
export function createHitWatch(): Watch {
  const counted = new Map<string, CountedHours>()
  return {
    kinds: ['unmatched_rate'],
    look: async (context) => {
      const workspaces = [...context.configuration.workspaces.keys()]
      for (const known of counted.keys()) if (!workspaces.includes(known)) counted.delete(known)
      const findings = []
      for (const workspace of workspaces) {
        const hours = counted.get(workspace) ?? new Map()
        counted.set(workspace, hours)
        const senders = await loadSenders(context, workspace, hours)
        findings.push(...inWorkspace(workspace, findUnmatchedRates(senders)))
      }
      return findings
    },
  }
}

async function loadSenders(
  { db, configuration, now }: WatchContext,
  workspace: string,
  hours: CountedHours,
): Promise<readonly SenderHits[]> {
  const from = now - ALERT_LIMITS.hourMs
  const lastHour = await countHits(db, workspace, { from, to: now })
  if (lastHour.every(({ unmatched }) => unmatched === 0)) return []
  await countPast({ db, workspace, hours, until: from })
  const usual = sumBySender([...hours.values()].flat())
  return lastHour.map(({ senderId, hits, unmatched }) => {
    const known = usual.get(senderId) ?? NOTHING
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
  readonly hours: CountedHours
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
    hours.set(start, await countHits(of.db, of.workspace, { from: start, to: start + hourMs }))
    left -= 1
  }
}

function sumBySender(counts: readonly HitCount[]): ReadonlyMap<string, typeof NOTHING> {
  const sums = new Map<string, typeof NOTHING>()
  for (const { senderId, hits, unmatched } of counts) {
    const sum = sums.get(senderId) ?? NOTHING
    sums.set(senderId, { hits: sum.hits + hits, unmatched: sum.unmatched + unmatched })
  }
  return sums
}

function nameOf({ affiliateNetworks, advertisers }: Configuration, senderId: string): string {
  if (senderId === '') return 'unknown senders'
  return affiliateNetworks.get(senderId)?.name ?? advertisers.get(senderId)?.name ?? senderId
}
