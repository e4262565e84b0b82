import { describe, expect, it } from 'vitest'
import { ACCESS } from '../../src/api/access-table.ts'
import { DEFAULT_NETWORK_SETTINGS } from '../../src/domain/affiliate.ts'
import { updateAffiliate } from '../../src/store/affiliates.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { type Answer, openPortal, PORTAL_NOW, type Portal, SECRETS } from './portal-rig.ts'

const PORTAL = '/api/v1/portal/'

describe('the portal', () => {
  const stores = useStores('sqlite')

  it('tells an affiliate its status, its manager, its currency and what it accepted', async () => {
    const network = { ...DEFAULT_NETWORK_SETTINGS, agreement: 'Be kind' }
    const rig = await openPortal(stores, { workspace: { name: 'Net', currency: 'EUR', network } })
    const owner = await rig.api.owner('ada@example.com')
    const { accounts } = rig.api.deps
    await accounts.addWorkspace({ id: rig.workspace, name: 'Net', ownerId: owner.userId })
    const portal = await rig.affiliate({
      name: 'Affi',
      tier: 'gold',
      managerId: owner.userId,
      acceptedTermsAt: PORTAL_NOW,
    })
    const me = await portal.get('me')
    expect(me.json()).toEqual({
      id: portal.affiliateId,
      name: 'Affi',
      email: '',
      status: 'active',
      statusReason: '',
      network: { name: 'Net', currency: 'EUR', timeZone: 'UTC' },
      manager: { name: 'Ada', email: 'ada@example.com' },
      tier: 'gold',
      agreement: 'Be kind',
      acceptedTermsAt: new Date(PORTAL_NOW).toISOString(),
      payment: { method: '', details: '', billing: { company: '', address: '', taxId: '' } },
    })
    for (const secret of SECRETS) expect(me.body).not.toContain(secret)
  })

  it.each(['pending', 'paused', 'rejected', 'closed'] as const)(
    'shows an affiliate that is %s its status and nothing else',
    async (status) => {
      const rig = await openPortal(stores)
      const portal = await rig.affiliate({ status, statusReason: 'Why' })
      expect((await portal.get('me')).json()).toMatchObject({ status, statusReason: 'Why' })
      const closed = Object.keys(ACCESS).filter((key) => key.includes(PORTAL) && key !== `GET ${PORTAL}me`)
      for (const key of closed) {
        const [method = '', url = ''] = key.split(' ')
        const answer = await callOf(portal, method)(url.slice(PORTAL.length).replace(':id', 'x'))
        expect([key, answer.json().code]).toEqual([key, `affiliate_${status}`])
      }
    },
  )

  it('is closed at once to an affiliate that is paused', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    expect((await portal.get('offers')).statusCode).toBe(200)
    const key = { workspace: rig.workspace, id: portal.affiliateId }
    await updateAffiliate(rig.api.store.db, key, { status: 'paused' }, PORTAL_NOW)
    expect((await portal.get('offers')).statusCode).toBe(403)
  })
})

describe.each(SQL_ENGINES)('API keys in the portal, on %s', (engine) => {
  const stores = useStores(engine)

  it('are the affiliate’s own: they open its portal until it revokes them', async () => {
    const rig = await openPortal(stores)
    const [portal, other] = [await rig.affiliate({ name: 'Me' }), await rig.affiliate()]
    const { id, key, role } = (await portal.post('api-keys', { name: 'tracker' })).json()
    expect(role).toBe('affiliate')
    const me = () => rig.api.app.inject({ url: `${PORTAL}me`, headers: { authorization: `Bearer ${key}` } })
    expect((await me()).json()).toMatchObject({ id: portal.affiliateId, name: 'Me' })
    expect((await portal.get('api-keys')).json().items).toHaveLength(2)
    expect((await portal.get('api-keys')).body).not.toContain(key)
    expect((await other.get('api-keys')).json().items).toHaveLength(1)
    expect((await other.delete(`api-keys/${id}`)).statusCode).toBe(404)
    expect((await portal.delete(`api-keys/${id}`)).statusCode).toBe(204)
    expect((await me()).statusCode).toBe(401)
  })

  it('are twenty at most', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    for (let n = 1; n < 20; n++) expect((await portal.post('api-keys', { name: 'k' })).statusCode).toBe(201)
    expect((await portal.post('api-keys', { name: 'k' })).json()).toMatchObject({ code: 'too_many_keys' })
  })
})

function callOf(portal: Portal, method: string): (path: string) => Promise<Answer> {
  if (method === 'GET') return (path) => portal.get(path)
  if (method === 'DELETE') return (path) => portal.delete(path)
  return method === 'POST' ? (path) => portal.post(path, {}) : (path) => portal.patch(path, {})
}
