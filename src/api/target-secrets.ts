import { NO_SECRETS, type TargetSecrets } from '../domain/target-secrets.ts'
import { type Vault, VaultError } from '../store/vault.ts'

/** What a request says about secrets: what is absent stays as it is, and '' removes. */
export type SecretChanges = {
  /** Of signatures; put in force at once, in place of all before it. */
  readonly secret?: string | undefined
  /** By name, in any case. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly systemSecrets?: Readonly<Record<string, string>> | undefined
}

/** Undefined when they were sealed under another secret of the installation, or are damaged. */
export function openSecrets(vault: Vault, sealed: string): TargetSecrets | undefined {
  try {
    return vault.open(sealed)
  } catch (error) {
    if (error instanceof VaultError) return undefined
    throw error
  }
}

/** Parts what is secret in a request from what is not. */
export function splitSecrets<Body extends SecretChanges>(
  body: Body,
): { readonly given: SecretChanges; readonly fields: Omit<Body, keyof SecretChanges> } {
  const { secret, headers, systemSecrets, ...fields } = body
  return { given: { secret, headers, systemSecrets }, fields }
}

/** Whether the request says anything about secrets. */
export function givesSecrets({ secret, headers, systemSecrets }: SecretChanges): boolean {
  return secret !== undefined || headers !== undefined || systemSecrets !== undefined
}

/** The secrets with the changes in place. */
export function mergeSecrets(current: TargetSecrets, given: SecretChanges): TargetSecrets {
  const { secret, headers = {}, systemSecrets = {} } = given
  return {
    signing: secret === undefined ? current.signing : toSigning(secret),
    headers: merge(current.headers, lowerNames(headers)),
    system: merge(current.system, systemSecrets),
  }
}

/** The fields of a request with the secrets sealed: those of `current`, a sealed text, with the changes in place. */
export function withSealedSecrets<Body extends SecretChanges>(
  vault: Vault,
  body: Body,
  current = '',
): Omit<Body, keyof SecretChanges> & { readonly sealedSecrets?: string } {
  const { given, fields } = splitSecrets(body)
  if (!givesSecrets(given)) return fields
  const secrets = mergeSecrets(openSecrets(vault, current) ?? NO_SECRETS, given)
  return { ...fields, sealedSecrets: vault.seal(secrets) }
}

function toSigning(secret: string): TargetSecrets['signing'] {
  return secret === '' ? [] : [{ secret, until: null }]
}

function lowerNames(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

function merge(
  current: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries({ ...current, ...given }).filter(([, value]) => value !== ''))
}
