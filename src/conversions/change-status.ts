import { decideTransition } from '../domain/conversion.ts'
import type { ConversionStatus } from '../domain/conversion-types.ts'
import { withoutWaiting } from './approval.ts'
import { type ChangeDeps, changeConversion, type Deed } from './change-conversion.ts'
import { ConfigurationCache } from './configuration-cache.ts'

/** A conversion's status, changed by hand. */
export type StatusChange = Deed & { readonly status: ConversionStatus }

export type StatusChangeResult = { readonly ok: true } | { readonly ok: false; readonly reason: string }

/**
 * Changes a status as `changeConversion` does. The same status again changes nothing.
 * @throws what the store throws; nothing has changed then.
 */
export type StatusChanger = (change: StatusChange) => Promise<StatusChangeResult>

/** Many changes share one reading of the configuration: it is larger than all else that a change reads. */
export function createStatusChanger(deps: ChangeDeps): StatusChanger {
  const cache = new ConfigurationCache()
  return async (change) => {
    const { status } = change
    return await changeConversion({ ...deps, cache }, change, (known) => {
      const verdict = decideTransition(known.status, status)
      if (!verdict.allowed) return { ok: false, reason: verdict.reason }
      if (known.status === status) return { ok: true }
      return { ok: true, fields: { status, reason: withoutWaiting(known.reason) } }
    })
  }
}
