import { createHmac } from 'node:crypto'

/** Secrets in this form carry their bytes as base 64 (Standard Webhooks, "Signature scheme"). */
const SECRET_PREFIX = 'whsec_'

/**
 * The value of `webhook-signature`: "v1," and the base 64 of HMAC-SHA256 over `id.timestamp.content`, by
 * Standard Webhooks (standardwebhooks.com). The content is the body of a POST, and the canonical URL of a GET,
 * which has no body. A secret without the prefix is taken as its UTF-8 bytes.
 */
export function signContent(message: {
  readonly id: string
  /** Unix seconds. */
  readonly timestamp: number
  readonly content: string
  readonly secret: string
}): string {
  const key = secretBytes(message.secret)
  const signed = `${message.id}.${message.timestamp}.${message.content}`
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
}

function secretBytes(secret: string): Buffer {
  if (!secret.startsWith(SECRET_PREFIX)) return Buffer.from(secret, 'utf8')
  return Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64')
}
