import type { FastifyRequest } from 'fastify'
import { loadBalances } from '../billing/load-balances.ts'
import type { BillingSide } from '../domain/billing-types.ts'
import { listParties, type Party } from '../store/balances.ts'
import type { Db } from '../store/transaction.ts'
import { getWorkspace } from '../store/workspaces.ts'
import { loadManagedAffiliate } from './affiliate-checks.ts'
import type { ApiApp, ApiDeps } from './api-deps.ts'
import { balanceSchema, toBalanceView } from './balance-view.ts'
import { managerOf, workspaceOf } from './caller.ts'
import { sideField } from './invoice-view.ts'
import { idParams, pageOf, pageQuery } from './page.ts'
import { Problem } from './problem.ts'

const TAGS = ['balances']

const listQuery = pageQuery.extend({ side: sideField.default('affiliate') })

/** What affiliates have earned and what advertisers owe; an affiliate manager sees its own affiliates alone. */
export function balanceRoutes(app: ApiApp, deps: ApiDeps): void {
  const { db } = deps.store
  app.get('/api/v1/balances', {
    schema: {
      tags: TAGS,
      summary: 'Balances of affiliates or advertisers, the newest first',
      querystring: listQuery,
      response: { 200: pageOf(balanceSchema) },
    },
    handler: async (request) => {
      const workspace = workspaceOf(request)
      const { side, limit, cursor } = request.query
      const managerId = managerOf(request)
      if (side === 'advertiser') refuseRevenue(managerId)
      const page = await listParties(db, { workspace, side, managerId }, { limit, cursor })
      return { items: await toViews(deps, request, side, page.items), nextCursor: page.nextCursor }
    },
  })
  app.get('/api/v1/affiliates/:id/balance', {
    schema: {
      tags: TAGS,
      summary: "An affiliate's balance",
      params: idParams,
      response: { 200: balanceSchema },
    },
    handler: async (request) => {
      const { id } = request.params
      const key = { workspace: workspaceOf(request), id, managerId: managerOf(request) }
      const affiliate = await loadManagedAffiliate(db, key)
      const [view] = await toViews(deps, request, 'affiliate', [affiliate])
      if (view === undefined) throw new RangeError('one balance is asked for')
      return view
    },
  })
}

/** @throws Problem: who looks after affiliates sees payouts, and no revenue. */
function refuseRevenue(managerId: string | undefined): void {
  if (managerId === undefined) return
  throw new Problem(403, 'role_too_low', 'An affiliate manager sees the balances of affiliates alone.')
}

async function toViews(
  deps: ApiDeps,
  request: FastifyRequest,
  side: BillingSide,
  parties: readonly Pick<Party, 'id' | 'name'>[],
) {
  const workspace = workspaceOf(request)
  const partyIds = parties.map(({ id }) => id)
  const balances = await loadBalances(deps.billing, { workspace, side, partyIds })
  const currency = await currencyOf(deps.store.db, workspace)
  return parties.map((party) => toBalanceView(party, balances.get(party.id), currency))
}

async function currencyOf(db: Db, workspace: string): Promise<string> {
  return (await getWorkspace(db, workspace))?.currency ?? ''
}
