import { NO_SECRETS } from '../domain/target-secrets.ts'
import type { Vault } from '../store/vault.ts'

/** A target's sealed secrets when it has a signing secret alone. @param secret '' for none. */
export function sealSigningSecret(vault: Vault, secret: string): string {
  return vault.seal({ ...NO_SECRETS, signing: secret === '' ? [] : [{ secret, until: null }] })
}

/** The fields of a request with the secret sealed, when one is given. */
export function withSealedSecret<Fields extends { readonly secret?: string | undefined }>(
  vault: Vault,
  { secret, ...fields }: Fields,
): Omit<Fields, 'secret'> & { readonly sealedSecrets?: string } {
  return secret === undefined ? fields : { ...fields, sealedSecrets: sealSigningSecret(vault, secret) }
}
