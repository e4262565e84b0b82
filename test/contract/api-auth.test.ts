import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { cookieOf, DASHBOARD_URL, openTestApi, PASSWORD, PUBLIC_URL } from './api-harness.ts'

const OWNER = {
  email: 'ada@example.com',
  password: PASSWORD,
  name: 'Ada',
  workspaceName: 'Analytical',
  currency: 'eur',
  timeZone: 'Europe/Berlin',
}

const ORIGINS = [
  [DASHBOARD_URL, 200],
  ['http://127.0.0.1:8081', 200],
  ['https://evil.example', 403],
  ['http://localhost:9999', 403],
  ['null', 403],
] as const

describe.each(SQL_ENGINES)('set-up and sessions on %s', (engine) => {
  const stores = useStores(engine)

  it('a set-up link makes the first owner, signs them in, and works once', async () => {
    const api = await openTestApi(stores)
    expect((await api.app.inject('/api/v1/setup')).json()).toEqual({ needed: true })
    const token = await api.setupToken()
    const set = (payload: object) => api.app.inject({ method: 'POST', url: '/api/v1/setup', payload })

    expect((await set({ ...OWNER, token: 'guess' })).json()).toMatchObject({ code: 'bad_setup_token' })
    const done = await set({ ...OWNER, token })
    expect(done.statusCode).toBe(201)
    expect(done.body).not.toContain(PASSWORD)
    expect(done.headers['set-cookie']).toMatch(/trailpost\.session_token=.*HttpOnly.*SameSite=Lax/)
    const me = await api.app.inject({ url: '/api/v1/me', headers: { cookie: cookieOf(done) } })
    expect(me.json()).toMatchObject({
      installation: { hasAsnDatabase: false, publicUrl: PUBLIC_URL },
      user: { email: OWNER.email },
      workspaces: [{ name: 'Analytical', role: 'owner' }],
    })

    expect((await set({ ...OWNER, token })).json()).toMatchObject({ status: 409, code: 'already_set_up' })
    expect((await api.app.inject('/api/v1/setup')).json()).toEqual({ needed: false })
  })

  it('a password that is reset signs in, the one before does not, and sessions end', async () => {
    const api = await openTestApi(stores)
    const { cookie, userId } = await api.owner('ada@example.com')
    await api.deps.accounts.resetPassword(userId, 'another 123')
    const me = await api.app.inject({ url: '/api/v1/me', headers: { cookie } })
    expect(me.statusCode).toBe(401)
    const signIn = async (password: string) => {
      const payload = { email: 'ada@example.com', password }
      const headers = { origin: DASHBOARD_URL }
      const url = '/api/auth/sign-in/email'
      return (await api.app.inject({ method: 'POST', url, headers, payload })).statusCode
    }
    expect([await signIn(PASSWORD), await signIn('another 123')]).toEqual([401, 200])
  })

  it('a set-up that fails leaves its link valid', async () => {
    const api = await openTestApi(stores)
    const token = await api.setupToken()
    const broken = { ...api.deps.accounts, addWorkspace: () => Promise.reject(new Error('power loss')) }
    const failing = await openTestApi(stores, { ...api.deps, accounts: broken })
    const post = { method: 'POST', url: '/api/v1/setup', payload: { ...OWNER, token } } as const
    expect((await failing.app.inject(post)).statusCode).toBe(500)
    expect((await api.app.inject(post)).statusCode).toBe(201)
  })

  it('of two set-ups at once one wins', async () => {
    const api = await openTestApi(stores)
    const token = await api.setupToken()
    const post = (email: string) =>
      api.app.inject({ method: 'POST', url: '/api/v1/setup', payload: { ...OWNER, email, token } })
    const answers = await Promise.all([post('a@example.com'), post('b@example.com')])
    expect(answers.map((answer) => answer.statusCode).filter((status) => status === 201)).toEqual([201])
  })

  it('keeps only the hash of the set-up token on disk', async () => {
    const api = await openTestApi(stores)
    const token = await api.setupToken()
    expect(readFileSync(join(api.deps.dataDir, 'setup-token'), 'utf8')).not.toContain(token)
  })

  it('a password signs in, a wrong one does not, and signing out ends the session', async () => {
    const api = await openTestApi(stores)
    const { cookie } = await api.owner('ada@example.com')
    await expect(api.signIn('ada@example.com', 'wrong password')).rejects.toThrow(
      'INVALID_EMAIL_OR_PASSWORD'.toLowerCase(),
    )
    const me = () => api.app.inject({ url: '/api/v1/me', headers: { cookie } })
    expect((await me()).statusCode).toBe(200)
    await api.app.inject({
      method: 'POST',
      url: '/api/auth/sign-out',
      headers: { cookie, origin: DASHBOARD_URL },
    })
    expect((await me()).json()).toMatchObject({ status: 401, code: 'not_signed_in' })
  })
})

describe('the doors that stay closed', () => {
  const stores = useStores('sqlite')

  it('are all that better-auth has besides the listed ones', async () => {
    const api = await openTestApi(stores)
    const { cookie } = await api.owner('ada@example.com')
    const headers = { cookie, origin: DASHBOARD_URL }
    const payload = { email: 'eve@example.com', password: PASSWORD, name: 'Eve' }
    for (const path of ['sign-up/email', 'organization/create', 'organization/add-member', 'delete-user']) {
      const answer = await api.app.inject({ method: 'POST', url: `/api/auth/${path}`, headers, payload })
      expect(answer.json(), path).toMatchObject({ status: 404, code: 'not_found' })
    }
    for (const path of ['reference', 'ok', 'organization/list-members']) {
      const answer = await api.app.inject({ url: `/api/auth/${path}`, headers })
      expect(answer.json(), path).toMatchObject({ status: 404, code: 'not_found' })
    }
  })

  it('sign-in and sign-out are open to pages of the dashboard alone', async () => {
    const api = await openTestApi(stores)
    const { cookie } = await api.owner('ada@example.com')
    const payload = { email: 'ada@example.com', password: PASSWORD }
    const signIn = { method: 'POST', url: '/api/auth/sign-in/email', payload } as const
    const signOut = { method: 'POST', url: '/api/auth/sign-out' } as const
    for (const [origin, status] of ORIGINS) {
      const answers = [
        await api.app.inject({ ...signIn, headers: { origin } }),
        await api.app.inject({ ...signIn, headers: { origin, cookie } }),
        await api.app.inject({ ...signOut, headers: { origin, cookie } }),
      ]
      expect(
        answers.map((answer) => answer.statusCode),
        origin,
      ).toEqual([status, status, status])
    }
  })

  it('guessing passwords is stopped after some tries', async () => {
    const api = await openTestApi(stores)
    // No e-mail address, so that no password is hashed; what counts is the number of tries.
    const payload = { email: 'ada', password: 'guess' }
    const guess = { method: 'POST', url: '/api/auth/sign-in/email', payload } as const
    let answer = await api.app.inject(guess)
    for (let n = 0; n < 20; n += 1) answer = await api.app.inject(guess)
    expect(answer.json()).toMatchObject({ status: 429, code: 'too_many_requests' })
    expect(answer.headers['retry-after']).toBeDefined()
  })
})
