import { z } from 'zod'
import { ALERT_KINDS, type AlertSettings } from '../domain/alert.ts'
import { TIME_OF_DAY } from '../domain/quiet-hours.ts'
import { invalidFields } from './problem.ts'

const FAILING_MINUTES_MAX = 5 * 24 * 60
const LAG_MINUTES_MAX = 24 * 60
/** A restart takes some seconds: less would be an alarm at each. */
const JOURNAL_LAG_SECONDS_MIN = 10
const JOURNAL_LAG_SECONDS_MAX = 24 * 3_600

const timeOfDayField = z
  .string()
  .refine((text) => text === '' || TIME_OF_DAY.test(text), 'must be a time such as 22:30, or empty')

/** What a workspace is told of, as PATCH takes it and GET shows it. */
export const alertSettingsSchema = z.strictObject({
  muted: z.array(z.enum(ALERT_KINDS)).max(ALERT_KINDS.length).describe('Kinds that nobody is told of'),
  quietFrom: timeOfDayField.describe(
    "In the workspace's time zone: nothing is sent from then; '' for no quiet hours",
  ),
  quietTo: timeOfDayField.describe('Then everything that waited is told, by one message'),
  targetFailingMinutes: z
    .int()
    .min(1)
    .max(FAILING_MINUTES_MAX)
    .describe('A target fails for so long before it is news'),
  deliveryLagMinutes: z.int().min(1).max(LAG_MINUTES_MAX).describe('A notification waits so long'),
  journalLagSeconds: z
    .int()
    .min(JOURNAL_LAG_SECONDS_MIN)
    .max(JOURNAL_LAG_SECONDS_MAX)
    .describe('Reports are so far behind'),
})

export const alertSettingsBody = alertSettingsSchema.partial()

/** The settings with the given ones in place. @throws Problem 422 for quiet hours without an end. */
export function mergeAlertSettings(
  current: AlertSettings,
  given: z.output<typeof alertSettingsBody>,
): AlertSettings {
  const changes = given as Partial<AlertSettings> // checked by alertSettingsBody
  const merged = { ...current, ...changes }
  if ((merged.quietFrom === '') !== (merged.quietTo === '')) {
    const field = merged.quietFrom === '' ? 'alerts.quietFrom' : 'alerts.quietTo'
    throw invalidFields([{ field, message: 'quiet hours have a beginning and an end' }])
  }
  return merged
}

export function toAlertSettingsView({ muted, ...rest }: AlertSettings): z.input<typeof alertSettingsSchema> {
  return { ...rest, muted: [...muted] }
}
