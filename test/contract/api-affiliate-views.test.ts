import { describe, expect, it } from 'vitest'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { DASHBOARD_URL } from './api-harness.ts'
import { addAffiliateManager } from './api-party.ts'
import { openPortal, PORTAL_NOW, type PortalRig, SECRETS } from './portal-rig.ts'

describe.each(SQL_ENGINES)('what an affiliate manager sees of offers on %s', (engine) => {
  const stores = useStores(engine)

  /** Calls as an affiliate manager of the rig's network. */
  async function managerOf({ api, workspace }: PortalRig) {
    const owner = await api.owner(`${workspace}@example.com`)
    await api.deps.accounts.addWorkspace({ id: workspace, name: 'Net', ownerId: owner.userId })
    const { cookie, id } = await addAffiliateManager(api, workspace)
    const headers = { cookie, origin: DASHBOARD_URL }
    const get = async (path: string) => await api.app.inject({ url: `/api/v1/${path}`, headers })
    const decide = async (target: string, body: object) =>
      await api.app.inject({
        method: 'POST',
        url: `/api/v1/notification-targets/${target}/moderate`,
        headers,
        payload: body,
      })
    return { id, get, decide }
  }

  it('is every offer that affiliates can find, with its payout and nothing of the advertiser', async () => {
    const rig = await openPortal(stores)
    const open = await rig.offer({ protocol: 'iframe' }, { name: 'Sleep Well' })
    await rig.offer({ visibility: 'private' }, { name: 'Private club' })
    await rig.offer({ status: 'pending' }, { name: 'Not ready' })
    const { get } = await managerOf(rig)
    const answer = await get('network-offers')
    expect(answer.json().items).toMatchObject([
      { id: open, name: 'Sleep Well', payout: { model: 'flat', amount: '2' }, status: 'active' },
    ])
    for (const secret of SECRETS) expect(answer.body).not.toContain(secret)
    expect(answer.body).not.toContain('revenue')
    expect((await get('network-offers?search=WELL')).json().items).toHaveLength(1)
    expect((await get('network-offers?search=nothing')).json().items).toEqual([])
  })

  it('is what one of its affiliates sees in the portal, private offers that it was given among them', async () => {
    const rig = await openPortal(stores)
    const { id: managerId, get } = await managerOf(rig)
    const own = await rig.affiliate({ managerId })
    const foreign = await rig.affiliate({})
    const club = await rig.offer({ visibility: 'private' }, { name: 'Private club' })
    await rig.agree(club, own, { state: 'approved' })
    const shown = await get(`affiliates/${own.affiliateId}/offers`)
    expect(shown.json()).toEqual((await own.get('offers')).json())
    expect(shown.json().items).toMatchObject([{ id: club, mayRun: true }])
    expect((await get(`affiliates/${foreign.affiliateId}/offers`)).statusCode).toBe(404)
  })

  it('is the state of all postbacks and pixels of one affiliate, and a decision can be taken back', async () => {
    const rig = await openPortal(stores)
    const { id: managerId, get, decide } = await managerOf(rig)
    const own = await rig.affiliate({ managerId })
    const other = await rig.affiliate({ managerId })
    for (const portal of [own, other]) {
      await portal.post('postbacks', {
        type: 'script',
        code: '<script src="https://pix.example/a.js"></script>',
      })
    }
    const path = `pixel-moderation?moderation=any&affiliateId=${own.affiliateId}`
    const [target] = (await get(path)).json().items
    const { id, textHash } = target
    await decide(id, { moderation: 'approved', textHash })
    expect((await get(path)).json().items).toMatchObject([{ id, moderation: 'approved' }])
    await decide(id, { moderation: 'pending', textHash })
    expect((await get(path)).json().items).toMatchObject([
      { id, moderation: 'pending', moderationReason: '' },
    ])
    expect((await get('pixel-moderation')).json().items).toHaveLength(2)
  })
})

describe('the balance of an affiliate', () => {
  const stores = useStores('sqlite')

  it('tells when the period ends that goes on, and what an invoice takes at least', async () => {
    const rig = await openPortal(stores)
    const portal = await rig.affiliate()
    const { nextInvoice } = (await portal.get('balance')).json()
    expect(new Date(PORTAL_NOW).toISOString()).toBe('2026-11-22T10:00:00.000Z')
    expect(nextInvoice).toEqual({ at: '2026-12-01T00:00:00.000Z', minimum: '50' })
    const payment = { method: '', details: '', minimumMicros: 5_000_000, period: 'weekly' } as const
    const weekly = await rig.affiliate({ payment })
    expect((await weekly.get('balance')).json().nextInvoice).toEqual({
      at: '2026-11-23T00:00:00.000Z',
      minimum: '5',
    })
  })
})
