import { z } from 'zod'
import { RECONCILE_COLUMNS } from '../conversions/reconcile-columns.ts'
import { ourMicros } from '../conversions/reconcile-compare.ts'
import { RECONCILE_LIMITS } from '../conversions/reconcile-limits.ts'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { formatMicros } from '../domain/money.ts'
import type { StoredConversion } from '../store/conversions.ts'
import {
  RECONCILIATION_KINDS,
  type Reconciliation,
  type ReconciliationRow,
} from '../store/reconciliations.ts'
import { nameField, timeField, toTime } from './fields.ts'

const ROWS_PAGE_MAX = 500
const ROWS_PAGE_DEFAULT = 100
const ID_CHARS_MAX = 64
const HEADING_CHARS_MAX = 200
const OUTCOME_CHARS_MAX = 20

const columnsField = z
  .partialRecord(z.enum(RECONCILE_COLUMNS), z.string().trim().min(1).max(HEADING_CHARS_MAX))
  .describe('Heading of the file by column; those that are not named are told by their headings')

export const reconciliationBody = z
  .strictObject({
    advertiserId: z.string().min(1).max(ID_CHARS_MAX),
    name: nameField,
    csv: z
      .string()
      .min(1)
      .max(RECONCILE_LIMITS.fileCharsMax)
      .describe(`The file: a line of headings, then at most ${RECONCILE_LIMITS.rowsMax} conversions`),
    from: timeField.describe('Our conversions recorded from then on are missing when the file has them not'),
    to: timeField.describe('Exclusive'),
    amountIs: z
      .enum(['sale', 'revenue'])
      .default('revenue')
      .describe("What the file's amounts are: what the customer paid, or what the advertiser pays"),
    columns: columnsField.default({}),
  })
  .refine(({ from, to }) => from < to, { path: ['to'], message: 'must be after from' })

export const applyReconciliationBody = z
  .strictObject({
    approveFound: z.boolean().default(false),
    applyDifferent: z.boolean().default(false).describe('Amount and status become theirs'),
    rejectMissing: z.boolean().default(false),
    recordUnknown: z
      .boolean()
      .default(false)
      .describe('Those with a click id of ours, or with affiliate, offer and transaction id'),
    confirmPayoutAboveRevenue: z.boolean().default(false),
  })
  .refine(
    ({ approveFound, applyDifferent, rejectMissing, recordUnknown }) =>
      approveFound || applyDifferent || rejectMissing || recordUnknown,
    'must say what is to be done',
  )

const sumSchema = z.object({ rows: z.int(), ours: z.string(), theirs: z.string() })

const fields = {
  id: z.string(),
  advertiserId: z.string(),
  name: z.string(),
  from: timeField,
  to: timeField,
  state: z.enum(['preview', 'applied']),
  jobId: z.string().describe("Of the job that applies it, or did so last; '' for a preview"),
  amountIs: z.enum(['sale', 'revenue']),
  currency: z.string().describe("The workspace's: of the sums"),
  kinds: z
    .object({
      found: sumSchema.describe('As ours'),
      different: sumSchema.describe('Another amount or status'),
      missing: sumSchema.describe("Ours, not in the advertiser's file"),
      unknown: sumSchema.describe("In the advertiser's file, not ours"),
      problem: sumSchema.describe('Lines that can not be compared'),
    })
    .describe('As compared; sums are of what earns'),
  actor: z.string(),
  createdAt: timeField,
  updatedAt: timeField,
}

export const reconciliationSchema = z.object(fields).meta({ id: 'Reconciliation' })

export const reconciliationWithOutcomesSchema = z
  .object({
    ...fields,
    outcomes: z.record(z.string(), z.int()).describe('Of the rows applied so far: outcome → rows'),
  })
  .meta({ id: 'ReconciliationWithOutcomes' })

export const reconciliationRowsSchema = z
  .object({
    items: z.array(
      z.object({
        n: z.int().describe('Line of the file, from 1; those that the file misses follow'),
        kind: z.enum(RECONCILIATION_KINDS),
        conversionId: z.string().describe("'' for unknown ones and problems"),
        theirs: z.record(z.string(), z.string()).describe('What the line said, under our names'),
        ours: z
          .object({
            status: z.enum(CONVERSION_STATUSES),
            amount: z.string().describe('Of the kind that the file lists'),
            payout: z.string(),
            txid: z.string(),
            event: z.string(),
            offerId: z.string(),
            affiliateId: z.string(),
            createdAt: timeField,
          })
          .nullable()
          .describe('Our conversion as it is now'),
        detail: z.string().describe('What differs, or what is wrong'),
        outcome: z.string().describe("'' until it is applied"),
      }),
    ),
    nextAfter: z.int().nullable().describe('after of the next page; null on the last one'),
  })
  .meta({ id: 'ReconciliationRows' })

export const reconciliationRowsQuery = z.object({
  kind: z.enum(RECONCILIATION_KINDS).optional(),
  outcome: z.string().max(OUTCOME_CHARS_MAX).optional(),
  after: z.coerce.number().int().min(0).default(0).describe('Rows after this one'),
  limit: z.coerce.number().int().min(1).max(ROWS_PAGE_MAX).default(ROWS_PAGE_DEFAULT),
})

export function toReconciliationView(reconciliation: Reconciliation): z.input<typeof reconciliationSchema> {
  const { id, advertiserId, name, state, jobId, actor, summary } = reconciliation
  const { amountIs, currency, kinds } = summary
  return {
    id,
    advertiserId,
    name,
    state,
    jobId,
    actor,
    amountIs,
    currency,
    kinds,
    from: toTime(reconciliation.periodFrom),
    to: toTime(reconciliation.periodTo),
    createdAt: toTime(reconciliation.createdAt),
    updatedAt: toTime(reconciliation.updatedAt),
  }
}

export function toReconciliationRowView(
  { summary }: Reconciliation,
  { n, kind, conversionId, params, detail, outcome }: ReconciliationRow,
  conversion: StoredConversion | undefined,
): z.input<typeof reconciliationRowsSchema>['items'][number] {
  const ours = conversion && {
    status: conversion.status,
    amount: formatMicros(ourMicros(conversion, summary.amountIs)),
    payout: formatMicros(conversion.payoutMicros),
    txid: conversion.txid,
    event: conversion.event,
    offerId: conversion.offerId,
    affiliateId: conversion.affiliateId,
    createdAt: toTime(conversion.createdAt),
  }
  return { n, kind, conversionId, theirs: { ...params }, ours: ours ?? null, detail, outcome }
}
