import { describe, expect, it } from 'vitest'
import { SQL_ENGINES, type TestStores, useStores } from '../support/databases.ts'
import { openTestApi, PASSWORD } from './api-harness.ts'

async function openTeam(stores: TestStores) {
  const api = await openTestApi(stores)
  const owner = await api.owner('ada@example.com')
  const callAs =
    (cookie: string) => (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) =>
      api.app.inject({
        method,
        url: `/api/v1/${path}`,
        headers: { cookie },
        ...(payload === undefined ? {} : { payload }),
      })
  const call = callAs(owner.cookie)
  const add = async (role: string, email = `${role}@example.com`) =>
    await call('POST', 'members', { name: role, email, password: PASSWORD, role })
  return { api, owner, call, callAs, add }
}

describe.each(SQL_ENGINES)('members on %s', (engine) => {
  const stores = useStores(engine)

  it('are added with a first password, change their role, and lose everything when they are removed', async () => {
    const { api, call, callAs, add } = await openTeam(stores)
    const added = await add('viewer')
    expect([added.statusCode, added.json()]).toMatchObject([
      201,
      { email: 'viewer@example.com', role: 'viewer' },
    ])
    const { id } = added.json()
    const cookie = await api.signIn('viewer@example.com', PASSWORD)
    const settings = () => callAs(cookie)('GET', 'settings')
    expect((await settings()).statusCode).toBe(200)
    expect((await call('PATCH', `members/${id}`, { role: 'affiliate_manager' })).json()).toMatchObject({
      id,
      role: 'affiliate_manager',
    })
    expect((await settings()).json()).toMatchObject({ code: 'role_too_low' })
    expect((await call('DELETE', `members/${id}`)).statusCode).toBe(204)
    expect((await settings()).statusCode).toBe(401)
    expect((await call('GET', 'members')).json().items).toHaveLength(1)
    // The address is free again.
    expect((await add('viewer')).statusCode).toBe(201)
  })

  it('always have an owner, also when two owners remove each other at once', async () => {
    const { call, callAs, add, owner, api } = await openTeam(stores)
    expect((await call('DELETE', `members/${owner.userId}`)).json()).toMatchObject({ code: 'last_owner' })
    expect((await call('PATCH', `members/${owner.userId}`, { role: 'viewer' })).json()).toMatchObject({
      status: 409,
      code: 'last_owner',
    })
    const second = (await add('owner')).json().id
    const cookie = await api.signIn('owner@example.com', PASSWORD)
    await Promise.all([
      call('PATCH', `members/${second}`, { role: 'viewer' }),
      callAs(cookie)('PATCH', `members/${owner.userId}`, { role: 'viewer' }),
    ])
    const members = await api.deps.accounts.members(owner.workspace)
    expect(members.filter(({ role }) => role === 'owner')).toHaveLength(1)
  })
})

describe('a member', () => {
  const stores = useStores('sqlite')

  it('is never made of an affiliate’s role, or of an address that is taken', async () => {
    const { call, add, api } = await openTeam(stores)
    const eve = await api.owner('eve@example.com')
    expect((await add('affiliate')).statusCode).toBe(400)
    const taken = await add('viewer', 'EVE@example.com')
    expect(taken.json()).toMatchObject({ status: 409, code: 'email_taken' })
    expect((await call('PATCH', `members/${eve.userId}`, { role: 'owner' })).statusCode).toBe(404)
    expect((await call('DELETE', `members/${eve.userId}`)).statusCode).toBe(404)
    expect(await api.deps.accounts.memberships(eve.userId)).toHaveLength(1)
  })

  it('that is a manager sees the team, to say who looks after an affiliate, and changes nothing of it', async () => {
    const { call, callAs, add, api, owner } = await openTeam(stores)
    const { id: managerId } = (await add('affiliate_manager')).json()
    for (const role of ['manager', 'viewer']) await add(role)
    const signedIn = async (role: string) => callAs(await api.signIn(`${role}@example.com`, PASSWORD))
    const manager = await signedIn('manager')
    const team = (await call('GET', 'members')).json()
    // Who signs in by a password alone is the owner's to know.
    const seen = team.items.map((member: object) => ({ ...member, hasTwoFactor: null }))
    expect((await manager('GET', 'members')).json()).toEqual({ ...team, items: seen })
    const made = await manager('POST', 'affiliates', { name: 'Media', managerId })
    expect([made.statusCode, made.json().managerId]).toEqual([201, managerId])
    for (const role of ['viewer', 'affiliate_manager']) {
      expect((await (await signedIn(role))('GET', 'members')).json()).toMatchObject({ code: 'role_too_low' })
    }
    const person = { name: 'Eve', email: 'eve@example.com', password: PASSWORD, role: 'owner' }
    const refused = [
      await manager('POST', 'members', person),
      await manager('PATCH', `members/${managerId}`, { role: 'owner' }),
      await manager('DELETE', `members/${owner.userId}`),
    ]
    expect(refused.map(({ statusCode }) => statusCode)).toEqual([403, 403, 403])
  })

  it('that may look after affiliates no more leaves them to nobody', async () => {
    const { call, add } = await openTeam(stores)
    const { id: managerId } = (await add('affiliate_manager')).json()
    const { id } = (await call('POST', 'affiliates', { name: 'Media', managerId })).json()
    await call('PATCH', `members/${managerId}`, { role: 'manager' })
    expect((await call('GET', `affiliates/${id}`)).json()).toMatchObject({ managerId })
    await call('PATCH', `members/${managerId}`, { role: 'viewer' })
    expect((await call('GET', `affiliates/${id}`)).json()).toMatchObject({ managerId: '' })
  })
})

describe('the settings of a network', () => {
  const stores = useStores('sqlite')

  it('change one by one, money as decimal strings', async () => {
    const { call } = await openTeam(stores)
    const change = async (network: object) => await call('PATCH', 'settings', { network })
    await change({ signUp: 'on approval', minimumPayout: '12.34' })
    await change({ holdDays: 14 })
    expect((await call('GET', 'settings')).json().network).toEqual({
      signUp: 'on approval',
      agreement: '',
      autoApprovePostbacks: true,
      autoApproveImages: false,
      holdDays: 14,
      minimumPayout: '12.34',
      payoutPeriod: 'monthly',
      billing: { company: '', address: '', taxId: '' },
    })
    for (const network of [
      { minimumPayout: '-1' },
      { minimumPayout: 5 },
      { holdDays: -1 },
      { signUp: 'open' },
    ]) {
      expect((await change(network)).statusCode, JSON.stringify(network)).toBe(400)
    }
  })
})
