import { z } from 'zod'
import {
  BULK_STATUS_MAX,
  type BulkStatusResult,
  changeFilteredStatuses,
  changeStatuses,
} from '../conversions/bulk-status.ts'
import { reportConversion } from '../conversions/manual-conversion.ts'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { LIMITS } from '../domain/limits.ts'
import { formatMicros } from '../domain/money.ts'
import { appendAudit } from '../store/audit-log.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { type Caller, callerOf } from './caller.ts'
import { conversionFilterFields } from './conversion-filter-fields.ts'
import { amountField, currencyField, eventField, toTime } from './fields.ts'
import { hitAnswerSchema, toHitAnswerView } from './hit-answer-view.ts'
import { invalidFields } from './problem.ts'

const TAGS = ['conversions']
const PATH = '/api/v1/conversions'
const KEY_CHARS_MAX = 200
const ID_CHARS_MAX = 100
const REASON_CHARS_MAX = 500

const manualFields = z.strictObject({
  clickId: z.string().min(1).max(ID_CHARS_MAX).optional(),
  offerId: z
    .string()
    .min(1)
    .max(ID_CHARS_MAX)
    .optional()
    .describe('In place of a click id, with affiliateId and txid: an offer of an advertiser'),
  affiliateId: z
    .string()
    .min(1)
    .max(ID_CHARS_MAX)
    .optional()
    .describe('Whose conversion it is, with offerId'),
  event: eventField.optional().describe("The offer's default event unless told"),
  payout: amountField
    .optional()
    .describe("What the network pays, the offer's payout unless told; for an advertiser's offer the sale"),
  currency: currencyField.optional().describe("Of the payout; the sender's unless told"),
  txid: z.string().trim().max(LIMITS.txidCharsMax).optional(),
  status: z.enum(CONVERSION_STATUSES).optional().describe('approved unless told'),
  key: z
    .string()
    .min(1)
    .max(KEY_CHARS_MAX)
    .optional()
    .describe('Yours: sent twice under the same key it counts once'),
  notify: z.boolean().default(true).describe('Whether notification targets are called'),
})

/** A click id, or what tells a conversion without one: offer, affiliate and transaction. */
const manualBody = manualFields.superRefine(({ clickId, offerId, affiliateId, txid = '' }, issues) => {
  const isByClick = clickId !== undefined
  const refuse = (path: string, message: string) => issues.addIssue({ code: 'custom', path: [path], message })
  if (isByClick && offerId !== undefined) refuse('offerId', 'is told by the click id: leave it out')
  if (isByClick && affiliateId !== undefined) refuse('affiliateId', 'is told by the click id: leave it out')
  if (isByClick) return
  if (offerId === undefined && affiliateId === undefined) {
    refuse('clickId', 'is missing; a conversion without a click has offerId, affiliateId and txid')
    return
  }
  if (offerId === undefined) refuse('offerId', 'is missing beside affiliateId')
  if (affiliateId === undefined) refuse('affiliateId', 'is missing beside offerId')
  if (txid === '') refuse('txid', 'a conversion without a click needs one')
})

const bulkFields = {
  status: z.enum(CONVERSION_STATUSES),
  reason: z.string().trim().min(1, 'say why').max(REASON_CHARS_MAX).describe('Kept in the history'),
}

/** A day that is mistyped must not change years of conversions. */
const bulkFilter = z.strictObject(conversionFilterFields).refine(({ createdFrom, createdTo, ...rest }) => {
  const isOfSpan = createdFrom !== undefined && createdTo !== undefined
  return isOfSpan || Object.keys(rest).length > 0
}, 'must name something besides a time, or both createdFrom and createdTo: it would change nearly everything')

const bulkBody = z.union([
  z.strictObject({
    ...bulkFields,
    ids: z.array(z.string().max(ID_CHARS_MAX)).min(1).max(BULK_STATUS_MAX),
  }),
  z.strictObject({ ...bulkFields, filter: bulkFilter }),
])

const bulkAnswer = z
  .object({
    changed: z.int(),
    refused: z.int(),
    results: z.array(
      z.object({
        id: z.string(),
        changed: z.boolean(),
        reason: z.string().describe('Why it was not changed'),
      }),
    ),
    jobId: z
      .string()
      .describe(`Of the job that does it when there are more than ${BULK_STATUS_MAX}; else ''`),
  })
  .meta({ id: 'BulkStatus' })

/** Conversions that a member reports, and the status of many at once. */
export function conversionByHandRoutes(app: ApiApp, deps: ApiDeps): void {
  app.post(PATH, {
    schema: {
      tags: TAGS,
      summary: 'Report a conversion by hand; it is judged as a postback is',
      body: manualBody,
      response: { 200: hitAnswerSchema },
    },
    handler: async (request) => await report(deps, callerOf(request), request.body),
  })
  app.post(`${PATH}/bulk-status`, {
    schema: {
      tags: TAGS,
      summary: 'Change the status of many; targets are notified as by a postback',
      body: bulkBody,
      response: { 200: bulkAnswer },
    },
    handler: async (request) => await changeMany(deps, callerOf(request), request.body),
  })
}

async function report(deps: ApiDeps, { workspace, actor }: Caller, body: z.output<typeof manualBody>) {
  const { clickId, offerId, affiliateId, payout, key = '', notify, ...rest } = body
  const whose = { cid: clickId, offer: offerId, affiliate: affiliateId }
  const amount = payout === undefined ? undefined : formatMicros(payout)
  const params = withoutAbsent({ ...whose, ...rest, payout: amount })
  const result = await reportConversion(deps.byHand, { workspace, params, key, notify, actor })
  if (!result.ok) throw invalidFields([{ field: FIELDS[result.field], message: result.reason }])
  const { hit, outcome } = result.answer
  const subject = { subjectType: 'hit', subjectId: hit }
  const entry = { workspace, at: deps.clock(), actor, action: 'conversion.report', ...subject }
  const detail = { ...withoutAbsent({ clickId, offerId, affiliateId }), outcome }
  await appendAudit(deps.store.db, { ...entry, detail })
  return toHitAnswerView(result.answer)
}

/** Of the body, by the parameter of the hit. */
const FIELDS = { cid: 'clickId', offer: 'offerId', affiliate: 'affiliateId' } as const

function withoutAbsent(
  values: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  )
}

async function changeMany(deps: ApiDeps, caller: Caller, body: z.output<typeof bulkBody>) {
  const { workspace, actor } = caller
  const { status, reason } = body
  const wanted = { workspace, actor, status, reason }
  const done =
    'ids' in body
      ? { results: await changeStatuses(deps, body.ids, wanted) }
      : await changeFilteredStatuses(deps, body.filter, wanted)
  const answer = toBulkAnswer(done)
  const { changed, refused, jobId } = answer
  const subject = { subjectType: 'workspace', subjectId: workspace }
  const entry = { workspace, at: deps.clock(), actor, action: 'conversion.bulk_status', ...subject }
  const which = 'ids' in body ? {} : { filter: toAuditedFilter(body.filter) }
  const detail = { status, reason, ...which, changed, refused, jobId }
  await appendAudit(deps.store.db, { ...entry, detail })
  return answer
}

/** As the body has it. */
function toAuditedFilter({ createdFrom, createdTo, ...filter }: z.output<typeof bulkFilter>) {
  return {
    ...filter,
    ...(createdFrom !== undefined && { createdFrom: toTime(createdFrom) }),
    ...(createdTo !== undefined && { createdTo: toTime(createdTo) }),
  }
}

function toBulkAnswer(
  done: { readonly results: readonly BulkStatusResult[] } | { readonly jobId: string },
): z.input<typeof bulkAnswer> {
  if ('jobId' in done) return { changed: 0, refused: 0, results: [], jobId: done.jobId }
  const changed = done.results.filter((result) => result.changed).length
  return { changed, refused: done.results.length - changed, results: [...done.results], jobId: '' }
}
