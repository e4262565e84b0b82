import { z } from 'zod'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { formatMicros } from '../domain/money.ts'
import { DELIVERY_STATES } from '../domain/target-types.ts'
import type { Delivery } from '../store/deliveries.ts'
import {
  getDeliveryOfAffiliate,
  listDeliveriesOfAffiliate,
  type ToldConversion,
  toldConversions,
} from '../store/portal-deliveries.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { attemptSchema, toAttemptView } from './delivery-view.ts'
import { timeField, toTime } from './fields.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { portalUser } from './portal-affiliate.ts'
import { whyNotSent } from './portal-delivery-words.ts'
import { momentField } from './portal-moment.ts'
import { notFound } from './problem.ts'

const TAGS = ['portal']
const PATH = '/api/v1/portal/postback-log'

const listQuery = pageQuery.extend({
  postbackId: z.string().max(64).optional(),
  conversionId: z.string().max(64).optional(),
  state: z.enum(DELIVERY_STATES).optional(),
  from: momentField.optional().describe('First moment'),
  to: momentField.optional().describe('Moment behind the last'),
})

const entryFields = {
  id: z.string().describe('The webhook-id of every attempt'),
  postbackId: z.string(),
  type: z.string(),
  method: z.string(),
  url: z.string().describe('With all macros filled in'),
  body: z.string().describe('Of a POST; of a pixel that is code: the code that was shown'),
  state: z
    .enum(DELIVERY_STATES)
    .describe(
      'pending: waits, or is tried again; dead: given up; skipped: never sent; rendered: a pixel was shown',
    ),
  reason: z.string().describe('Why it was not sent, or what went wrong last'),
  conversionId: z.string(),
  clickId: z.string(),
  offerId: z.string(),
  offerName: z.string(),
  event: z.string(),
  status: z.enum([...CONVERSION_STATUSES, '']).describe('Of the conversion, as it was told'),
  payout: z.string(),
  currency: z.string(),
  attemptCount: z.int(),
  nextAttemptAt: timeField.nullable().describe('While it is pending'),
  createdAt: timeField,
}

const entrySchema = z.object(entryFields).meta({ id: 'PortalPostbackLogEntry' })
const entryWithAttemptsSchema = z
  .object({ ...entryFields, attempts: z.array(attemptSchema).describe('Oldest first') })
  .meta({ id: 'PortalPostbackLogEntryWithAttempts' })

/** Everything that was sent to, shown for, or kept from an affiliate's postbacks and pixels, and why. */
export function portalPostbackLogRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get(PATH, {
    schema: {
      tags: TAGS,
      summary: 'Log of your postbacks and pixels, newest first',
      querystring: listQuery,
      response: { 200: pageOf(entrySchema) },
    },
    handler: async (request) => {
      const user = await portalUser(db, request)
      const { limit, cursor, postbackId, ...rest } = request.query
      const found = await listDeliveriesOfAffiliate(db, user, {
        filter: { ...rest, targetId: postbackId },
        page: { limit, cursor },
      })
      const told = await toldConversions(db, user, found.items)
      return {
        items: found.items.map((delivery) => toEntry(delivery, told.get(delivery.id))),
        nextCursor: found.nextCursor,
      }
    },
  })
  app.get(`${PATH}/:id`, {
    schema: {
      tags: TAGS,
      summary: 'One entry, with every attempt: request, answer and error',
      params: idParams,
      response: { 200: entryWithAttemptsSchema },
    },
    handler: async (request) => {
      const user = await portalUser(db, request)
      const found = await getDeliveryOfAffiliate(db, user, request.params.id)
      if (found === undefined) throw notFound('log entry', request.params.id)
      const told = await toldConversions(db, user, [found.delivery])
      return {
        ...toEntry(found.delivery, told.get(found.delivery.id)),
        attempts: found.attempts.map(toAttemptView),
      }
    },
  })
}

function toEntry(delivery: Delivery, told: ToldConversion | undefined): z.input<typeof entrySchema> {
  const { id, type, method, url, body, state, conversionId, clickId } = delivery
  return {
    id,
    postbackId: delivery.targetId,
    type,
    method,
    url,
    body,
    state,
    reason: whyNotSent(delivery.reason),
    conversionId,
    clickId,
    offerId: told?.offerId ?? '',
    offerName: told?.offerName ?? '',
    event: told?.event ?? '',
    status: told?.status ?? '',
    payout: told === undefined ? '' : formatMicros(told.payoutMicros),
    currency: told?.currency ?? '',
    attemptCount: delivery.attempts,
    nextAttemptAt: state === 'pending' ? toTime(delivery.dueAt) : null,
    createdAt: toTime(delivery.createdAt),
  }
}
