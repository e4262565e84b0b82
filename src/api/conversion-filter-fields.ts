import { z } from 'zod'
import { CONVERSION_STATUSES } from '../domain/conversion-types.ts'
import { LIMITS } from '../domain/limits.ts'
import { momentField } from './portal-moment.ts'

const ID_CHARS_MAX = 100
const THING_ID_CHARS_MAX = 64

const thingField = z.string().max(THING_ID_CHARS_MAX)

/** Which conversions are meant, in a query and in a body. */
export const conversionFilterFields = {
  status: z.enum(CONVERSION_STATUSES).optional(),
  event: z.string().max(LIMITS.eventCharsMax).optional(),
  clickId: z.string().max(ID_CHARS_MAX).optional(),
  campaignId: thingField.optional(),
  trafficSourceId: thingField.optional(),
  affiliateNetworkId: thingField.optional(),
  offerId: thingField.optional(),
  affiliateId: thingField.optional(),
  advertiserId: thingField.optional(),
  anyId: z
    .string()
    .min(1)
    .max(LIMITS.txidCharsMax)
    .optional()
    .describe('Its transaction number, external id, click id or own id, in full'),
  createdFrom: momentField.optional().describe('Recorded at or after'),
  createdTo: momentField.optional().describe('Recorded before'),
} as const
