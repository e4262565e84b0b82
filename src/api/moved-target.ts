import type { TargetSecrets } from '../domain/target-secrets.ts'
import { rulesOf } from '../domain/target-systems/system-rules.ts'
import type { NotificationTargetFields } from '../store/notification-targets.ts'
import { invalidFields } from './problem.ts'
import type { SecretChanges } from './target-secrets.ts'

type Address = Pick<NotificationTargetFields, 'url' | 'system'>

/**
 * Credentials and headers go to whom they were entered for: whoever may change an address could read them there
 * otherwise, though no view shows them. Signing secrets are never sent, and stay.
 * @param secrets.kept those that the target has and would keep.
 * @throws Problem 422 that names what must be given anew when calls would go to another scheme, host or port.
 */
export function checkMove(
  from: Address,
  to: Address,
  { kept, given }: { readonly kept: TargetSecrets; readonly given: SecretChanges },
): void {
  if (originOf(from) === originOf(to)) return
  const named = new Set(Object.keys(given.headers ?? {}).map((name) => name.toLowerCase()))
  const silent = [
    ...Object.keys(kept.system)
      .filter((name) => given.systemSecrets?.[name] === undefined)
      .map((name) => `systemSecrets.${name}`),
    ...Object.keys(kept.headers)
      .filter((name) => !named.has(name))
      .map((name) => `headers.${name}`),
  ]
  if (silent.length === 0) return
  const message =
    "must be given anew, or removed by '': calls would go to another host, which it was not entered for"
  throw invalidFields(silent.map((field) => ({ field, message })))
}

/** Scheme, host and port as written; the whole text where a macro may stand for them. */
function originOf({ url, system }: Address): string {
  const whole = url !== '' || system === '' ? url : (rulesOf(system)?.baseUrl ?? '')
  const written = /^https?:\/\/[^/?#\\{}]+(?=[/?#]|$)/i.exec(whole)?.[0]
  return (written !== undefined && URL.parse(written)?.origin) || whole
}
