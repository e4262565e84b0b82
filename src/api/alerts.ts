import { z } from 'zod'
import { ALERT_KINDS, ALERT_STATES, type Alert } from '../domain/alert.ts'
import { getAlert, listAlerts } from '../store/alerts.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { workspaceOf } from './caller.ts'
import { timeField, toTime } from './fields.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { notFound } from './problem.ts'

const PATH = '/api/v1/alerts'
const TAGS = ['alerts']

const alertSchema = z
  .object({
    id: z.string().describe('The log of who was told is GET /deliveries with this as conversionId'),
    kind: z.enum(ALERT_KINDS),
    subjectId: z.string().describe("The target, campaign, offer or sender; '' for the whole workspace"),
    state: z.enum(ALERT_STATES),
    title: z.string(),
    text: z.string().describe('With the numbers as they were last seen'),
    path: z.string().describe('Where in the dashboard to look closer'),
    openedAt: timeField,
    seenAt: timeField.describe('When it was last found to hold'),
    resolvedAt: timeField.nullable(),
    toldAt: timeField.nullable().describe('When channels were last told of it; null while it waits'),
  })
  .meta({ id: 'Alert' })

const listQuery = pageQuery.extend({
  state: z.enum(ALERT_STATES).optional(),
  kind: z.enum(ALERT_KINDS).optional(),
  subjectId: z.string().max(100).optional(),
})

/** What is wrong in the workspace, and what was. */
export function alertRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'List: alerts, newest first',
      querystring: listQuery,
      response: { 200: pageOf(alertSchema) },
    },
    handler: async (request) => {
      const { limit, cursor, ...filter } = request.query
      const page = await listAlerts(db, workspaceOf(request), filter, { limit, cursor })
      return { items: page.items.map(toAlertView), nextCursor: page.nextCursor }
    },
  })
  app.get(`${PATH}/:id`, {
    schema: { tags: TAGS, summary: 'One alert', params: idParams, response: { 200: alertSchema } },
    handler: async (request) => {
      const { id } = request.params
      const alert = await getAlert(db, { workspace: workspaceOf(request), id })
      if (alert === undefined) throw notFound('alert', id)
      return toAlertView(alert)
    },
  })
}

function toAlertView(alert: Alert): z.input<typeof alertSchema> {
  const { id, kind, subjectId, state, title, detail, openedAt, seenAt, resolvedAt, toldAt } = alert
  return {
    id,
    kind,
    subjectId,
    state,
    title,
    text: detail.text,
    path: detail.path,
    openedAt: toTime(openedAt),
    seenAt: toTime(seenAt),
    resolvedAt: resolvedAt === null ? null : toTime(resolvedAt),
    toldAt: toldAt === null ? null : toTime(toldAt),
  }
}
