import type { FastifyRequest } from 'fastify'
import { type Affiliate, getAffiliate } from '../store/affiliates.ts'
import type { Db } from '../store/transaction.ts'
import { affiliateOf } from './caller.ts'
import { Problem } from './problem.ts'

const EXPLANATIONS: Readonly<Record<Exclude<Affiliate['status'], 'active'>, string>> = {
  pending: 'Your application waits for approval',
  paused: 'Your account is paused',
  rejected: 'Your application was rejected',
  closed: 'Your account is closed',
}

/**
 * The affiliate whose portal it is. One that is not active may sign in and read its status in /me; everything else
 * of the portal is closed to it. enforce-access.ts asks this for every route of an affiliate.
 * @throws Problem 403 with its status and the reason that it was given.
 */
export async function requireActiveAffiliate(db: Db, request: FastifyRequest): Promise<Affiliate> {
  const { workspace, affiliateId } = affiliateOf(request)
  const affiliate = await getAffiliate(db, { workspace, id: affiliateId })
  if (affiliate === undefined || affiliate.archivedAt !== null) throw notActive('closed', '')
  if (affiliate.status !== 'active') throw notActive(affiliate.status, affiliate.statusReason)
  return affiliate
}

function notActive(status: Exclude<Affiliate['status'], 'active'>, reason: string): Problem {
  const detail = `${EXPLANATIONS[status]}${reason === '' ? '' : `: ${reason}`}.`
  return new Problem(403, `affiliate_${status}`, detail)
}
