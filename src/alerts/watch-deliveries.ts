import { findDeliveryLag, findJournalLag, findUnwellTargets } from '../domain/alert-rules.ts'
import { rulesOf } from '../domain/target-systems/system-rules.ts'
import { workspacesWithChannels } from '../store/alert-channels.ts'
import { loadLateDeliveries, loadUnwellTargets, type UnwellTargetRow } from '../store/alert-figures.ts'
import { inWorkspace, type Watch } from './watch.ts'

const MINUTE_MS = 60_000

/** Targets that fail or were switched off. */
export const TARGET_WATCH: Watch = {
  kinds: ['target_failing', 'target_disabled'],
  look: async ({ db, configuration, now }) => {
    const rows = Map.groupBy(await loadUnwellTargets(db, now), ({ workspace }) => workspace)
    return [...configuration.workspaces.values()].flatMap(({ id, alerts }) => {
      const targets = (rows.get(id) ?? []).map((row) => ({ ...row, label: labelOf(row) }))
      return inWorkspace(id, findUnwellTargets(targets, alerts, now))
    })
  },
}

/** Deliveries that nothing holds back and that wait all the same. */
export const DELIVERY_LAG_WATCH: Watch = {
  kinds: ['delivery_lag'],
  look: async ({ db, configuration, now }) => {
    const workspaces = [...configuration.workspaces.values()]
    if (workspaces.length === 0) return []
    const leastMinutes = Math.min(...workspaces.map(({ alerts }) => alerts.deliveryLagMinutes))
    const late = await loadLateDeliveries(db, now - leastMinutes * MINUTE_MS)
    return workspaces.flatMap(({ id, alerts }) => inWorkspace(id, findDeliveryLag(late.get(id), alerts, now)))
  },
}

/** The installation's own lag, told to every workspace that has somebody to tell. */
export const JOURNAL_LAG_WATCH: Watch = {
  kinds: ['journal_lag'],
  look: async ({ db, configuration, journalLagMs }) => {
    const told = await workspacesWithChannels(db)
    return [...configuration.workspaces.values()]
      .filter(({ id }) => told.has(id))
      .flatMap(({ id, alerts }) => inWorkspace(id, findJournalLag(journalLagMs, alerts)))
  },
}

/** A system's name, or the host; of a host made of macros, the text before the first slash. */
function labelOf({ system, url }: UnwellTargetRow): string {
  if (system !== '') return rulesOf(system)?.label ?? system
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(url)?.[1] ?? url
}
