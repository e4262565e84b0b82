import { z } from 'zod'
import { TARGET_STATUSES } from '../domain/target-types.ts'
import type { StoredTarget } from '../store/notification-targets.ts'
import { loadTargetHealth } from '../store/target-health-view.ts'
import { optionalUrlField, timeField, toTime } from './fields.ts'
import type { TargetViewing } from './notification-target-view.ts'
import { healthSchema, toHealthView } from './target-health-view.ts'
import { secretsViewFields, toSecretsView } from './target-secrets-view.ts'
import { webhookFields } from './webhook-fields.ts'

/** Systems that people, or their programs, read messages by. */
const CHANNEL_SYSTEMS = ['email', 'slack', 'telegram', 'webhook'] as const

const fields = {
  url: optionalUrlField.describe(
    "A webhook's address; of another system: another base address, '' for its own",
  ),
  settings: z
    .record(z.string(), z.string())
    .describe('By the names of the fields of GET /api/v1/target-systems, e.g. to; replaced as a whole'),
  systemSecrets: z
    .record(z.string(), z.string())
    .describe("The system's credentials by name; those not named stay as they are, '' removes one"),
  secret: webhookFields.secret.describe('Of a webhook: signs calls; one is made when none is given'),
  status: z.enum(TARGET_STATUSES).describe('paused: messages wait; disabled: none is made'),
}

export const channelCreateBody = z.strictObject({
  system: z.enum(CHANNEL_SYSTEMS),
  url: fields.url.default(''),
  settings: fields.settings.default({}),
  systemSecrets: fields.systemSecrets.default({}),
  secret: fields.secret.optional(),
  status: fields.status.default('active'),
})

export const channelUpdateBody = z.strictObject(fields).partial()

const viewFields = {
  id: z.string().describe('The log of its messages is GET /deliveries with this as targetId'),
  system: z.string(),
  url: z.string(),
  settings: z.record(z.string(), z.string()),
  status: fields.status,
  disabledReason: z.string().describe("Why the system disabled it; '' when a person did"),
  ...secretsViewFields,
  health: healthSchema,
  createdAt: timeField,
  updatedAt: timeField,
}

export const channelSchema = z.object(viewFields).meta({ id: 'AlertChannel' })
export const channelListSchema = z.object({
  items: z.array(channelSchema),
  hasMail: z.boolean().describe('Whether this installation can send e-mail (TRAILPOST_SMTP_URL)'),
})
export const newChannelSchema = z
  .object({ ...viewFields, secret: z.string().describe("Of a webhook; never shown again. '' for others") })
  .meta({ id: 'NewAlertChannel' })

type ChannelView = z.input<typeof channelSchema>

/** In the same order. */
export async function toChannelViews(
  viewing: TargetViewing,
  channels: readonly StoredTarget[],
): Promise<ChannelView[]> {
  const ids = channels.map(({ id }) => id)
  const health = await loadTargetHealth(viewing.db, ids)
  return channels.map(({ id, system, url, settings, status, disabledReason, sealedSecrets, ...channel }) => ({
    id,
    system,
    url,
    settings: { ...settings },
    status,
    disabledReason,
    ...toSecretsView(sealedSecrets, viewing),
    health: toHealthView(health.get(id)),
    createdAt: toTime(channel.createdAt),
    updatedAt: toTime(channel.updatedAt),
  }))
}
