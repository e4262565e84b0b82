import type { SigningSecret } from './target-secrets.ts'

/** That sign one call: receivers read them all, and a rotation every few minutes is a program gone wrong. */
export const SIGNING_SECRETS_MAX = 4

/**
 * Puts a new secret in force. Those before it sign too for a while, so that the receiver can change over without missing
 * a call (Standard Webhooks, "Signature scheme": several signatures in one header); one that ends sooner still does.
 * @param change.now Unix milliseconds.
 * @returns newest first; longer than SIGNING_SECRETS_MAX when too many are in use at once.
 */
export function rotateSigning(
  signing: readonly SigningSecret[],
  change: { readonly secret: string; readonly now: number; readonly overlapMs: number },
): readonly SigningSecret[] {
  const { secret, now, overlapMs } = change
  const ends = now + overlapMs
  const before = signing
    .filter((each) => each.secret !== secret)
    .map((each) => ({ secret: each.secret, until: Math.min(each.until ?? ends, ends) }))
    .filter(({ until }) => until > now)
  return [{ secret, until: null }, ...before]
}
