import { z } from 'zod'
import { rotateSigning, SIGNING_SECRETS_MAX } from '../domain/rotate-signing.ts'
import { lockKeys } from '../store/lock-keys.ts'
import { type StoredTarget, updateNotificationTarget } from '../store/notification-targets.ts'
import type { Db } from '../store/transaction.ts'
import type { ApiDeps } from './api-deps.ts'
import { timeField } from './fields.ts'
import { invalidFields, Problem } from './problem.ts'
import { newSigningSecret } from './signing-secret.ts'
import { openSecrets } from './target-secrets.ts'
import { toSigningView } from './target-secrets-view.ts'

const HOUR_MS = 3_600_000
const OVERLAP_HOURS_DEFAULT = 24
/** A week: an old secret that leaked is of use until then. */
const OVERLAP_HOURS_MAX = 7 * 24

/** A body of a rotation. @param secret the field of such a target's secret. */
export function rotationBody<Field extends z.ZodType<string>>(secret: Field) {
  return z
    .strictObject({
      secret: secret.optional().describe('The new one; made when none is given'),
      overlapHours: z
        .int()
        .min(0)
        .max(OVERLAP_HOURS_MAX)
        .default(OVERLAP_HOURS_DEFAULT)
        .describe('So long the secret before signs too; 0: no more at once'),
    })
    .nullish()
}

export const rotatedSchema = z
  .object({
    secret: z.string().describe('Never shown again'),
    previousSecretUntil: timeField
      .nullable()
      .describe('Until when the secret before signs too; null: no more'),
  })
  .meta({ id: 'RotatedSecret' })

export type Rotation = {
  readonly db: Db
  readonly vault: ApiDeps['vault']
  /** Unix milliseconds. */
  readonly now: number
}

/** Changes of one target wait for each other: each reads its secrets, and writes them all. */
export async function lockTarget(db: Db, engine: ApiDeps['store']['engine'], id: string): Promise<void> {
  await lockKeys(db, engine, [`notification-target:${id}`])
}

/**
 * Gives the target a new signing secret; those before it sign along for a while. In the caller's transaction, after
 * lockTarget.
 * @throws Problem 422 for a pixel, 409 when too many secrets sign already.
 */
export async function rotateSecret(
  { db, vault, now }: Rotation,
  target: StoredTarget,
  wish: { readonly secret?: string | undefined; readonly overlapHours?: number } | null | undefined,
): Promise<z.input<typeof rotatedSchema>> {
  if (target.type !== 'postback') throw invalidFields([{ field: '', message: 'only a postback is signed' }])
  const secrets = openSecrets(vault, target.sealedSecrets)
  if (secrets === undefined) {
    const detail = 'Its secrets can not be read any more: save it with all of them anew.'
    throw new Problem(409, 'secrets_unreadable', detail)
  }
  const secret = wish?.secret || newSigningSecret()
  const overlapMs = (wish?.overlapHours ?? OVERLAP_HOURS_DEFAULT) * HOUR_MS
  const signing = rotateSigning(secrets.signing, { secret, now, overlapMs })
  if (signing.length > SIGNING_SECRETS_MAX) {
    const detail = `${SIGNING_SECRETS_MAX} secrets sign already: wait until one has ended, or say overlapHours 0.`
    throw new Problem(409, 'too_many_secrets', detail)
  }
  const sealedSecrets = vault.seal({ ...secrets, signing })
  const key = { workspace: target.workspace, id: target.id }
  await updateNotificationTarget(db, key, { sealedSecrets }, now)
  return { secret, previousSecretUntil: toSigningView(sealedSecrets, { vault, now }).previousSecretUntil }
}
