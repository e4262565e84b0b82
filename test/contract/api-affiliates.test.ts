import { describe, expect, it } from 'vitest'
import { addAffiliateUser } from '../../src/store/affiliate-users.ts'
import { listAudit } from '../../src/store/audit-log.ts'
import { insertMember } from '../../src/store/members.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { openTestApi, PASSWORD, type TestApi } from './api-harness.ts'

type Person = { readonly cookie: string; readonly id: string }

/** Adds a member of the workspace, and signs them in. */
async function member(
  api: TestApi,
  workspace: string,
  role: 'manager' | 'affiliate_manager',
): Promise<Person> {
  const email = `${role}-${Math.random()}@example.com`
  const user = await api.deps.accounts.createUser({ email, password: PASSWORD, name: role })
  await insertMember(api.store.db, { workspace, userId: user.id, role }, Date.now())
  return { cookie: await api.signIn(email, PASSWORD), id: user.id }
}

/** Calls the API by a session, with a body when one is given. */
function callerBy(api: TestApi, { cookie }: { readonly cookie: string }) {
  return (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) =>
    api.app.inject({
      method,
      url: `/api/v1/${path}`,
      headers: { cookie },
      ...(payload === undefined ? {} : { payload }),
    })
}

async function openOwner(stores: Parameters<typeof openTestApi>[0]) {
  const api = await openTestApi(stores)
  const owner = await api.owner('ada@example.com')
  const call = callerBy(api, owner)
  const create = async (fields: object) => {
    const answer = await call('POST', 'affiliates', fields)
    if (answer.statusCode !== 201) throw new Error(answer.body)
    return String(answer.json().id)
  }
  return { api, owner, call, create }
}

describe.each(SQL_ENGINES)('affiliates on %s', (engine) => {
  const stores = useStores(engine)

  it('are saved and shown as they were given, money to the cent', async () => {
    const { call } = await openOwner(stores)
    const fields = {
      name: 'Media GmbH',
      email: 'media@example.com',
      referralPercent: 2.5,
      tier: 'gold',
      tags: ['push'],
      blockedSources: ['zone 7'],
      payment: { method: 'wire', details: 'DE89', minimum: '12.34', period: 'weekly' },
      billing: { company: 'Media GmbH', address: 'Street 1', taxId: 'DE1' },
      note: 'met in Berlin',
      legacyIds: ['tune:2002'],
    }
    const created = await call('POST', 'affiliates', fields)
    expect(created.json()).toMatchObject({ ...fields, status: 'active', acceptedTermsAt: null })
    const { id } = created.json()
    expect((await call('GET', `affiliates/${id}`)).json()).toEqual(created.json())
    const changed = await call('PATCH', `affiliates/${id}`, { tier: '', payment: { minimum: null } })
    expect(changed.json()).toMatchObject({
      tier: '',
      name: 'Media GmbH',
      payment: { method: '', minimum: null },
    })
    expect((await call('DELETE', `affiliates/${id}`)).statusCode).toBe(204)
    expect((await call('GET', 'affiliates')).json().items).toEqual([])
  })

  it('are found by status, tag, manager, and part of a name or address', async () => {
    const { api, owner, call, create } = await openOwner(stores)
    const { id: managerId } = await member(api, owner.workspace, 'affiliate_manager')
    await create({ name: 'Alpha 100%', tags: ['push', 'native'] })
    await create({ name: 'Beta', email: 'Boss@Beta.example', status: 'pending', managerId })
    await create({ name: 'Gamma', tags: ['PUSH'] })
    const find = async (query: string) => {
      const { items } = (await call('GET', `affiliates?${query}`)).json()
      return items.map(({ name }: { name: string }) => name)
    }
    expect(await find('status=pending')).toEqual(['Beta'])
    expect(await find('tag=push')).toEqual(['Alpha 100%'])
    expect(await find(`manager=${managerId}`)).toEqual(['Beta'])
    expect(await find('manager=&limit=1')).toHaveLength(1)
    expect(await find('search=alpha')).toEqual(['Alpha 100%'])
    expect(await find('search=boss@beta')).toEqual(['Beta'])
    expect(await find('search=100%25')).toEqual(['Alpha 100%'])
    expect(await find('search=%25')).toEqual(['Alpha 100%'])
    expect(await find('search=a_p')).toEqual([])
  })

  it('of two saves at once that take one legacy id, one wins', async () => {
    const { call } = await openOwner(stores)
    const save = (name: string) => call('POST', 'affiliates', { name, legacyIds: ['tune:2002'] })
    const answers = await Promise.all([save('a'), save('b')])
    expect(answers.map(({ statusCode }) => statusCode).sort((x, y) => x - y)).toEqual([201, 422])
  })

  it('never bring each other in a circle, also when two are saved at once', async () => {
    const { call, create } = await openOwner(stores)
    const [a, b, c] = [await create({ name: 'a' }), await create({ name: 'b' }), await create({ name: 'c' })]
    const brought = (id: string, referrerId: string) => call('PATCH', `affiliates/${id}`, { referrerId })
    expect((await brought(a, a)).json()).toMatchObject({ status: 422, errors: [{ field: 'referrerId' }] })
    expect((await brought(a, 'nobody')).json()).toMatchObject({
      status: 422,
      errors: [{ field: 'referrerId' }],
    })
    expect((await brought(b, a)).statusCode).toBe(200)
    expect((await brought(c, b)).statusCode).toBe(200)
    expect((await brought(a, c)).json()).toMatchObject({ status: 422, errors: [{ field: 'referrerId' }] })
    await brought(b, '')
    await brought(c, '')
    const answers = await Promise.all([brought(a, b), brought(b, a)])
    expect(answers.map(({ statusCode }) => statusCode).sort((x, y) => x - y)).toEqual([200, 422])
  })

  it('change status with a reason, which the audit log keeps', async () => {
    const { api, owner, call, create } = await openOwner(stores)
    const id = await create({ name: 'a', status: 'pending' })
    const status = (body: object) => call('POST', `affiliates/${id}/status`, body)
    expect((await status({ status: 'active' })).json()).toMatchObject({ status: 'active', statusReason: '' })
    expect((await status({ status: 'paused' })).statusCode).toBe(400)
    expect((await status({ status: 'pending', reason: 'x' })).statusCode).toBe(400)
    const paused = await status({ status: 'paused', reason: 'bots' })
    expect(paused.json()).toMatchObject({ status: 'paused', statusReason: 'bots' })
    const { items } = await listAudit(api.store.db, owner.workspace, { limit: 1 })
    expect(items[0]).toMatchObject({
      action: 'affiliate.status',
      detail: { from: 'active', to: 'paused', reason: 'bots' },
    })
  })

  it('refuse a manager who is none, and amounts and shares that can not be', async () => {
    const { api, owner, call } = await openOwner(stores)
    const other = await api.owner('eve@example.com')
    const manager = await member(api, owner.workspace, 'manager')
    const save = async (fields: object) => await call('POST', 'affiliates', { name: 'a', ...fields })
    expect((await save({ managerId: manager.id })).statusCode).toBe(201)
    for (const managerId of [other.userId, 'nobody']) {
      expect((await save({ managerId })).json()).toMatchObject({
        status: 422,
        errors: [{ field: 'managerId' }],
      })
    }
    for (const fields of [
      { referralPercent: 100.5 },
      { referralPercent: -1 },
      { payment: { minimum: '-1' } },
      { payment: { minimum: 5 } },
      { legacyIds: ['2002'] },
      { email: 'nobody' },
      { status: 'asleep' },
      { owner: 'me' },
    ]) {
      expect((await save(fields)).statusCode, JSON.stringify(fields)).toBe(400)
    }
  })
})

describe('an affiliate manager', () => {
  const stores = useStores('sqlite')

  it('sees and changes its own affiliates, and no others', async () => {
    const { api, owner, create } = await openOwner(stores)
    const ann = await member(api, owner.workspace, 'affiliate_manager')
    const call = callerBy(api, ann)
    const own = await create({ name: 'own', managerId: ann.id })
    const foreign = await create({ name: 'foreign' })
    const names = async (query: string) =>
      (await call('GET', `affiliates${query}`)).json().items.map(({ name }: { name: string }) => name)
    expect(await names('')).toEqual(['own'])
    expect(await names('?manager=')).toEqual([])
    expect((await call('PATCH', `affiliates/${own}`, { note: 'calls on Mondays' })).statusCode).toBe(200)
    expect((await call('POST', `affiliates/${own}/status`, { status: 'active' })).statusCode).toBe(200)
    for (const answer of [
      await call('GET', `affiliates/${foreign}`),
      await call('PATCH', `affiliates/${foreign}`, { note: 'mine' }),
      await call('PATCH', `affiliates/${foreign}`, { tier: 'gold' }),
      await call('POST', `affiliates/${foreign}/status`, { status: 'active' }),
      await call('GET', `affiliates/${foreign}/api-keys`),
      await call('POST', `affiliates/${foreign}/api-keys`, { name: 'key' }),
    ]) {
      expect(answer.json()).toMatchObject({ status: 404, code: 'not_found' })
    }
    expect((await call('DELETE', `affiliates/${own}`)).json()).toMatchObject({ code: 'role_too_low' })
  })

  it('does not decide about money, or whose an affiliate is', async () => {
    const { api, owner, create } = await openOwner(stores)
    const ann = await member(api, owner.workspace, 'affiliate_manager')
    const call = callerBy(api, ann)
    const own = await create({ name: 'own', managerId: ann.id })
    for (const change of [
      { tier: 'gold' },
      { payment: { method: 'paypal' } },
      { referralPercent: 5 },
      { referrerId: own },
      { managerId: '' },
      { managerId: owner.userId },
    ]) {
      const label = JSON.stringify(change)
      const patched = await call('PATCH', `affiliates/${own}`, change)
      expect(patched.json(), label).toMatchObject({ status: 403, code: 'not_yours_to_change' })
      if (!('managerId' in change && change.managerId === '')) {
        const created = await call('POST', 'affiliates', { name: 'new', ...change })
        expect(created.json(), label).toMatchObject({ status: 403, code: 'not_yours_to_change' })
      }
    }
    const created = await call('POST', 'affiliates', { name: 'new', email: 'new@example.com' })
    expect(created.json()).toMatchObject({ managerId: ann.id, email: 'new@example.com' })
  })
})

describe('a key of an affiliate', () => {
  const stores = useStores('sqlite')

  it('opens its portal alone, until it is revoked', async () => {
    const { api, call, create } = await openOwner(stores)
    const id = await create({ name: 'a' })
    const other = await create({ name: 'b' })
    const issued = (await call('POST', `affiliates/${id}/api-keys`, { name: 'tracker' })).json()
    expect(issued).toMatchObject({ role: 'affiliate', affiliateId: id })
    const me = () => api.app.inject({ url: '/api/v1/me', headers: { authorization: `Bearer ${issued.key}` } })
    expect((await me()).json().workspaces).toMatchObject([
      { role: 'affiliate', affiliate: { id, name: 'a' } },
    ])
    const list = await call('GET', `affiliates/${id}/api-keys`)
    expect(list.json().items).toMatchObject([{ id: issued.id, name: 'tracker' }])
    expect(list.body).not.toContain(issued.key)
    expect((await call('DELETE', `affiliates/${other}/api-keys/${issued.id}`)).statusCode).toBe(404)
    expect((await call('DELETE', `affiliates/${id}/api-keys/${issued.id}`)).statusCode).toBe(204)
    expect((await me()).statusCode).toBe(401)
  })

  it('is made at the affiliate, and none is made for an affiliate manager', async () => {
    const { call } = await openOwner(stores)
    for (const role of ['affiliate', 'affiliate_manager']) {
      const answer = await call('POST', 'api-keys', { name: 'key', role })
      expect(answer.json()).toMatchObject({ status: 400, errors: [{ field: 'role' }] })
      expect(answer.json().detail).toContain('an affiliate manager signs in')
    }
  })
})

describe('a person of an affiliate', () => {
  const stores = useStores('sqlite')

  it('is told by /me whose portal it is and its status, also while it is not active', async () => {
    const { api, owner, call, create } = await openOwner(stores)
    const affiliateId = await create({ name: 'a' })
    const user = await api.deps.accounts.createUser({ email: 'a@example.com', password: PASSWORD, name: 'A' })
    await addAffiliateUser(api.store.db, { userId: user.id, workspace: owner.workspace, affiliateId }, 1)
    const { workspace } = owner
    await insertMember(api.store.db, { workspace, userId: user.id, role: 'affiliate' }, 1)
    const cookie = await api.signIn('a@example.com', PASSWORD)
    for (const status of ['paused', 'rejected', 'closed']) {
      await call('POST', `affiliates/${affiliateId}/status`, { status, reason: 'bots' })
      const me = await callerBy(api, { cookie })('GET', 'me')
      expect(me.json().workspaces).toMatchObject([
        { role: 'affiliate', affiliate: { id: affiliateId, name: 'a', status, statusReason: 'bots' } },
      ])
    }
  })
})
