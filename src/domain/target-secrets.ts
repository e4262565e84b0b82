/** What a notification target needs to call its receiver and nobody may read again; kept sealed (store/vault.ts). */
export type TargetSecrets = {
  /** Standard Webhooks secrets, newest first. While one is replaced both sign, so that no receiver misses a call. */
  readonly signing: readonly SigningSecret[]
  /** Custom headers of every call, by name. */
  readonly headers: Readonly<Record<string, string>>
  /** Credentials of the target's system, by the names that it gives them, e.g. accessToken. */
  readonly system: Readonly<Record<string, string>>
}

export type SigningSecret = {
  /** `whsec_` and base 64, or any text. */
  readonly secret: string
  /** When it stops signing, Unix milliseconds; null for the one in force. */
  readonly until: number | null
}

export const NO_SECRETS: TargetSecrets = { signing: [], headers: {}, system: {} }

/** The secrets that a call made now is signed with, newest first. @param now Unix milliseconds. */
export function signingSecretsAt({ signing }: TargetSecrets, now: number): readonly string[] {
  return signing.filter(({ until }) => until === null || until > now).map(({ secret }) => secret)
}
