import { z } from 'zod'
import { NO_SECRETS } from '../domain/target-secrets.ts'
import type { Vault } from '../store/vault.ts'
import { timeField, toTime } from './fields.ts'
import { openSecrets } from './target-secrets.ts'

/** What is shown of a signing secret. */
export const signingViewFields = {
  hasSecret: z.boolean().describe('The secret itself is never shown again'),
  previousSecretUntil: timeField
    .nullable()
    .describe('While a secret is rotated, until when those before it sign too; null otherwise'),
  areSecretsReadable: z
    .boolean()
    .describe('False: sealed under another TRAILPOST_SECRET; nothing is sent until they are given again'),
}

/** What is shown of all secrets of a target. */
export const secretsViewFields = {
  ...signingViewFields,
  headerNames: z.array(z.string()).describe('Custom headers, without their values'),
  systemSecretNames: z
    .array(z.string())
    .describe("The system's credentials that are set, without their values"),
}

type SecretsView = z.input<z.ZodObject<typeof secretsViewFields>>

/** @param at.now Unix milliseconds. */
export function toSecretsView(
  sealed: string,
  at: { readonly vault: Vault; readonly now: number },
): SecretsView {
  const opened = openSecrets(at.vault, sealed)
  const { signing, headers, system } = opened ?? NO_SECRETS
  const ends = signing.flatMap(({ until }) => (until === null || until <= at.now ? [] : [until]))
  return {
    hasSecret: signing.length > 0,
    previousSecretUntil: ends.length === 0 ? null : toTime(Math.max(...ends)),
    areSecretsReadable: opened !== undefined,
    headerNames: Object.keys(headers).sort(),
    systemSecretNames: Object.keys(system).sort(),
  }
}

/** The same for targets that have a signing secret alone. */
export function toSigningView(
  sealed: string,
  at: { readonly vault: Vault; readonly now: number },
): z.input<z.ZodObject<typeof signingViewFields>> {
  const { hasSecret, previousSecretUntil, areSecretsReadable } = toSecretsView(sealed, at)
  return { hasSecret, previousSecretUntil, areSecretsReadable }
}
