import { describe, expect, it } from 'vitest'
import { archiveAffiliate, updateAffiliate } from '../../src/store/affiliates.ts'
import { updateWorkspace } from '../../src/store/workspaces.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { callRoute, ROUTES, type Route } from './api-calls.ts'
import { DASHBOARD_URL, openTestApi, type TestApi } from './api-harness.ts'
import { addAffiliateManager, addParty, addSignedIn, createWorldWithParty, type Party } from './api-party.ts'
import { createWorld, NOW } from './api-world.ts'

const PORTAL = '/api/v1/portal/'
const HOUR_MS = 3_600_000
/** What reads of the portal, though one asks it by POST. */
const READS = ROUTES.filter(({ url, method, key }) => {
  return url.startsWith(PORTAL) && (method === 'GET' || key.startsWith(`POST ${PORTAL}reports`))
})
const WRITES = ROUTES.filter(({ url, key }) => {
  return url.startsWith(PORTAL) && READS.every((route) => route.key !== key)
})

type Rig = Awaited<ReturnType<typeof openRig>>
type Headers = Readonly<Record<string, string>>

describe.each(SQL_ENGINES)('the portal of an affiliate, seen by its network, on %s', (engine) => {
  const stores = useStores(engine)
  const open = () => openRig(stores)

  it('shows on every reading route what the affiliate itself reads', async () => {
    const rig = await open()
    await begin(rig, { cookie: rig.owner })
    expect(READS.length).toBeGreaterThan(12)
    for (const route of READS) {
      const own = await callRoute(rig.api, route, { by: rig.party }, bearer(rig.party.key))
      const seen = await callRoute(rig.api, route, { by: rig.party }, look(rig, rig.owner))
      expect([route.key, seen.statusCode]).toEqual([route.key, 200])
      const isText = !route.url.endsWith('/pdf')
      if (isText) expect([route.key, timeless(seen.body)]).toEqual([route.key, timeless(own.body)])
    }
  })

  it('is open to owners, managers and the affiliate’s own affiliate manager', async () => {
    const rig = await open()
    for (const cookie of [rig.owner, rig.manager, rig.ownManager]) {
      expect((await begin(rig, { cookie })).statusCode).toBe(200)
      const me = await read(rig, 'me', look(rig, cookie))
      expect(me.json()).toMatchObject({ id: rig.party.affiliateId })
    }
  })

  it('refuses every change with a problem that says why, and changes nothing', async () => {
    const rig = await open()
    await begin(rig, { cookie: rig.owner })
    const before = await rig.counts()
    expect(WRITES.length).toBeGreaterThan(8)
    for (const route of WRITES) {
      const answer = await ask(rig, route)
      expect([route.key, answer.json().status, answer.json().code]).toEqual([
        route.key,
        403,
        'portal_view_reads',
      ])
    }
    expect(await rig.counts()).toEqual(before)
  })

  it('is open to no viewer, no affiliate, no other manager, no other workspace and no API key', async () => {
    const rig = await open()
    const { api, party } = rig
    const { workspace } = party
    const viewer = await addSignedIn(api, { workspace, role: 'viewer' })
    const otherManager = await addAffiliateManager(api, workspace)
    const foreign = await createWorldWithParty(api, 'BETA', { signedIn: true })
    const affiliate = await rig.affiliatesPerson()
    const refused: readonly [who: string, headers: Headers, status: number, code: string][] = [
      ['viewer', { cookie: viewer.cookie }, 403, 'role_too_low'],
      ['another manager', { cookie: otherManager.cookie }, 404, 'not_found'],
      ['an owner elsewhere', { cookie: foreign.cookie ?? '' }, 404, 'not_found'],
      ['the affiliate', { cookie: affiliate }, 403, 'role_too_low'],
      ['a key of the owner', bearer(party.keys.owner), 403, 'person_needed'],
      ['a key of a manager', bearer(party.keys.manager), 403, 'person_needed'],
      ['its own key', bearer(party.key), 403, ''],
    ]
    // Somebody else began to look: it opens nothing to others.
    await begin(rig, { cookie: rig.owner })
    for (const [who, headers, status, code] of refused) {
      const began = await begin(rig, headers)
      expect([who, began.statusCode]).toEqual([who, status])
      const answer = await read(rig, 'me', { ...headers, ...rig.names })
      expect([who, answer.statusCode, answer.json().code]).toEqual([who, status, code || 'person_needed'])
      expect(answer.body).not.toContain(party.mark)
    }
  })

  it('is no way to any other route', async () => {
    const rig = await open()
    await begin(rig, { cookie: rig.owner })
    for (const route of ROUTES.filter(({ access }) => access !== 'public' && access !== 'affiliate')) {
      const answer = await ask(rig, route)
      expect([route.key, answer.json().code]).toEqual([route.key, 'not_of_the_portal'])
    }
  })

  it('is written to the audit log, and closed to who did not begin or began an hour ago', async () => {
    const rig = await open()
    const read = () => rig.api.app.inject({ url: `${PORTAL}offers`, headers: look(rig, rig.owner) })
    expect((await read()).json()).toMatchObject({ status: 403, code: 'portal_view_ended' })
    await begin(rig, { cookie: rig.manager })
    expect((await read()).statusCode).toBe(403)
    const began = await begin(rig, { cookie: rig.owner })
    expect(began.json()).toEqual({
      affiliateId: rig.party.affiliateId,
      until: new Date(rig.clock.now + HOUR_MS).toISOString(),
    })
    const url = '/api/v1/audit-log?action=portal.'
    const log = await rig.api.app.inject({ url, headers: { cookie: rig.owner } })
    expect(log.json().items).toHaveLength(2)
    expect(log.json().items[0]).toMatchObject({
      action: 'portal.view',
      actorKind: 'person',
      subjectType: 'affiliate',
      subjectId: rig.party.affiliateId,
    })
    rig.clock.now += HOUR_MS - 1
    expect((await read()).statusCode).toBe(200)
    rig.clock.now += 1
    expect((await read()).json()).toMatchObject({ status: 403, code: 'portal_view_ended' })
  })

  it('shows of an affiliate that is paused its status alone, and is not begun of one that is archived', async () => {
    const rig = await open()
    await begin(rig, { cookie: rig.owner })
    const { db } = rig.api.store
    const key = { workspace: rig.party.workspace, id: rig.party.affiliateId }
    await updateAffiliate(db, key, { status: 'paused' }, NOW)
    const ask = (path: string) =>
      rig.api.app.inject({ url: `${PORTAL}${path}`, headers: look(rig, rig.owner) })
    expect((await ask('me')).json()).toMatchObject({ status: 'paused' })
    expect((await ask('offers')).json()).toMatchObject({ status: 403, code: 'affiliate_paused' })
    await archiveAffiliate(db, key, NOW)
    expect((await begin(rig, { cookie: rig.owner })).json()).toMatchObject({ status: 409 })
  })

  it('asks whoever looks for a second factor where the workspace does', async () => {
    const rig = await open()
    await begin(rig, { cookie: rig.owner })
    await updateWorkspace(rig.api.store.db, rig.party.workspace, { requireTwoFactor: true }, NOW)
    const answer = await rig.api.app.inject({ url: `${PORTAL}me`, headers: look(rig, rig.owner) })
    expect(answer.json()).toMatchObject({ status: 403, code: 'two_factor_required' })
  })
})

async function openRig(stores: Parameters<typeof openTestApi>[0]) {
  const clock = { now: NOW }
  const api = await openTestApi(stores, { clock: () => clock.now })
  const world = await createWorld(api, 'ALPHA', { signedIn: true })
  const { workspace } = world
  const manager = await addSignedIn(api, { workspace, role: 'manager' })
  const ownManager = await addAffiliateManager(api, workspace)
  const party = await addParty(api, world, { mark: 'OWN', managerId: ownManager.id })
  return {
    api,
    clock,
    party,
    names: { 'x-trailpost-portal-of': party.affiliateId },
    owner: world.cookie ?? '',
    manager: manager.cookie,
    ownManager: ownManager.cookie,
    counts: () => rowsOf(api, workspace),
    affiliatesPerson: () => personOf(api, party),
  }
}

async function personOf(api: TestApi, { affiliateId, keys }: Party): Promise<string> {
  const person = { email: 'pat@example.com', name: 'Pat', password: 'correct horse battery' }
  const answer = await api.app.inject({
    method: 'POST',
    url: `/api/v1/affiliates/${affiliateId}/users`,
    headers: bearer(keys.owner),
    payload: person,
  })
  expect(answer.statusCode).toBe(201)
  return await api.signIn(person.email, person.password)
}

async function begin({ api, party }: Rig, headers: Headers) {
  const url = `/api/v1/affiliates/${party.affiliateId}/portal-view`
  return await api.app.inject({ method: 'POST', url, headers: { ...headers, origin: DASHBOARD_URL } })
}

async function read({ api }: Rig, path: string, headers: Headers) {
  return await api.app.inject({ url: `${PORTAL}${path}`, headers })
}

/** What is refused is refused before its ids and its body are read. */
async function ask(rig: Rig, { method, url }: Route) {
  const headers = look(rig, rig.owner)
  return await rig.api.app.inject({ method, url: url.replaceAll(/:\w+/g, 'x'), headers })
}

function look({ names }: Rig, cookie: string): Record<string, string> {
  return { cookie, origin: DASHBOARD_URL, ...names }
}

function bearer(key: string): Record<string, string> {
  return { authorization: `Bearer ${key}` }
}

/** When a key was last used is another time with each call. */
function timeless(body: string): string {
  return body.replaceAll(/"lastUsedAt":[^,}]+/g, '')
}

/** Of what an affiliate may change. */
async function rowsOf({ store: { db } }: TestApi, workspace: string) {
  const tables = ['affiliates', 'affiliate_offers', 'notification_targets', 'api_keys', 'audit_log'] as const
  const rows: unknown[] = []
  for (const table of tables) {
    rows.push(await db.selectFrom(table).selectAll().where('workspace', '=', workspace).execute())
  }
  return rows
}
