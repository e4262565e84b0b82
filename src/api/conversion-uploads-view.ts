import { z } from 'zod'
import { UPLOAD_LIMITS } from '../conversions/upload-limits.ts'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import type { HitOutcome } from '../domain/hit.ts'
import { formatMicros } from '../domain/money.ts'
import type { ConversionUpload, UploadCounts, UploadRow } from '../store/conversion-uploads.ts'
import { timeField, toTime } from './fields.ts'

const ROWS_PAGE_MAX = 500
const ROWS_PAGE_DEFAULT = 100
const OUTCOMES = [
  'recorded',
  'updated',
  'duplicate',
  'rejected',
  'unmatched',
  'malformed',
] as const satisfies readonly HitOutcome[]

const uploadFields = {
  id: z.string(),
  name: z.string(),
  state: z.enum(['preview', 'applied']),
  jobId: z.string().describe("Of the job that applies it; '' for a preview"),
  actor: z.string(),
  createdAt: timeField,
  updatedAt: timeField,
  rows: z.int(),
  broken: z.int().describe('Rows with a problem: never applied'),
  outcomes: z.record(z.string(), z.int()).describe('Of the rows applied so far: outcome → rows'),
  forecasts: z
    .record(z.string(), z.int())
    .describe(
      `What rows would come to when the file was looked at: outcome → rows; of the first ${UPLOAD_LIMITS.forecastRowsMax} good ones`,
    ),
}

const forecastSchema = z.object({
  outcome: z.enum(OUTCOMES),
  reason: z.string(),
  change: z
    .object({
      fromStatus: z.enum([...CONVERSION_STATUSES, '']).describe("'' for a new conversion"),
      toStatus: z.enum(CONVERSION_STATUSES),
      fromRevenue: z.string(),
      toRevenue: z.string(),
      fromPayout: z.string(),
      toPayout: z.string(),
    })
    .nullable()
    .describe("What it would do to a conversion, in the workspace's currency; null for nothing"),
})

const paramsField = z.record(z.string(), z.string()).describe('Under our names; `time` is Unix milliseconds')

export const uploadSchema = z.object(uploadFields).meta({ id: 'ConversionUpload' })

export const uploadPreviewSchema = z
  .object({
    ...uploadFields,
    problems: z.array(z.object({ line: z.int(), reason: z.string() })).describe('The first ones'),
    firstRows: z.array(z.object({ line: z.int(), params: paramsField })),
    effect: z
      .object({
        rows: z.int().describe('Good rows: each is judged'),
        alreadyConverted: z
          .int()
          .describe(
            "Whose visit, or without a click whose transaction, has a conversion already: what they do is the sender's duplicate policy",
          ),
        amounts: z
          .array(z.object({ currency: z.string(), rows: z.int(), amount: z.string() }))
          .describe("Sums of the amounts named; currency '' is the network's or the offer's"),
        withoutAmount: z.int().describe('Rows that name no amount: the payout of the offer counts'),
      })
      .describe('What applying it would mean, as far as it can be told without judging'),
  })
  .meta({ id: 'ConversionUploadPreview' })

export const uploadWithRowsSchema = z
  .object({
    ...uploadFields,
    rowsPage: z.array(
      z.object({
        line: z.int().describe('Of the file, from 1'),
        problem: z.string().describe("'' for a good row"),
        params: paramsField,
        outcome: z.string().describe("'' until it is applied"),
        reason: z.string(),
        forecast: forecastSchema
          .nullable()
          .describe('What it would come to when the file was looked at; null where that was not looked at'),
      }),
    ),
    nextAfterLine: z.int().nullable().describe('afterLine of the next page; null on the last one'),
  })
  .meta({ id: 'ConversionUploadWithRows' })

export const rowsQuery = z.object({
  afterLine: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(ROWS_PAGE_MAX).default(ROWS_PAGE_DEFAULT),
  only: z.enum(['problems', 'good']).optional(),
  outcome: z.enum(OUTCOMES).optional(),
  forecast: z.enum(OUTCOMES).optional().describe('What rows would come to'),
})

export function toUploadView(upload: ConversionUpload, counts: UploadCounts): z.input<typeof uploadSchema> {
  const { workspace: _, createdAt, updatedAt, ...shown } = upload
  return {
    ...shown,
    createdAt: toTime(createdAt),
    updatedAt: toTime(updatedAt),
    rows: counts.rows,
    broken: counts.broken,
    outcomes: { ...counts.outcomes },
    forecasts: { ...counts.forecasts },
  }
}

export function toRowView({ line, problem, params, outcome, reason, forecast }: UploadRow) {
  return { line, problem, params: { ...params }, outcome, reason, forecast: toForecastView(forecast) }
}

function toForecastView(forecast: UploadRow['forecast']): z.input<typeof forecastSchema> | null {
  const outcome = OUTCOMES.find((name) => name === forecast?.outcome)
  if (forecast === undefined || outcome === undefined) return null
  const { reason, change } = forecast
  if (change === null) return { outcome, reason, change }
  const { fromStatus, toStatus } = change
  const money = {
    fromRevenue: formatMicros(change.fromRevenueMicros),
    toRevenue: formatMicros(change.toRevenueMicros),
    fromPayout: formatMicros(change.fromPayoutMicros),
    toPayout: formatMicros(change.toPayoutMicros),
  }
  return { outcome, reason, change: { fromStatus, toStatus, ...money } }
}
