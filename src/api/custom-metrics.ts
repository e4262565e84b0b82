import { z } from 'zod'
import { FORMULA_LIMITS, parseFormula } from '../domain/formula.ts'
import { nearestName } from '../domain/nearest-name.ts'
import { CUSTOM_PREFIX } from '../reports/custom-metric.ts'
import { isMetric, METRIC_KINDS, METRIC_NAMES } from '../reports/metrics.ts'
import {
  archiveCustomMetric,
  type CustomMetric,
  type CustomMetricFields,
  createCustomMetric,
  getCustomMetric,
  listCustomMetrics,
  restoreCustomMetric,
  updateCustomMetric,
} from '../store/custom-metrics.ts'
import type { Db } from '../store/transaction.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { nameField } from './fields.ts'
import { ownedRoutes } from './owned-resource.ts'
import { ownedFields, toOwnedView } from './owned-view.ts'
import { invalidFields } from './problem.ts'

const fields = {
  name: nameField,
  formula: z
    .string()
    .trim()
    .min(1)
    .max(FORMULA_LIMITS.charsMax)
    .describe('Over the names of metrics, e.g. (revenue - cost) / [conversions:First deposit]'),
  kind: z
    .enum(METRIC_KINDS)
    .describe('count: integer. money, number: decimal of six places. ratio: shown as a percentage'),
}

const metricSchema = z
  .object({ ...ownedFields, name: z.string(), formula: z.string(), kind: z.enum(METRIC_KINDS) })
  .meta({ id: 'CustomMetric' })

/** Metrics of the workspace's own; reports have them as `custom:ID`. */
export function customMetricRoutes(app: ApiApp, deps: ApiDeps): void {
  ownedRoutes<CustomMetric, CustomMetricFields>(app, deps, {
    path: 'custom-metrics',
    what: 'custom metric',
    createBody: z.strictObject(fields),
    updateBody: z.strictObject(fields).partial(),
    itemSchema: metricSchema,
    create: createCustomMetric,
    update: updateCustomMetric,
    archive: archiveCustomMetric,
    restore: restoreCustomMetric,
    get: getCustomMetric,
    list: listCustomMetrics,
    toViews: async (_db, items) =>
      items.map((metric) => {
        const { name, formula, kind } = metric
        return { ...toOwnedView(metric), name, formula, kind }
      }),
    check: checkCustomMetric,
  })
}

async function checkCustomMetric(
  _db: Db,
  _workspace: string,
  { formula }: CustomMetricFields,
): Promise<void> {
  const parsed = parseFormula(formula)
  const messages = parsed.ok
    ? parsed.metrics.filter((name) => !isMetric(name)).map(unknownMetric)
    : [`${parsed.message} (at character ${parsed.at + 1})`]
  if (messages.length > 0) throw invalidFields(messages.map((message) => ({ field: 'formula', message })))
}

function unknownMetric(name: string): string {
  if (name.startsWith(CUSTOM_PREFIX))
    return 'A formula cannot name a metric of your own: write out its formula.'
  const nearest = nearestName(name, METRIC_NAMES)
  return `There is no metric "${name}".${nearest === undefined ? '' : ` Is it "${nearest}"?`}`
}
