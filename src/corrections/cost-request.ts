import { z } from 'zod'
import { FILTER_OPERATORS } from '../reports/report-request.ts'
import { COST_MODES } from './plan-costs.ts'

const rangeSchema = z.union([
  z.object({ type: z.literal('days'), from: z.string(), to: z.string() }),
  z.object({ type: z.literal('times'), fromSeconds: z.int(), toSeconds: z.int() }),
])

const filterSchema = z.object({
  dimension: z.string(),
  operator: z.enum(FILTER_OPERATORS),
  values: z.array(z.string()).readonly(),
})

const costRequestSchema = z.object({
  range: rangeSchema,
  /** IANA name. */
  timeZone: z.string(),
  filters: z.array(filterSchema).readonly(),
  mode: z.enum(COST_MODES),
  /** Micros of the currency; of a percent, too. */
  amountMicros: z.int(),
  /** ISO 4217. */
  currency: z.string(),
  /** Only unique visits count as visits. */
  onlyUnique: z.boolean(),
})

/** What visits have cost, as somebody knows better than the ledger. Plain JSON: it is kept with its answer. */
export type CostRequest = Readonly<z.infer<typeof costRequestSchema>>

/**
 * A request as it is kept.
 * @throws when it is none
 */
export function parseCostRequest(kept: unknown): CostRequest {
  return costRequestSchema.parse(kept)
}
