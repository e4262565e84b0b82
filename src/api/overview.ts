import { z } from 'zod'
import { listAlerts } from '../store/alerts.ts'
import {
  COUNTED_MAX,
  countNetworkToDos,
  countOpenAlerts,
  countUnmatchedHits,
  countUnwellTargets,
  countWaitingDeliveries,
  type UnwellTargets,
} from '../store/overview-counts.ts'
import { getWorkspace } from '../store/workspaces.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { workspaceOf } from './caller.ts'
import { timeField, toTime } from './fields.ts'
import { notFound } from './problem.ts'

const UNMATCHED_MS = 24 * 3_600_000
const MINUTE_MS = 60_000
const ALERTS_SHOWN = 3

const countField = z.int().describe(`${COUNTED_MAX + 1} stands for more than ${COUNTED_MAX}`)
const unwellSchema = z.object({ failing: z.int(), disabled: z.int().describe('By itself, not by a person') })

const overviewSchema = z
  .object({
    ledger: z
      .object({ lagSeconds: z.number(), isLate: z.boolean() })
      .describe('How old the oldest visit is that reports do not show yet'),
    deliveries: z.object({
      waiting: countField,
      due: countField.describe('Whose time has come'),
      dueSince: timeField.nullable().describe('Of the oldest that is due'),
      isLate: z.boolean().describe('By the settings of alerts'),
    }),
    targets: unwellSchema.describe('Of traffic sources and campaigns'),
    webhooks: unwellSchema,
    alertChannels: unwellSchema,
    unmatched: countField.describe('Hits of the last 24 hours that found no visit'),
    alerts: z.object({
      open: countField,
      newest: z
        .array(z.object({ id: z.string(), title: z.string(), path: z.string(), openedAt: timeField }))
        .max(ALERTS_SHOWN),
    }),
    network: z
      .object({ applications: countField, pixels: countField, conversions: countField })
      .nullable()
      .describe('What waits for a decision; null without affiliates'),
  })
  .meta({ id: 'Overview' })

/** How the workspace fares and what waits for somebody, in one call; its figures are reports. */
export function overviewRoutes(app: ApiApp, deps: ApiDeps): void {
  app.get('/api/v1/overview', {
    schema: {
      tags: ['overview'],
      summary: 'How the workspace fares and what waits for a decision',
      response: { 200: overviewSchema },
    },
    handler: async (request) => await loadOverview(deps, workspaceOf(request)),
  })
}

async function loadOverview(deps: ApiDeps, id: string): Promise<z.input<typeof overviewSchema>> {
  const { db } = deps.store
  const now = deps.clock()
  const workspace = await getWorkspace(db, id)
  if (workspace === undefined) throw notFound('workspace', id)
  const { deliveryLagMinutes, journalLagSeconds } = workspace.alerts
  const { dueSince, ...deliveries } = await countWaitingDeliveries(db, id, now)
  const targets = await countUnwellTargets(db, id)
  const alerts = await listAlerts(db, id, { state: 'open' }, { limit: ALERTS_SHOWN, cursor: undefined })
  const lagSeconds = deps.journalLagMs() / 1_000
  return {
    ledger: { lagSeconds, isLate: lagSeconds >= journalLagSeconds },
    deliveries: {
      ...deliveries,
      dueSince: dueSince === null ? null : toTime(dueSince),
      isLate: dueSince !== null && now - dueSince >= deliveryLagMinutes * MINUTE_MS,
    },
    targets: sumOf(targets.traffic_source, targets.campaign),
    webhooks: targets.workspace,
    alertChannels: targets.alerts,
    unmatched: await countUnmatchedHits(db, id, now - UNMATCHED_MS),
    alerts: {
      open: await countOpenAlerts(db, id),
      newest: alerts.items.map(({ id: alertId, title, detail, openedAt }) => ({
        id: alertId,
        title,
        path: detail.path,
        openedAt: toTime(openedAt),
      })),
    },
    network: await countNetworkToDos(db, id),
  }
}

function sumOf(one: UnwellTargets, other: UnwellTargets): UnwellTargets {
  return { failing: one.failing + other.failing, disabled: one.disabled + other.disabled }
}
