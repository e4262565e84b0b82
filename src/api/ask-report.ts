import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { CUSTOM_PREFIX } from '../reports/custom-metric.ts'
import { FILTER_OPERATORS, REPORT_LIMITS, ReportRequestError } from '../reports/report-request.ts'
import type { ReportResult } from '../reports/run-report.ts'
import { type CustomMetric, findCustomMetrics } from '../store/custom-metrics.ts'
import type { Db } from '../store/transaction.ts'
import { getWorkspace } from '../store/workspaces.ts'
import type { ApiDeps } from './api-deps.ts'
import { timeZoneField } from './fields.ts'
import { withinLargeReports } from './large-reports.ts'
import { notFound, Problem } from './problem.ts'
import { findLabels } from './report-labels.ts'

const NAME_CHARS_MAX = 100
const REPORT_TIMEOUT_MS = 30_000
/** As nginx has it: nobody reads the answer, and nothing has failed. */
const CALLER_GONE = 499
const METRICS_DEFAULT = ['visits', 'clicks', 'conversions', 'revenue', 'cost', 'profit']

export const nameField = z.string().min(1).max(NAME_CHARS_MAX)
export const dayField = z.iso.date()

export const filtersField = z
  .array(
    z.strictObject({
      dimension: nameField,
      operator: z.enum(FILTER_OPERATORS),
      values: z.array(z.string().max(1_024)).min(1).max(REPORT_LIMITS.filterValuesMax),
    }),
  )
  .max(REPORT_LIMITS.filtersMax)
  .default([])

/** A question, without which page of the answer is wanted. */
export const questionFields = {
  from: dayField.describe('First day, in the time zone'),
  to: dayField.describe('Last day, included'),
  timeZone: timeZoneField.optional().describe("The workspace's unless told"),
  dateBasis: z
    .enum(['conversion', 'click'])
    .default('conversion')
    .describe('Which day a conversion counts on'),
  groupBy: z
    .array(nameField)
    .max(REPORT_LIMITS.groupingsMax)
    .default([])
    .describe('Dimensions, outermost first'),
  metrics: z.array(nameField).min(1).max(REPORT_LIMITS.metricsMax).default(METRICS_DEFAULT),
  filters: filtersField,
  sort: z.strictObject({ by: nameField, direction: z.enum(['asc', 'desc']) }).optional(),
}

type Question = z.infer<z.ZodObject<typeof questionFields>> & {
  readonly limit: number
  readonly offset: number
}

export type AskedReport = ReportResult & {
  /** For each row, dimension → name. */
  readonly labels: readonly Readonly<Record<string, string>>[]
  /** The workspace's own metrics that were asked for, by `custom:ID`. */
  readonly customMetrics: ReadonlyMap<string, CustomMetric>
  readonly currency: string
  readonly timeZone: string
}

/**
 * @throws ReportRequestError when the question names something that does not exist
 * @throws Problem 429 when other large reports are being computed
 */
export async function askReport(
  deps: ApiDeps,
  id: string,
  question: Question,
  signal: AbortSignal,
): Promise<AskedReport> {
  return await withinLargeReports(question.limit, () => ask(deps, id, question, signal))
}

async function ask(deps: ApiDeps, id: string, question: Question, signal: AbortSignal): Promise<AskedReport> {
  const { db } = deps.store
  const workspace = await getWorkspace(db, id)
  if (workspace === undefined) throw notFound('workspace', id)
  const { sort, timeZone = workspace.timeZone, ...rest } = question
  const named = sort === undefined ? rest.metrics : [...rest.metrics, sort.by]
  const customMetrics = await loadCustomMetrics(db, id, named)
  const request = { ...rest, workspace: id, timeZone, customMetrics, ...(sort === undefined ? {} : { sort }) }
  const result = await deps.runReport(request, signal)
  const labels = await findLabels(db, id, result.rows)
  return { ...result, labels, customMetrics, currency: workspace.currency, timeZone }
}

/**
 * Aborts when the caller hangs up or the report takes too long. Fastify's own request.signal aborts as soon as
 * the body of a POST has been read.
 */
export function untilGone(reply: FastifyReply, timeoutMs = REPORT_TIMEOUT_MS): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort(new Problem(CALLER_GONE, 'caller_gone', 'The caller hung up.')))
  return AbortSignal.any([gone.signal, AbortSignal.timeout(timeoutMs)])
}

async function loadCustomMetrics(
  db: Db,
  workspace: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, CustomMetric>> {
  const custom = names.filter((name) => name.startsWith(CUSTOM_PREFIX))
  const ids = [...new Set(custom.map((name) => name.slice(CUSTOM_PREFIX.length)))]
  const found = await findCustomMetrics(db, workspace, ids)
  const archived = found.find(({ archivedAt }) => archivedAt !== null)
  if (archived !== undefined) throw new ReportRequestError(`the metric "${archived.name}" is archived`)
  return new Map(found.map((metric) => [`${CUSTOM_PREFIX}${metric.id}`, metric]))
}
