import { describe, expect, it } from 'vitest'
import type { NetworkSettings } from '../../src/domain/affiliate.ts'
import { SQL_ENGINES, type TestStores, useStores } from '../support/databases.ts'
import { DASHBOARD_URL, openTestApi, PASSWORD, type TestApi } from './api-harness.ts'

const MEDIA = {
  name: 'Mia',
  company: 'Media GmbH',
  email: 'mia@media.example',
  password: PASSWORD,
  acceptTerms: true,
}

async function openNetwork(stores: TestStores, network: Partial<NetworkSettings>) {
  const api = await openTestApi(stores)
  const owner = await api.owner('ada@example.com')
  const call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) =>
    callBy(api, owner.cookie, { method, path, payload })
  await call('PATCH', 'settings', { network })
  const signUp = (changes: object = {}) => signUpAt(api, owner.workspace, { ...MEDIA, ...changes })
  const affiliates = async () => (await call('GET', 'affiliates')).json().items
  return { api, owner, call, signUp, affiliates }
}

function callBy(
  api: TestApi,
  cookie: string,
  {
    method,
    path,
    payload,
    headers,
  }: {
    readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
    readonly path: string
    readonly payload?: object | undefined
    readonly headers?: Record<string, string>
  },
) {
  const url = `/api/v1/${path}`
  return api.app.inject({
    method,
    url,
    headers: { cookie, ...headers },
    ...(payload === undefined ? {} : { payload }),
  })
}

function signUpAt(api: TestApi, workspace: string, payload: object) {
  return api.app.inject({ method: 'POST', url: `/api/v1/sign-up/${workspace}`, payload })
}

async function meOf(api: TestApi, email: string, password = PASSWORD) {
  const cookie = await api.signIn(email, password)
  return (await callBy(api, cookie, { method: 'GET', path: 'me' })).json()
}

describe.each(SQL_ENGINES)('signing up on %s', (engine) => {
  const stores = useStores(engine)

  it('makes an affiliate that waits for approval, whose person signs in and reads so', async () => {
    const { api, owner, call, signUp, affiliates } = await openNetwork(stores, {
      signUp: 'on approval',
      agreement: 'No bots.',
    })
    const shown = await api.app.inject(`/api/v1/sign-up/${owner.workspace}`)
    expect(shown.json()).toEqual({
      open: true,
      needsApproval: true,
      name: 'Workspace of ada@example.com',
      agreement: 'No bots.',
    })
    expect((await signUp({ acceptTerms: false })).json()).toMatchObject({
      status: 422,
      errors: [{ field: 'acceptTerms' }],
    })
    const answer = await signUp()
    expect([answer.statusCode, answer.json()]).toEqual([202, { status: 'pending' }])
    expect(answer.headers['set-cookie']).toBeUndefined()
    const [affiliate] = await affiliates()
    expect(affiliate).toMatchObject({
      name: 'Media GmbH',
      email: MEDIA.email,
      status: 'pending',
      billing: { company: 'Media GmbH' },
      acceptedTermsAt: expect.any(String),
    })
    const workspace = {
      id: owner.workspace,
      role: 'affiliate',
      affiliate: { id: affiliate.id, status: 'pending' },
    }
    expect((await meOf(api, MEDIA.email)).workspaces).toMatchObject([workspace])
    await call('POST', `affiliates/${affiliate.id}/status`, { status: 'active' })
    expect((await meOf(api, MEDIA.email)).workspaces).toMatchObject([{ affiliate: { status: 'active' } }])
    expect((await call('GET', `affiliates/${affiliate.id}/users`)).json().items).toMatchObject([
      { email: MEDIA.email, name: 'Mia' },
    ])
  })

  it('of many at once with one address makes one affiliate, and one person', async () => {
    const { api, owner, signUp, affiliates } = await openNetwork(stores, { signUp: 'approved' })
    const answers = await Promise.all([signUp(), signUp(), signUp({ password: `${PASSWORD}!` }), signUp()])
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 202, 202, 202])
    const [affiliate, ...others] = await affiliates()
    expect(others).toEqual([])
    const users = await callBy(api, owner.cookie, { method: 'GET', path: `affiliates/${affiliate.id}/users` })
    expect(users.json().items).toHaveLength(1)
  })

  it('with an address that has an account answers the same, and changes nothing', async () => {
    const { api, signUp, affiliates, call } = await openNetwork(stores, { signUp: 'approved' })
    const before = (await call('GET', 'members')).json()
    const fresh = await signUp()
    for (const changes of [
      { password: 'another password' },
      { email: 'ADA@example.com', password: 'not hers at all' },
      { email: 'ada@example.com' },
    ]) {
      const answer = await signUp({ ...changes, company: 'Takeover' })
      expect([answer.statusCode, answer.body]).toEqual([fresh.statusCode, fresh.body])
    }
    expect(await affiliates()).toMatchObject([{ name: 'Media GmbH' }])
    expect((await call('GET', 'members')).json()).toEqual(before)
    await expect(api.signIn(MEDIA.email, 'another password')).rejects.toThrow()
    expect((await meOf(api, 'ada@example.com')).workspaces).toMatchObject([{ role: 'owner' }])
  })
})

describe('a sign-up', () => {
  const stores = useStores('sqlite')

  it('is refused by a network that takes none, and by none at all', async () => {
    const { api, owner, signUp, affiliates } = await openNetwork(stores, {})
    expect((await api.app.inject(`/api/v1/sign-up/${owner.workspace}`)).json()).toMatchObject({ open: false })
    expect((await signUp()).json()).toMatchObject({ status: 403, code: 'sign_up_closed' })
    expect((await signUpAt(api, 'nowhere', MEDIA)).statusCode).toBe(404)
    expect((await api.app.inject('/api/v1/sign-up/nowhere')).statusCode).toBe(404)
    expect(await affiliates()).toEqual([])
    await expect(api.signIn(MEDIA.email, PASSWORD)).rejects.toThrow()
  })

  it('names the affiliate that brought it, when that is one of this network', async () => {
    const { api, call, signUp, affiliates } = await openNetwork(stores, { signUp: 'approved' })
    const foreign = await openForeignAffiliate(api)
    const create = async (fields: object) => (await call('POST', 'affiliates', fields)).json().id
    const known = await create({ name: 'known' })
    const paused = await create({ name: 'paused', status: 'paused' })
    const byEmail = async (email: string) =>
      (await affiliates()).find((affiliate: { email: string }) => affiliate.email === email)
    for (const [email, referrer, expected] of [
      ['a@example.com', known, known],
      ['b@example.com', paused, ''],
      ['c@example.com', foreign, ''],
      ['d@example.com', 'nobody', ''],
    ]) {
      expect((await signUp({ email, referrer })).statusCode).toBe(202)
      expect(await byEmail(String(email))).toMatchObject({ referrerId: expected })
    }
  })

  it('that fails half-way leaves nothing, and the next try succeeds', async () => {
    const { api, owner, signUp, affiliates } = await openNetwork(stores, { signUp: 'approved' })
    const failing = await openTestApi(stores, { ...api.deps, store: brokenStore(api) })
    expect((await signUpAt(failing, owner.workspace, MEDIA)).statusCode).toBe(500)
    expect(await affiliates()).toEqual([])
    await expect(api.signIn(MEDIA.email, PASSWORD)).rejects.toThrow()
    expect((await signUp()).statusCode).toBe(202)
    expect(await affiliates()).toHaveLength(1)
    expect((await meOf(api, MEDIA.email)).workspaces).toHaveLength(1)
  })

  it('goes on from an account that a crash left: at once with its password, with another one a minute later', async () => {
    const { api, owner, signUp, affiliates } = await openNetwork(stores, { signUp: 'approved' })
    for (const email of ['a@example.com', 'b@example.com']) {
      await api.deps.accounts.createUser({ email, password: PASSWORD, name: 'left' })
    }
    await signUp({ email: 'a@example.com' })
    expect(await affiliates()).toHaveLength(1)
    const other = 'a different password'
    await signUp({ email: 'b@example.com', password: other })
    expect(await affiliates()).toHaveLength(1)
    const later = await openTestApi(stores, { ...api.deps, clock: () => Date.now() + 61_000 })
    await signUpAt(later, owner.workspace, { ...MEDIA, email: 'b@example.com', password: other })
    expect(await affiliates()).toHaveLength(2)
    expect((await meOf(api, 'b@example.com', other)).workspaces).toMatchObject([{ role: 'affiliate' }])
  })

  it('is stopped after some tries from one address', async () => {
    const { signUp } = await openNetwork(stores, { signUp: 'approved' })
    let answer = await signUp({ email: 'nobody' })
    for (let n = 0; n < 20; n += 1) answer = await signUp({ email: 'nobody' })
    expect(answer.json()).toMatchObject({ status: 429, code: 'too_many_requests' })
  })
})

describe('a person of two workspaces', () => {
  const stores = useStores('sqlite')

  it('is an affiliate in the one and an owner in the other, each in its place', async () => {
    const { api, owner, signUp, affiliates } = await openNetwork(stores, { signUp: 'approved' })
    const eve = await api.owner('eve@example.com')
    // Whoever knows the password of the account is its person.
    await signUp({ email: 'eve@example.com', company: 'Eve Ltd' })
    expect(await affiliates()).toMatchObject([{ name: 'Eve Ltd' }])
    const get = (path: string, workspace?: string) =>
      callBy(api, eve.cookie, {
        method: 'GET',
        path,
        ...(workspace === undefined ? {} : { headers: { 'x-trailpost-workspace': workspace } }),
      })
    expect((await get('settings')).json()).toMatchObject({ code: 'workspace_needed' })
    expect((await get('settings', eve.workspace)).statusCode).toBe(200)
    expect((await get('settings', owner.workspace)).json()).toMatchObject({ code: 'role_too_low' })
    expect((await get('affiliates', owner.workspace)).json()).toMatchObject({ code: 'role_too_low' })
    const { workspaces } = (await get('me')).json()
    expect(workspaces).toHaveLength(2)
    expect(workspaces).toContainEqual(
      expect.objectContaining({ id: eve.workspace, role: 'owner', affiliate: null }),
    )
    expect(workspaces).toContainEqual(
      expect.objectContaining({ id: owner.workspace, role: 'affiliate', affiliate: expect.anything() }),
    )
  })

  it('keeps the other one when the affiliate removes them', async () => {
    const { api, call, signUp, affiliates } = await openNetwork(stores, { signUp: 'approved' })
    const eve = await api.owner('eve@example.com')
    await signUp({ email: 'eve@example.com' })
    const [affiliate] = await affiliates()
    const users = `affiliates/${affiliate.id}/users`
    const [user] = (await call('GET', users)).json().items
    expect((await call('DELETE', `${users}/${user.id}`)).statusCode).toBe(204)
    expect((await callBy(api, eve.cookie, { method: 'GET', path: 'me' })).json().workspaces).toMatchObject([
      { role: 'owner' },
    ])
  })

  it('writes by its cookie from the dashboard’s own pages alone', async () => {
    const { api, signUp } = await openNetwork(stores, { signUp: 'approved' })
    const eve = await api.owner('eve@example.com')
    await signUp({ email: 'eve@example.com' })
    const create = (origin: string) =>
      callBy(api, eve.cookie, {
        method: 'POST',
        path: 'affiliates',
        payload: { name: 'a' },
        headers: { origin, 'x-trailpost-workspace': eve.workspace },
      })
    expect((await create('https://evil.example')).json()).toMatchObject({ code: 'untrusted_origin' })
    expect((await create(DASHBOARD_URL)).statusCode).toBe(201)
  })
})

describe('people of an affiliate', () => {
  const stores = useStores('sqlite')

  it('are added with a first password, and lose everything when they are removed', async () => {
    const { api, call } = await openNetwork(stores, {})
    const { id } = (await call('POST', 'affiliates', { name: 'Media' })).json()
    const users = `affiliates/${id}/users`
    const { name, email, password } = MEDIA
    const added = await call('POST', users, { name, email, password })
    expect(added.json()).toEqual({ id: expect.any(String), name, email })
    const cookie = await api.signIn(email, password)
    const me = () => callBy(api, cookie, { method: 'GET', path: 'me' })
    expect((await me()).json().workspaces).toMatchObject([{ role: 'affiliate', affiliate: { id } }])
    expect((await call('GET', 'members')).json().items).toHaveLength(1)
    expect((await call('DELETE', `members/${added.json().id}`)).statusCode).toBe(404)
    expect((await call('PATCH', `members/${added.json().id}`, { role: 'owner' })).statusCode).toBe(404)
    expect((await call('DELETE', `${users}/${added.json().id}`)).statusCode).toBe(204)
    expect((await me()).statusCode).toBe(401)
    expect((await call('GET', users)).json().items).toEqual([])
  })

  it('are not added under the address of somebody else, and whose it is stays untold', async () => {
    const { api, call } = await openNetwork(stores, {})
    const eve = await api.owner('eve@example.com')
    const { id } = (await call('POST', 'affiliates', { name: 'Media' })).json()
    for (const email of ['ada@example.com', 'EVE@example.com']) {
      const answer = await call('POST', `affiliates/${id}/users`, { name: 'x', email, password: PASSWORD })
      expect(answer.json()).toMatchObject({ status: 409, code: 'email_taken' })
      expect(answer.body).not.toContain(eve.workspace)
    }
    expect((await call('GET', `affiliates/${id}/users`)).json().items).toEqual([])
  })
})

async function openForeignAffiliate(api: TestApi): Promise<string> {
  const { cookie } = await api.owner('other@example.com')
  const payload = { name: 'foreign' }
  return (await callBy(api, cookie, { method: 'POST', path: 'affiliates', payload })).json().id
}

/** Accounts work, and no transaction of ours does. */
function brokenStore({ store }: TestApi): TestApi['store'] {
  const db = new Proxy(store.db, {
    get(target, name) {
      if (name === 'transaction') return () => ({ execute: () => Promise.reject(new Error('power loss')) })
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { ...store, db }
}
