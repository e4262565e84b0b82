import { NO_SECRETS } from '../../src/domain/target-secrets.ts'
import { createVault } from '../../src/store/vault.ts'

/** Of a secret that all tests share, so that what one part seals another opens. */
export const TEST_VAULT = createVault(Buffer.alloc(32, 7))

/** A target's sealed secrets with one signing secret. */
export function sealedSecret(secret: string): string {
  return TEST_VAULT.seal({ ...NO_SECRETS, signing: [{ secret, until: null }] })
}
