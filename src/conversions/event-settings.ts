import { EVENT_COUNTS_DEFAULT, type EventCounts } from '../domain/conversion-types.ts'
import type { Configuration } from '../store/load-configuration.ts'

/** Configurations are replaced as a whole: indexed once per change of one. */
const indexes = new WeakMap<Configuration, ReadonlyMap<string, EventCounts>>()

/**
 * What a new conversion of the event counts as, by the workspace's settings; an event that has none counts by
 * default. A negative amount takes money back, and is no conversion whatever its event.
 */
export function countsOf(
  configuration: Configuration,
  of: { readonly workspace: string; readonly event: string; readonly amountMicros: number },
): EventCounts {
  const counts = indexOf(configuration).get(keyOf(of.workspace, of.event)) ?? EVENT_COUNTS_DEFAULT
  return of.amountMicros < 0 ? { ...counts, conversion: false } : counts
}

function indexOf(configuration: Configuration): ReadonlyMap<string, EventCounts> {
  const known = indexes.get(configuration)
  if (known !== undefined) return known
  const inUse = [...configuration.events.values()].filter((event) => event.archivedAt === null)
  const index = new Map(inUse.map((event) => [keyOf(event.workspace, event.name), event.counts]))
  indexes.set(configuration, index)
  return index
}

/** Ids of workspaces hold no space. */
function keyOf(workspace: string, event: string): string {
  return `${workspace} ${event.toLowerCase()}`
}
