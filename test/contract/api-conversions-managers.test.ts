import { describe, expect, it } from 'vitest'
import { updateAffiliate } from '../../src/store/affiliates.ts'
import { insertMember } from '../../src/store/members.ts'
import { useStores } from '../support/databases.ts'
import { PASSWORD } from './api-harness.ts'
import { openReconciliationRig, type ReconciliationRig } from './reconciliation-rig.ts'

describe('an affiliate manager', () => {
  const stores = useStores('sqlite')

  it('sees conversions of its own affiliates alone, and nothing of what the advertiser pays', async () => {
    const terms = { revenue: { model: 'flat', amountMicros: 777_000_000 } } as const
    const rig = await openReconciliationRig(stores, { terms })
    const { api, world } = rig
    const own = await rig.convert({ txid: 'T1', payout: '888', p1: '99999' })
    const visit = world.visit({ affiliate_id: await world.affiliate({ name: 'Others' }) })
    const [others] = await world.judge.judge([world.hit({ cid: visit })])
    const headers = { cookie: await signInManager(rig) }
    const get = (path: string) => api.app.inject({ url: `/api/v1/conversions${path}`, headers })
    const list = await get('')
    expect(list.json().items).toMatchObject([{ id: own.id, payout: '2', revenue: '', sale: '' }])
    const one = await get(`/${own.id}`)
    expect(one.json()).toMatchObject({ agreement: 'affiliate gets 2 USD (of the offer)' })
    for (const { body } of [list, one]) expect(body).not.toMatch(/777|888|99999/)
    expect((await get(`/${others?.conversion}`)).statusCode).toBe(404)
  })
})

/** Of the world's affiliate. */
async function signInManager({ api, world }: ReconciliationRig): Promise<string> {
  const { accounts } = api.deps
  const { workspaceId: workspace, affiliateId } = world
  const person = { email: 'ann@example.com', password: PASSWORD, name: 'Ann' }
  const user = await accounts.createUser(person)
  const owner = await accounts.createUser({ ...person, email: 'owner@example.com' })
  if (!user.ok || !owner.ok) throw new Error('the persons were not created')
  await accounts.addWorkspace({ id: workspace, name: 'Network', ownerId: owner.id })
  await insertMember(api.store.db, { workspace, userId: user.id, role: 'affiliate_manager' }, 1)
  await updateAffiliate(api.store.db, { workspace, id: affiliateId }, { managerId: user.id }, 1)
  return await api.signIn(person.email, PASSWORD)
}
