import { z } from 'zod'
import {
  PERSONAL_DATA_MODES,
  RETENTION_DAYS_MAX,
  type RetentionSettings,
  SIZE_BUDGET_MB_MAX,
} from '../domain/retention.ts'

/** Deliveries that wait are tried for about two days: their calls must live as long. */
const PERSONAL_DATA_DAYS_MIN = 7

const daysField = z.int().min(0).max(RETENTION_DAYS_MAX)
const personalDataDaysField = daysField.refine(
  (days) => days === 0 || days >= PERSONAL_DATA_DAYS_MIN,
  `must be 0 or at least ${PERSONAL_DATA_DAYS_MIN}`,
)

/** What a PATCH of the settings may change of how long things are kept. */
export const retentionSettingsBody = z
  .strictObject({
    attemptDays: daysField.describe('Requests and answers of deliveries; 0: for ever'),
    hitDays: daysField.describe('Requests of hits as received; 0: for ever'),
    paramDays: daysField.describe('Query parameters of visits; 0: for ever'),
    personalDataDays: personalDataDaysField.describe(
      'When address and user agent are treated by the mode; 0: never',
    ),
    personalDataMode: z
      .enum(PERSONAL_DATA_MODES)
      .describe(
        'truncate: to /24, /48 and the browser with its major version; hash: with a key of each month',
      ),
    sizeBudgetMb: z
      .int()
      .min(0)
      .max(SIZE_BUDGET_MB_MAX)
      .describe('The oldest attempts and requests of hits go beyond it; 0: no limit'),
  })
  .partial()

export const retentionSettingsSchema = z.object({
  attemptDays: z.int(),
  hitDays: z.int(),
  paramDays: z.int(),
  personalDataDays: z.int(),
  personalDataMode: z.enum(PERSONAL_DATA_MODES),
  sizeBudgetMb: z.int(),
})

/** Those alone change that are given. */
export function mergeRetentionSettings(
  current: RetentionSettings,
  given: z.output<typeof retentionSettingsBody>,
): RetentionSettings {
  const changes = given as Partial<RetentionSettings> // checked by retentionSettingsBody
  return { ...current, ...changes }
}
