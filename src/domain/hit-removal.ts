import type { Hit, HitRemoval } from './hit.ts'
import { coarseUserAgent, isWholeAddress, type Treatment } from './personal-data.ts'

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
 * A hit with address and user agent treated, also where a parameter repeats one of them. The query string as sent goes
 * when it held one of them, and with it what a signature is checked against (`hasLostProof`).
 */
export function treatHit(hit: Hit, treatment: Treatment): Hit {
  const params = hit.params.map(([name, value]) => [name, treatedValue(hit, value, treatment)] as const)
  const isChanged = params.some(([, value], index) => value !== hit.params[index]?.[1])
  return {
    ...hit,
    ip: treatment.address(hit.ip),
    userAgent: treatment.userAgent(hit.userAgent, coarseUserAgent(hit.userAgent)),
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
const USER_AGENT = /^Mozilla\/\d/

function treatedValue(hit: Hit, value: string, treatment: Treatment): string {
  if (isWholeAddress(value) && ADDRESS.test(value)) return treatment.address(value)
  const isUserAgent = value !== '' && (value === hit.userAgent || USER_AGENT.test(value))
  return isUserAgent ? treatment.userAgent(value, coarseUserAgent(value)) : value
}
