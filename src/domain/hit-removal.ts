import type { Hit, HitRemoval } from './hit.ts'
import { coarseUserAgent, isWholeAddress, type Treatment } from './personal-data.ts'
import { holdsReferrer, holdsUserAgent, shortReferrer } from './personal-places.ts'

/**
 * What stays of a hit's request: its ids, who reported it, and where it came in. It can not be judged again, whether it
 * was signed or not: nothing of what it reported is left. `removed` comes first, so that the store tells by the
 * beginning of the JSON whether a request is there.
 */
export function withoutRequest(hit: Hit, removed: HitRemoval): Hit {
  const { id, kind, at, method, host, path, dialect, matchedClickId, reportedBy } = hit
  return {
    removed,
    id,
    kind,
    at,
    method,
    host,
    path,
    rawQuery: '',
    params: [],
    ip: removed === 'erased' ? '' : hit.ip,
    userAgent: '',
    referrer: '',
    ...(dialect !== undefined && { dialect }),
    ...(matchedClickId !== undefined && { matchedClickId }),
    ...(reportedBy !== undefined && { reportedBy }),
  }
}

/**
 * A hit with address and user agent treated, also where a parameter repeats one of them, and with no more of referrers
 * than their pages. The query string as sent goes when it held one of them, and with it what a signature is checked
 * against (`hasLostProof`).
 */
export function treatHit(hit: Hit, treatment: Treatment): Hit {
  const treat = ([name, value]: Hit['params'][number]) =>
    [name, treatedValue(hit, { name, value }, treatment)] as const
  const params = hit.params.map(treat)
  // Another system's parameters are under our names, and there may be more than were read.
  const sent = [...hit.params, ...new URLSearchParams(hit.rawQuery)]
  const isChanged = sent.some((param) => treat(param)[1] !== param[1])
  return {
    ...hit,
    ip: treatment.address(hit.ip),
    userAgent: treatment.userAgent(hit.userAgent, coarseUserAgent(hit.userAgent)),
    referrer: shortReferrer(hit.referrer),
    params,
    rawQuery: isChanged ? '' : hit.rawQuery,
  }
}

/** Whether the treatment took what the hit's signature covers, where nothing else tells who signed it. */
export function hasLostProof(before: Hit, treated: Hit): boolean {
  const isSigned = before.params.some(([name, value]) => name.toLowerCase() === 'sig' && value !== '')
  return isSigned && before.signedBy === undefined && treated.rawQuery !== before.rawQuery
}

const ADDRESS =
  /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}(?::\d{1,3}(?:\.\d{1,3}){3})?)$/i

function treatedValue(
  hit: Hit,
  { name, value }: { readonly name: string; readonly value: string },
  treatment: Treatment,
): string {
  if (isWholeAddress(value) && ADDRESS.test(value)) return treatment.address(value)
  const isUserAgent = value !== '' && (value === hit.userAgent || holdsUserAgent(name, value))
  if (isUserAgent) return treatment.userAgent(value, coarseUserAgent(value))
  return holdsReferrer(name, value) ? shortReferrer(value) : value
}
