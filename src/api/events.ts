import { z } from 'zod'
import { EVENT_COUNTS_DEFAULT } from '../domain/conversion-types.ts'
import {
  archiveEventSettings,
  createEventSettings,
  type EventSettings,
  type EventSettingsFields,
  findEventSettings,
  getEventSettings,
  listEventSettings,
  restoreEventSettings,
  updateEventSettings,
} from '../store/events.ts'
import type { Db } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { eventField } from './fields.ts'
import { ownedRoutes } from './owned-resource.ts'
import { ownedFields, toOwnedView } from './owned-view.ts'
import { invalidFields } from './problem.ts'

const countsShape = {
  conversion: z.boolean().describe('As a conversion; otherwise as an event, in a column of its own'),
  revenue: z.boolean().describe('Its amount is revenue'),
  cost: z.boolean().describe('Its amount is a cost, e.g. a fee that the network charges'),
}

const fields = {
  name: eventField.describe('As hits name it, in any case'),
  counts: z.strictObject(countsShape).describe('Of conversions that come from now on'),
}

const eventSchema = z
  .object({ ...ownedFields, name: z.string(), counts: z.object(countsShape) })
  .meta({ id: 'Event' })

/** What conversions of a custom event count as. An event that is not here counts as a conversion with revenue. */
export function eventRoutes(app: ApiApp, deps: ApiDeps): void {
  ownedRoutes<EventSettings, EventSettingsFields>(app, deps, {
    path: 'events',
    what: 'event',
    createBody: z.strictObject({ ...fields, counts: fields.counts.default(EVENT_COUNTS_DEFAULT) }),
    updateBody: z.strictObject(fields).partial(),
    itemSchema: eventSchema,
    create: createEventSettings,
    update: updateEventSettings,
    archive: archiveEventSettings,
    restore: restoreEventSettings,
    get: getEventSettings,
    list: listEventSettings,
    toViews: async (_db, items) => items.map(toView),
    check: checkEvent,
  })
}

async function checkEvent(
  db: Db,
  workspace: string,
  { name, counts }: EventSettingsFields,
  id?: string,
): Promise<void> {
  if (counts.revenue && counts.cost) {
    const message = 'an amount is revenue or a cost, not both'
    throw invalidFields([{ field: 'counts', message }])
  }
  const same = await findEventSettings(db, workspace, name)
  if (same !== undefined && same.id !== id) {
    throw invalidFields([{ field: 'name', message: `there is an event "${same.name}" already` }])
  }
}

function toView(event: EventSettings): z.input<typeof eventSchema> {
  return { ...toOwnedView(event), name: event.name, counts: { ...event.counts } }
}
