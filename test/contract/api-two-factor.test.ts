import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { createWorkspace } from '../../src/store/workspaces.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { PLAIN_WORKSPACE } from '../support/field-defaults.ts'
import { authenticatorOf, totpOf } from '../support/totp.ts'
import { cookieOf, DASHBOARD_URL, openTestApi, PASSWORD, type TestApi } from './api-harness.ts'

const MY_PASSWORD = { password: PASSWORD }

type Answer = Awaited<ReturnType<typeof post>>

async function post(api: TestApi, path: string, cookie: string, payload: object = {}) {
  const headers = { cookie, origin: DASHBOARD_URL }
  return await api.app.inject({ method: 'POST', url: `/api/${path}`, headers, payload })
}

async function get(api: TestApi, path: string, cookie: string) {
  return await api.app.inject({ url: `/api/v1/${path}`, headers: { cookie } })
}

/** Turns it on and returns what an authenticator app needs, the backup codes, and the session that goes on. */
async function turnOn(api: TestApi, cookie: string, password = PASSWORD) {
  const asked = await post(api, 'auth/two-factor/enable', cookie, { password })
  const { totpURI, backupCodes } = asked.json()
  const nextCode = authenticatorOf(totpURI)
  const code = await nextCode()
  const verified = await post(api, 'auth/two-factor/verify-totp', cookie, { code })
  expect(verified.statusCode).toBe(200)
  return {
    totpURI: String(totpURI),
    nextCode,
    code,
    backupCodes: backupCodes as string[],
    cookie: cookieOf(verified),
  }
}

/** The password is right; the cookie is for the second step alone. */
async function firstStep(api: TestApi, email: string): Promise<Answer> {
  return await post(api, 'auth/sign-in/email', '', { email, password: PASSWORD })
}

function wrongCode(uri: string): string {
  const near = [-2, -1, 0, 1, 2].map((steps) => totpOf(uri, Date.now() + steps * 30_000))
  return (
    ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !near.includes(code)) ?? ''
  )
}

describe.each(SQL_ENGINES)('two-factor sign-in on %s', (engine) => {
  const stores = useStores(engine)

  it('begins no session before the second step, which takes the right code alone', async () => {
    const api = await openTestApi(stores)
    const { cookie } = await api.owner('ada@example.com')
    const { totpURI, nextCode } = await turnOn(api, cookie)
    const first = await firstStep(api, 'ada@example.com')
    expect(first.json()).toEqual({ twoFactorRedirect: true, twoFactorMethods: ['totp'] })
    expect((await get(api, 'me', cookieOf(first))).statusCode).toBe(401)

    const refused = await post(api, 'auth/two-factor/verify-totp', cookieOf(first), {
      code: wrongCode(totpURI),
    })
    expect(refused.json()).toMatchObject({ status: 401, code: 'invalid_code' })
    expect((await get(api, 'me', cookieOf(first))).statusCode).toBe(401)

    const code = await nextCode()
    const second = await post(api, 'auth/two-factor/verify-totp', cookieOf(first), { code })
    const me = await get(api, 'me', cookieOf(second))
    expect(me.json()).toMatchObject({ user: { email: 'ada@example.com', hasTwoFactor: true } })
    // A code without the first step opens nothing.
    expect((await post(api, 'auth/two-factor/verify-totp', '', { code })).statusCode).toBe(401)
  })

  it('takes each backup code once', async () => {
    const api = await openTestApi(stores)
    const { cookie } = await api.owner('ada@example.com')
    const { backupCodes } = await turnOn(api, cookie)
    expect(backupCodes).toHaveLength(10)
    const [code] = backupCodes
    const once = await firstStep(api, 'ada@example.com')
    const entered = await post(api, 'auth/two-factor/verify-backup-code', cookieOf(once), { code })
    expect((await get(api, 'me', cookieOf(entered))).statusCode).toBe(200)
    const again = await firstStep(api, 'ada@example.com')
    const refused = await post(api, 'auth/two-factor/verify-backup-code', cookieOf(again), { code })
    expect(refused.json()).toMatchObject({ status: 401, code: 'invalid_backup_code' })
  })

  it('keeps neither the secret nor a backup code as it is', async () => {
    const api = await openTestApi(stores)
    const { cookie } = await api.owner('ada@example.com')
    const { totpURI, backupCodes } = await turnOn(api, cookie)
    const { rows } = await sql<object>`select * from auth_two_factors`.execute(api.store.db)
    const stored = JSON.stringify(rows)
    expect(rows).toHaveLength(1)
    expect(stored).not.toContain(backupCodes[0])
    expect(stored).not.toContain(new URL(totpURI).searchParams.get('secret'))
  })

  it('takes no more codes after too many wrong ones', async () => {
    const api = await openTestApi(stores)
    const { cookie } = await api.owner('ada@example.com')
    const { totpURI, nextCode } = await turnOn(api, cookie)
    const first = cookieOf(await firstStep(api, 'ada@example.com'))
    for (let n = 0; n < 5; n += 1) {
      await post(api, 'auth/two-factor/verify-totp', first, { code: wrongCode(totpURI) })
    }
    const right = { code: await nextCode() }
    expect((await post(api, 'auth/two-factor/verify-totp', first, right)).statusCode).toBe(400)
  })

  it('is turned on and off with the password alone', async () => {
    const api = await openTestApi(stores)
    const { cookie } = await api.owner('ada@example.com')
    const wrong = { password: 'not my password' }
    expect((await post(api, 'auth/two-factor/enable', cookie, wrong)).statusCode).toBe(400)
    const on = await turnOn(api, cookie)
    expect((await post(api, 'auth/two-factor/disable', on.cookie, wrong)).statusCode).toBe(400)
    const off = await post(api, 'auth/two-factor/disable', on.cookie, { password: PASSWORD })
    expect((await get(api, 'me', cookieOf(off))).json()).toMatchObject({ user: { hasTwoFactor: false } })
    expect((await firstStep(api, 'ada@example.com')).json()).toMatchObject({
      user: { email: 'ada@example.com' },
    })
  })

  it('where it is required, who has none reaches their account and nothing else', async () => {
    const api = await openTestApi(stores)
    const { cookie: bare } = await api.owner('ada@example.com')
    const patch = async (cookie: string) =>
      await api.app.inject({
        method: 'PATCH',
        url: '/api/v1/settings',
        headers: { cookie },
        payload: { requireTwoFactor: true },
      })
    expect((await patch(bare)).json()).toMatchObject({ status: 422, errors: [{ field: 'requireTwoFactor' }] })
    const { cookie } = await turnOn(api, bare)
    const bob = { name: 'Bob', email: 'bob@example.com', password: PASSWORD }
    await post(api, 'v1/members', cookie, { ...bob, role: 'manager' })
    const bobs = await api.signIn(bob.email, PASSWORD)
    const key = (await post(api, 'v1/api-keys', cookie, { name: 'key', role: 'viewer' })).json().key
    expect((await get(api, 'offers', bobs)).statusCode).toBe(200)
    expect((await patch(cookie)).json()).toMatchObject({ requireTwoFactor: true })

    expect((await get(api, 'offers', bobs)).json()).toMatchObject({
      status: 403,
      code: 'two_factor_required',
    })
    expect((await get(api, 'me', bobs)).json()).toMatchObject({
      user: { hasTwoFactor: false },
      workspaces: [{ requiresTwoFactor: true }],
    })
    const headers = { authorization: `Bearer ${key}` }
    expect((await api.app.inject({ url: '/api/v1/offers', headers })).statusCode).toBe(200)
    const on = await turnOn(api, bobs)
    expect((await get(api, 'offers', on.cookie)).statusCode).toBe(200)
  })

  it('an owner sees who has it, and takes it from a member who lost it, who is signed out', async () => {
    const api = await openTestApi(stores)
    const { cookie } = await api.owner('ada@example.com')
    const bob = { name: 'Bob', email: 'bob@example.com', password: PASSWORD, role: 'manager' }
    const { id } = (await post(api, 'v1/members', cookie, bob)).json()
    const { cookie: bobs } = await turnOn(api, await api.signIn(bob.email, PASSWORD))
    const seen = async (as: string) =>
      (await get(api, 'members', as)).json().items.find((member: { id: string }) => member.id === id)
    expect(await seen(cookie)).toMatchObject({ hasTwoFactor: true })
    expect(await seen(bobs)).toMatchObject({ hasTwoFactor: null })

    const path = `v1/members/${id}/reset-two-factor`
    expect((await post(api, path, bobs, MY_PASSWORD)).statusCode).toBe(403)
    const reset = await post(api, path, cookie, MY_PASSWORD)
    expect(reset.json()).toMatchObject({ id, hasTwoFactor: false })
    expect((await get(api, 'me', bobs)).statusCode).toBe(401)
    await api.signIn(bob.email, PASSWORD)
    const log = (await get(api, 'audit-log?action=member.reset', cookie)).json().items
    expect(log).toMatchObject([{ action: 'member.reset_two_factor', subjectName: 'Bob', actorName: 'Ada' }])
  })

  it('is told to the workspace by its audit log when it is turned on and off, and not at each sign-in', async () => {
    const api = await openTestApi(stores)
    const { cookie } = await api.owner('ada@example.com')
    const { nextCode } = await turnOn(api, cookie)
    const first = cookieOf(await firstStep(api, 'ada@example.com'))
    const code = await nextCode()
    const second = cookieOf(await post(api, 'auth/two-factor/verify-totp', first, { code }))
    const off = await post(api, 'auth/two-factor/disable', second, { password: PASSWORD })
    const log = (await get(api, 'audit-log?action=member.', cookieOf(off))).json().items
    expect(log).toMatchObject([
      { action: 'member.turn_off_two_factor', actorName: 'Ada', subjectName: 'Ada' },
      { action: 'member.turn_on_two_factor' },
    ])
    expect(log).toHaveLength(2)
  })

  it('is not taken by an owner from a person of another workspace too', async () => {
    const api = await openTestApi(stores)
    const { cookie } = await api.owner('ada@example.com')
    const bob = { name: 'Bob', email: 'bob@example.com', password: PASSWORD, role: 'viewer' }
    const { id } = (await post(api, 'v1/members', cookie, bob)).json()
    const other = await createWorkspace(api.store.db, PLAIN_WORKSPACE, Date.now())
    await api.deps.accounts.addWorkspace({ id: other.id, name: 'Other', ownerId: id })
    const refused = await post(api, `v1/members/${id}/reset-two-factor`, cookie, MY_PASSWORD)
    expect(refused.json()).toMatchObject({ status: 409, code: 'belongs_elsewhere' })
  })

  it('is taken from a member by a person alone, who says their own password, and never from oneself', async () => {
    const api = await openTestApi(stores)
    const owner = await api.owner('ada@example.com')
    const bob = { name: 'Bob', email: 'bob@example.com', password: 'battery correct horse', role: 'manager' }
    const { id } = (await post(api, 'v1/members', owner.cookie, bob)).json()
    const { cookie: bobs } = await turnOn(api, await api.signIn(bob.email, bob.password), bob.password)
    const { cookie } = await turnOn(api, owner.cookie)
    const { key } = (await post(api, 'v1/api-keys', cookie, { name: 'key', role: 'owner' })).json()
    const url = `/api/v1/members/${id}/reset-two-factor`

    const headers = { authorization: `Bearer ${key}` }
    const byKey = await api.app.inject({ method: 'POST', url, headers, payload: MY_PASSWORD })
    expect(byKey.json()).toMatchObject({ status: 403, code: 'person_needed' })
    const own = await post(api, `v1/members/${owner.userId}/reset-two-factor`, cookie, MY_PASSWORD)
    expect(own.json()).toMatchObject({ status: 409, code: 'own_account' })
    const wrong = await post(api, `v1/members/${id}/reset-two-factor`, cookie, { password: bob.password })
    expect(wrong.json()).toMatchObject({ status: 422, errors: [{ field: 'password' }] })
    expect((await post(api, `v1/members/${id}/reset-two-factor`, cookie)).statusCode).toBe(400)
    for (const [as, email] of [
      [cookie, 'ada@example.com'],
      [bobs, bob.email],
    ] as const) {
      expect((await get(api, 'me', as)).json()).toMatchObject({ user: { email, hasTwoFactor: true } })
    }
  })

  it('ends the sessions from before it, but the one that turned it on', async () => {
    const api = await openTestApi(stores)
    const { cookie } = await api.owner('ada@example.com')
    const stolen = await api.signIn('ada@example.com', PASSWORD)
    expect((await get(api, 'me', stolen)).statusCode).toBe(200)
    const on = await turnOn(api, cookie)
    expect((await get(api, 'me', stolen)).statusCode).toBe(401)
    expect((await get(api, 'me', cookie)).statusCode).toBe(401)
    expect((await get(api, 'me', on.cookie)).statusCode).toBe(200)
    // Later sign-ins end nobody's session.
    const first = cookieOf(await firstStep(api, 'ada@example.com'))
    await post(api, 'auth/two-factor/verify-totp', first, { code: await on.nextCode() })
    expect((await get(api, 'me', on.cookie)).statusCode).toBe(200)
  })

  it('is reset once more after a crash in the middle, at whatever was done by then', async () => {
    const api = await openTestApi(stores)
    const { cookie, userId } = await api.owner('ada@example.com')
    const reset = async () => await api.deps.accounts.resetTwoFactor(userId)
    expect(await reset()).toBe(false)
    await turnOn(api, cookie)
    await sql`delete from auth_two_factors`.execute(api.store.db)
    expect(await reset()).toBe(true)
    await turnOn(api, await api.signIn('ada@example.com', PASSWORD))
    await sql`update auth_users set ${sql.ref('twoFactorEnabled')} = ${engine === 'sqlite' ? 0 : false}`.execute(
      api.store.db,
    )
    expect(await reset()).toBe(true)
    expect(await reset()).toBe(false)
    expect((await firstStep(api, 'ada@example.com')).json()).toMatchObject({ user: { id: userId } })
  })

  it('takes each code of the app once, also from two who say it at the same time', async () => {
    const api = await openTestApi(stores)
    const { cookie } = await api.owner('ada@example.com')
    const { code: used, nextCode } = await turnOn(api, cookie)
    const say = async (code: string) => {
      const first = cookieOf(await firstStep(api, 'ada@example.com'))
      return await post(api, 'auth/two-factor/verify-totp', first, { code })
    }
    expect((await say(used)).json()).toMatchObject({ status: 401, code: 'invalid_code' })
    const code = await nextCode()
    const answers = await Promise.all([say(code), say(code)])
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200, 401]))
    expect((await say(code)).json()).toMatchObject({ status: 401, code: 'invalid_code' })
  })

  it('tells the workspace of second steps that failed, once a minute', async () => {
    let now = Date.now()
    const api = await openTestApi(stores, { clock: () => now })
    const { cookie } = await api.owner('ada@example.com')
    const on = await turnOn(api, cookie)
    const told = async () => (await get(api, 'audit-log?action=member.fail', on.cookie)).json().items.length
    const first = cookieOf(await firstStep(api, 'ada@example.com'))
    expect(await told()).toBe(0)
    await post(api, 'auth/two-factor/verify-totp', first, { code: wrongCode(on.totpURI) })
    await post(api, 'auth/two-factor/verify-backup-code', first, { code: 'wrong-wrong' })
    expect(await told()).toBe(1)
    now += 60_000
    await post(api, 'auth/two-factor/verify-backup-code', first, { code: 'wrong-wrong' })
    expect(await told()).toBe(2)
    const log = (await get(api, 'audit-log?action=member.fail', on.cookie)).json().items
    expect(log[0]).toMatchObject({ action: 'member.fail_two_factor', subjectName: 'Ada' })
  })

  it('signs in and out though the audit log can not be written', async () => {
    const api = await openTestApi(stores)
    const { cookie } = await api.owner('ada@example.com')
    await sql`alter table audit_log rename to audit_log_away`.execute(api.store.db)
    const on = await turnOn(api, cookie)
    expect((await get(api, 'me', on.cookie)).json()).toMatchObject({ user: { hasTwoFactor: true } })
    const first = cookieOf(await firstStep(api, 'ada@example.com'))
    const wrong = await post(api, 'auth/two-factor/verify-totp', first, { code: wrongCode(on.totpURI) })
    expect(wrong.json()).toMatchObject({ status: 401, code: 'invalid_code' })
  })

  it('shows no secret again, and sends no code by other ways', async () => {
    const api = await openTestApi(stores)
    const { cookie } = await turnOn(api, (await api.owner('ada@example.com')).cookie)
    for (const path of ['get-totp-uri', 'send-otp', 'verify-otp', 'view-backup-codes']) {
      const answer = await post(api, `auth/two-factor/${path}`, cookie, { password: PASSWORD })
      expect([path, answer.statusCode]).toEqual([path, 404])
    }
  })
})
