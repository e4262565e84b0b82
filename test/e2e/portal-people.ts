import type { AffiliateFields } from '../../src/store/affiliates.ts'
import { insertMember } from '../../src/store/members.ts'
import { createWorkspace } from '../../src/store/workspaces.ts'
import { DASHBOARD_URL, PASSWORD } from '../contract/api-harness.ts'
import { type Portal, type PortalRig, SECRET_REVENUE_MICROS } from '../contract/portal-rig.ts'
import { PLAIN_WORKSPACE } from '../support/field-defaults.ts'

/** Of the person who signs in for an affiliate. */
export const EMAIL = 'pat@example.com'

/** Gives the network an owner; the cookie of a session of theirs. */
export async function ownerOf({ api, workspace }: Pick<PortalRig, 'api' | 'workspace'>): Promise<string> {
  const { cookie, userId } = await api.owner('ada@example.com')
  await api.deps.accounts.addWorkspace({ id: workspace, name: 'Net', ownerId: userId })
  return cookie
}

/** An affiliate with a person who signs in for it. */
export async function personOf(rig: PortalRig, changes: Partial<AffiliateFields>): Promise<Portal> {
  const { api, workspace } = rig
  const portal = await rig.affiliate(changes)
  const cookie = await ownerOf({ api, workspace })
  const answer = await api.app.inject({
    method: 'POST',
    url: `/api/v1/affiliates/${portal.affiliateId}/users`,
    headers: { cookie, origin: DASHBOARD_URL, 'x-trailpost-workspace': workspace },
    payload: { email: EMAIL, name: 'Pat', password: PASSWORD },
  })
  if (answer.statusCode !== 201) throw new Error(answer.body)
  return portal
}

/** Makes the person a viewer of another workspace; its id. */
export async function viewerElsewhere({ api }: PortalRig): Promise<string> {
  const { id } = await createWorkspace(api.store.db, { ...PLAIN_WORKSPACE, name: 'Elsewhere' }, Date.now())
  const { accounts } = api.deps
  const idOf = async (address: string) => (await accounts.findUserId(address)) ?? ''
  await accounts.addWorkspace({ id, name: 'Elsewhere', ownerId: await idOf('ada@example.com') })
  const userId = await idOf(EMAIL)
  await insertMember(api.store.db, { workspace: id, userId, role: 'viewer' }, Date.now())
  return id
}

/** A pixel that an offer had no room for. */
export async function appendSkipped(
  rig: PortalRig,
  { affiliateId }: Portal,
  conversionId: string,
): Promise<void> {
  const at = Date.now()
  const { workspace } = rig
  const money = {
    from_revenue_micros: 0,
    to_revenue_micros: SECRET_REVENUE_MICROS,
    to_payout_micros: 2_000_000,
  }
  const told = {
    n: 1,
    at,
    hit_id: 'hit-1',
    actor: 'hit',
    reason: '',
    from_status: '',
    to_status: 'approved',
  } as const
  await rig.api.store.db
    .insertInto('conversion_history')
    .values({ conversion_id: conversionId, workspace, ...told, ...money })
    .execute()
  const call = { type: 'iframe', method: 'GET', url: 'https://t.example/f', body: '', content_type: '' }
  const times = { due_at: at, created_at: at, updated_at: at, lease_owner: null, lease_until: null }
  const whose = {
    workspace: rig.workspace,
    affiliate_id: affiliateId,
    target_id: 'target',
    click_id: 'click-1',
  }
  const state = {
    state: 'skipped',
    reason: 'offer allows no pixels',
    attempts: 0,
    attempts_before: 0,
  } as const
  await rig.api.store.db
    .insertInto('deliveries')
    .values({
      id: 'd',
      conversion_id: conversionId,
      transition: 1,
      ...state,
      ...call,
      ...times,
      ...whose,
    })
    .execute()
}
