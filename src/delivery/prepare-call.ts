import { NO_SECRETS, signingSecretsAt } from '../domain/target-secrets.ts'
import type { Delivery } from '../store/deliveries.ts'
import type { TargetCalls } from '../store/target-calls.ts'
import type { Vault } from '../store/vault.ts'
import type { Call } from './send.ts'

/**
 * The call of a delivery with what its target says now: a rotated secret signs what was queued before, too.
 * @param target undefined when it is deleted: the call goes out unsigned.
 * @throws VaultError when the target's secrets can not be read.
 */
export function prepareCall(
  delivery: Delivery,
  target: Pick<TargetCalls, 'sealedSecrets'> | undefined,
  { vault, now }: { readonly vault: Vault; readonly now: number },
): Call {
  const { id, method, url, body, contentType } = delivery
  const secrets = target === undefined ? NO_SECRETS : vault.open(target.sealedSecrets)
  return {
    id,
    method,
    url,
    body,
    contentType,
    signing: signingSecretsAt(secrets, now),
    headers: secrets.headers,
  }
}
