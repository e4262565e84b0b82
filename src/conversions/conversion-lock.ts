import type { HitFields } from '../domain/hit-params.ts'
import type { StoredConversion } from '../store/conversions.ts'
import { canonicalSignature } from './check-sender.ts'
import { namesAffiliate } from './resolve-clickless.ts'

/** The lock under which a conversion is decided on: its visit's click id, or what its hits take without one. */
export function lockOfConversion({ clickId, txid }: Pick<StoredConversion, 'clickId' | 'txid'>): string {
  return clickId === '' ? clicklessLock(txid) : clickId
}

/** The locks of a hit besides those of its id and its visits: who repeats it waits for what it was judged to be. */
export function locksOfFields(fields: HitFields): readonly string[] {
  const clickless = fields.txid !== '' && namesAffiliate(fields) ? [clicklessLock(fields.txid)] : []
  return fields.sig === '' ? clickless : [...clickless, `sig ${canonicalSignature(fields.sig)}`]
}

function clicklessLock(txid: string): string {
  return `clickless ${txid}`
}
