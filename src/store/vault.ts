import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { NO_SECRETS, type TargetSecrets } from '../domain/target-secrets.ts'

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16
/** Binds the key to its use: the same instance secret signs click ids and sessions under other names. */
const PURPOSE = 'trailpost target secrets'
const SEALED = 'v1.'
/** What migration 004 found in the open; sealed at the target's next save. */
const OPEN = 'open.'

/** Seals secrets of targets with the installation's secret, so that a copy of the database alone tells none. */
export type Vault = {
  /** '' when there are none. */
  seal(secrets: TargetSecrets): string
  /** @throws VaultError when the text was sealed under another instance secret, or is damaged. */
  open(sealed: string): TargetSecrets
}

/** A sealed text can not be opened: the installation's secret has changed, or the text is damaged. */
export class VaultError extends Error {
  readonly code = 'secrets_unreadable'

  constructor() {
    super('the secrets can not be read: they were sealed under another TRAILPOST_SECRET')
    this.name = 'VaultError'
  }
}

/** @param instanceSecret of the installation, 32 bytes or more. */
export function createVault(instanceSecret: Uint8Array): Vault {
  const key = Buffer.from(hkdfSync('sha256', instanceSecret, new Uint8Array(), PURPOSE, KEY_BYTES))
  return {
    seal: (secrets) => (isEmpty(secrets) ? '' : seal(key, JSON.stringify(secrets))),
    open: (sealed) => parse(sealed.startsWith(OPEN) ? sealed.slice(OPEN.length) : open(key, sealed)),
  }
}

function isEmpty({ signing, headers, system }: TargetSecrets): boolean {
  return signing.length + Object.keys(headers).length + Object.keys(system).length === 0
}

/** iv, tag and text: random ivs are safe for far more texts than an installation has targets (NIST SP 800-38D). */
function seal(key: Buffer, text: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(CIPHER, key, iv)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return SEALED + Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64')
}

function open(key: Buffer, sealed: string): string {
  if (sealed === '') return ''
  const bytes = Buffer.from(sealed.slice(SEALED.length), 'base64')
  if (!sealed.startsWith(SEALED) || bytes.length < IV_BYTES + TAG_BYTES) throw new VaultError()
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES))
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
  try {
    const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()])
    return text.toString('utf8')
  } catch {
    throw new VaultError()
  }
}

function parse(text: string): TargetSecrets {
  return text === '' ? NO_SECRETS : { ...NO_SECRETS, ...JSON.parse(text) }
}
