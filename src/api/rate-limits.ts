import type { FastifyRequest } from 'fastify'
import { callerOf } from './caller.ts'

const MINUTE_MS = 60_000

/** Config of a route that each workspace may call so often in a minute; beyond it answers 429. */
export function perWorkspace(max: number) {
  return perMinute(max, (request) => callerOf(request).workspace)
}

/** The same of the portal: so often for each affiliate. */
export function perAffiliate(max: number) {
  return perMinute(max, (request) => callerOf(request).affiliateId)
}

function perMinute(max: number, keyGenerator: (request: FastifyRequest) => string) {
  return { rateLimit: { max, timeWindow: MINUTE_MS, keyGenerator } }
}
