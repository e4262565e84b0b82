import type { Hit, HitRemoval } from './hit.ts'
import { coarseUserAgent, isWholeAddress, type Treatment } from './personal-data.ts'

/**
 * What stays of a hit's request: its ids, who reported it, and where it came in. `removed` comes first, so that the
 * store tells by the beginning of the JSON whether a request is there.
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
 * when it held one of them: its signature was checked long ago.
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

const ADDRESS =
  /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}(?::\d{1,3}(?:\.\d{1,3}){3})?)$/i
const USER_AGENT = /^Mozilla\/\d/

function treatedValue(hit: Hit, value: string, treatment: Treatment): string {
  if (isWholeAddress(value) && ADDRESS.test(value)) return treatment.address(value)
  const isUserAgent = value !== '' && (value === hit.userAgent || USER_AGENT.test(value))
  return isUserAgent ? treatment.userAgent(value, coarseUserAgent(value)) : value
}
