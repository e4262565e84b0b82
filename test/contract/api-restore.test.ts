import { describe, expect, it } from 'vitest'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { ROUTES } from './api-calls.ts'
import { openTestApi } from './api-harness.ts'
import { createWorld } from './api-world.ts'

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** Every kind that can be archived by a route has one that takes it back. */
const KINDS = ROUTES.filter(({ key }) => key.endsWith('/:id/restore')).map(
  ({ url }) => url.split('/')[3] ?? '',
)

describe.each(SQL_ENGINES)('what was archived on %s', (engine) => {
  const stores = useStores(engine)

  async function open() {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const call = async (method: Method, path: string, payload?: object) => {
      const headers = { authorization: `Bearer ${world.keys.manager}` }
      const url = `/api/v1/${path}`
      const answer = await api.app.inject({
        method,
        url,
        headers,
        ...(payload === undefined ? {} : { payload }),
      })
      return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
    }
    return { api, world, call }
  }

  it('of every kind is listed apart and found by its id or name, comes back as it was, and is told in the audit log', async () => {
    const { api, world, call } = await open()
    expect(KINDS.length).toBeGreaterThanOrEqual(11)
    for (const kind of KINDS) {
      const id = await world.make(kind)
      const before = (await call('GET', `${kind}/${id}`)).body
      expect([kind, (await call('DELETE', `${kind}/${id}`)).status]).toEqual([kind, 204])
      const archived = (await call('GET', `${kind}?archived=true`)).body.items
      expect(archived, kind).toMatchObject([{ id, archivedAt: expect.any(String) }])
      const named = (await call('GET', `${kind}?ids=nobody,${id}`)).body.items
      expect(named, kind).toMatchObject([{ id, name: before.name }])
      const search = encodeURIComponent(String(before.name).slice(1).toUpperCase())
      expect((await call('GET', `${kind}?archived=true&search=${search}`)).body.items, kind).toMatchObject([
        { id },
      ])
      expect((await call('GET', `${kind}?archived=true&search=%25`)).body.items, kind).toEqual([])
      const restored = await call('POST', `${kind}/${id}/restore`)
      const { updatedAt: _, ...same } = before
      expect(restored, kind).toMatchObject({ status: 200, body: { ...same, archivedAt: null } })
      expect((await call('GET', `${kind}?archived=true`)).body.items).toEqual([])
      const listed: { id: string }[] = (await call('GET', kind)).body.items
      expect(listed.map((item) => item.id)).toContain(id)
      const rows = await api.store.db
        .selectFrom('audit_log')
        .select('action')
        .where('subject_id', '=', id)
        .orderBy('at')
        .orderBy('id')
        .execute()
      expect(rows.map(({ action }) => action.split('.')[1])).toEqual(['create', 'archive', 'restore'])
    }
  })

  it('comes back to the edges by a newer version of the configuration', async () => {
    const { api, world, call } = await open()
    const id = await world.make('landers')
    await call('DELETE', `landers/${id}`)
    const version = async () =>
      (await api.store.db.selectFrom('config_version').select('version').executeTakeFirstOrThrow()).version
    const before = await version()
    await call('POST', `landers/${id}/restore`)
    expect(await version()).toBeGreaterThan(before)
  })

  it('is left as it is when it is in use', async () => {
    const { api, world, call } = await open()
    const path = `offers/${world.ids.offers}`
    const before = (await call('GET', path)).body
    expect(await call('POST', `${path}/restore`)).toEqual({ status: 200, body: before })
    const log = await api.store.db
      .selectFrom('audit_log')
      .select('action')
      .where('action', '=', 'offer.restore')
      .execute()
    expect(log).toEqual([])
  })

  it('does not come back when another has its legacy id, name or token now', async () => {
    const { world, call } = await open()
    const campaign = {
      name: 'C',
      trafficSourceId: world.ids['traffic-sources'],
      paths: [{ offers: [{ id: world.ids.offers, weight: 1 }] }],
    }
    const taken: readonly [kind: string, body: object, field: string][] = [
      ['campaigns', { ...campaign, legacyIds: ['voluum:7'] }, 'legacyIds.0'],
      ['landers', { name: 'L', url: 'https://l.example/', legacyIds: ['voluum:7'] }, 'legacyIds.0'],
      ['offers', { name: 'O', url: 'https://o.example/', legacyIds: ['voluum:7'] }, 'legacyIds.0'],
      ['affiliates', { name: 'A', legacyIds: ['voluum:7'] }, 'legacyIds.0'],
      ['domains', { name: 'go.example' }, 'name'],
      ['events', { name: 'deposit' }, 'name'],
      ['affiliate-networks', { name: 'N', token: 'the-same' }, 'token'],
    ]
    for (const [kind, body, field] of taken) {
      const { id } = (await call('POST', kind, body)).body
      await call('DELETE', `${kind}/${id}`)
      expect((await call('POST', kind, body)).status, kind).toBe(201)
      const refused = await call('POST', `${kind}/${id}/restore`)
      expect(refused, kind).toMatchObject({ status: 422, body: { errors: [{ field }] } })
      expect((await call('GET', `${kind}/${id}`)).body.archivedAt).not.toBeNull()
    }
  })

  it('does not come back before what it needs', async () => {
    const { world, call } = await open()
    const offerId = await world.make('offers')
    const flow = { name: 'F', paths: [{ offers: [{ id: offerId, weight: 1 }] }] }
    const flowId = (await call('POST', 'flows', flow)).body.id
    await call('DELETE', `flows/${flowId}`)
    await call('DELETE', `offers/${offerId}`)
    expect(await call('POST', `flows/${flowId}/restore`)).toMatchObject({
      status: 422,
      body: { detail: `paths.0.offers.0.id: there is no offer "${offerId}"` },
    })
    await call('POST', `offers/${offerId}/restore`)
    expect((await call('POST', `flows/${flowId}/restore`)).status).toBe(200)
  })

  it('comes back once, and is changed one after the other, however many ask at once', async () => {
    const { api, world, call } = await open()
    const id = await world.make('landers')
    const path = `landers/${id}`
    await call('DELETE', path)
    await Promise.all(Array.from({ length: 4 }, () => call('POST', `${path}/restore`)))
    const first = (await call('GET', path)).body.name
    const names = Array.from({ length: 6 }, (_, n) => `Name ${n}`)
    await Promise.all(names.map((name) => call('PATCH', path, { name })))
    const last = (await call('GET', path)).body.name
    const rows = await api.store.db
      .selectFrom('audit_log')
      .select(['action', 'detail_json'])
      .where('subject_id', '=', id)
      .execute()
    expect(rows.filter(({ action }) => action === 'lander.restore')).toHaveLength(1)
    const changes = rows
      .filter(({ action }) => action === 'lander.update')
      .map(({ detail_json }) => JSON.parse(detail_json).changes.name)
    // Each began with what another left.
    const seen = new Set([...changes.map(({ before }) => before), last])
    expect(seen).toEqual(new Set([first, ...names]))
  })

  it('is not found by an id that is none', async () => {
    const { call } = await open()
    for (const kind of KINDS) {
      expect((await call('POST', `${kind}/nothing/restore`)).status, kind).toBe(404)
    }
  })
})
