import { z } from 'zod'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { LIMITS } from '../domain/limits.ts'
import { TARGET_SYSTEMS } from '../domain/target-systems/target-system.ts'
import { DELIVERY_STATES, TARGET_TYPES } from '../domain/target-types.ts'
import { REPLAYABLE_STATES } from '../store/delivery-bulk.ts'
import type { DeliveryFilter } from '../store/delivery-filter.ts'
import { momentField } from './portal-moment.ts'

const ID_CHARS_MAX = 100
const HOST_CHARS_MAX = 300
const TEXT_CHARS_MAX = 200
const CODE_CHARS_MAX = 64
const STATUS_CODE_MAX = 999

const idField = z.string().max(ID_CHARS_MAX)
const partField = z.string().min(1).max(TEXT_CHARS_MAX)

/** `404`, `5xx` or `500-599`. */
const responseStatusField = z
  .string()
  .regex(
    /^(?:[1-9]\d\d|[1-9]xx|[1-9]\d\d-[1-9]\d\d)$/i,
    'must be a status, its class or a range: 404, 5xx, 500-599',
  )
  .transform(toStatusRange)

/** What is the same in a query and in a body. */
const filterFields = {
  targetId: idField.optional(),
  affiliateId: idField.optional(),
  conversionId: idField.optional(),
  clickId: idField.optional(),
  host: z.string().toLowerCase().max(HOST_CHARS_MAX).optional().describe('host or host:port of the URL'),
  system: z
    .enum([...TARGET_SYSTEMS, ''])
    .optional()
    .describe("'' for plain URLs"),
  type: z.enum(TARGET_TYPES).optional(),
  reason: partField.optional().describe('A part of the reason; case does not matter'),
  text: partField.optional().describe('A part of the URL or of the body; case does not matter'),
  event: z.string().max(LIMITS.eventCharsMax).optional().describe('Of the conversion'),
  status: z.enum(CONVERSION_STATUSES).optional().describe('Of the conversion, as it is now'),
  responseStatus: responseStatusField.optional().describe('Of any attempt: 404, 5xx or 500-599'),
  error: z.string().max(CODE_CHARS_MAX).optional().describe('Of any attempt: timeout, dns, connect, …'),
  createdFrom: momentField.optional().describe('First moment'),
  createdTo: momentField.optional().describe('Moment behind the last'),
  updatedFrom: momentField.optional().describe('First moment of the last change, mostly its last attempt'),
  updatedTo: momentField.optional(),
  dueFrom: momentField.optional(),
  dueTo: momentField.optional(),
}

const attemptsField = z.int().min(0).max(1_000)

/** Of the list of deliveries. */
export const deliverySearchQuery = {
  ...filterFields,
  state: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(DELIVERY_STATES)).min(1))
    .optional()
    .describe('One, or several with commas'),
  attemptsMin: z.coerce.number().pipe(attemptsField).optional().describe('At least so many attempts'),
}

const bulkFields = z.strictObject({ ...filterFields, attemptsMin: attemptsField.optional() })

/** A filter that changes what it names: it names something. */
export const replayFilter = bulkFields
  .extend({
    state: z
      .union([z.enum(REPLAYABLE_STATES), z.array(z.enum(REPLAYABLE_STATES)).min(1)])
      .transform((states) => [states].flat())
      .optional()
      .describe('One or several; dead unless told'),
  })
  .refine(namesSomething, 'must name something: it would send everything again')
  .transform(({ state = ['dead'], ...rest }): DeliveryFilter => ({ ...rest, states: state }))

export const cancelFilter = bulkFields
  .refine(namesSomething, 'must name something: it would cancel everything')
  .transform((filter): DeliveryFilter => ({ ...filter, states: ['pending'] }))

function namesSomething(filter: object): boolean {
  return Object.values(filter).some((value) => value !== undefined)
}

function toStatusRange(text: string): { readonly from: number; readonly to: number } {
  const [first = '', last = first] = text.toLowerCase().split('-')
  const from = Number(first.replace('xx', '00'))
  return { from, to: Math.min(Number(last.replace('xx', '99')), STATUS_CODE_MAX) }
}
