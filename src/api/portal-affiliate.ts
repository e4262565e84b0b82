import type { FastifyRequest } from 'fastify'
import { type Affiliate, getAffiliate } from '../store/affiliates.ts'
import type { AffiliateKey } from '../store/portal-offers.ts'
import type { Db } from '../store/transaction.ts'
import { getWorkspace, type Workspace } from '../store/workspaces.ts'
import { affiliateOf } from './caller.ts'
import { Problem } from './problem.ts'

/** Who uses the portal, and at which network. */
export type PortalUser = AffiliateKey & { readonly affiliate: Affiliate; readonly network: Workspace }

/**
 * The affiliate whose portal it is. That it is active was asked before its request was read (enforce-access.ts), except
 * where access-table.ts says that it need not be.
 * @throws Problem 403 when it is gone.
 */
export async function portalUser(db: Db, request: FastifyRequest): Promise<PortalUser> {
  const { workspace, affiliateId } = affiliateOf(request)
  const [affiliate, network] = await Promise.all([
    getAffiliate(db, { workspace, id: affiliateId }),
    getWorkspace(db, workspace),
  ])
  if (affiliate === undefined || affiliate.archivedAt !== null || network === undefined) {
    throw new Problem(403, 'affiliate_closed', 'This account is closed.')
  }
  return { workspace, affiliateId, affiliate, network }
}
