import { randomBytes } from 'node:crypto'

/** Standard Webhooks, "Signature scheme": a secret has between 24 and 64 random bytes. */
export const SIGNING_SECRET_BYTES = { min: 24, max: 64, made: 32 } as const
const PREFIX = 'whsec_'
const FORM = /^whsec_[A-Za-z0-9+/]+={0,2}$/

/** A secret of Standard Webhooks: `whsec_` and base 64. */
export function newSigningSecret(): string {
  return PREFIX + randomBytes(SIGNING_SECRET_BYTES.made).toString('base64')
}

/** Whether it is one, with as many bytes as the specification asks for. */
export function hasRightLength(secret: string): boolean {
  if (!FORM.test(secret)) return false
  const { length } = Buffer.from(secret.slice(PREFIX.length), 'base64')
  return length >= SIGNING_SECRET_BYTES.min && length <= SIGNING_SECRET_BYTES.max
}
