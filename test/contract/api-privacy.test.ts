import { describe, expect, it } from 'vitest'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { addHit } from '../support/retention-records.ts'
import { openTestApi } from './api-harness.ts'
import { createWorld } from './api-world.ts'

describe.each(SQL_ENGINES)('privacy, on %s', (engine) => {
  const stores = useStores(engine)

  async function open() {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const headers = { authorization: `Bearer ${world.keys.owner}` }
    return { api, world, headers, url: `/api/v1/privacy/visits/${world.clickId}` }
  }

  it('hands out everything of a click id, found by its conversion', async () => {
    const { api, world, headers, url } = await open()
    const found = await api.app.inject({
      url: `/api/v1/privacy/click-ids?conversionId=${world.ids.conversions}`,
      headers,
    })
    expect(found.json()).toEqual({ clickIds: [world.clickId] })
    const known = (await api.app.inject({ url, headers })).json()
    expect(known).toMatchObject({ clickId: world.clickId, erasure: null, complete: true })
    expect(known.hits[0]).toMatchObject({ ip: '203.0.113.9', requestRemoved: '' })
    expect(known.conversions[0]).toMatchObject({
      id: world.ids.conversions,
      history: [{ n: 1 }],
      person: null,
    })
    expect(known.deliveries[0]).toMatchObject({ id: world.ids.deliveries, attempts: [{ n: 1 }] })
    expect(JSON.stringify(known)).not.toContain('ALPHA-token')
  })

  it('hands out and erases a hit of which no workspace could be told, of its own visit alone', async () => {
    const { api, headers, url, world } = await open()
    const other = await createWorld(api, 'BETA')
    for (const clickId of [world.clickId, other.clickId])
      await addHit(api.store.db, { id: `stray-${clickId}`, at: 1, clickId, workspace: '' })
    const stray = `stray-${world.clickId}`
    const known = async () => {
      const { hits } = (await api.app.inject({ url, headers })).json<{ hits: { id: string; ip: string }[] }>()
      return hits.filter(({ id }) => id.startsWith('stray')).map(({ id, ip }) => [id, ip])
    }
    expect(await known()).toEqual([[stray, '203.0.113.9']])
    await api.app.inject({ method: 'POST', url: `${url}/erase`, headers, payload: { reason: 'asked' } })
    expect(await known()).toEqual([[stray, '']])
    const rows = await api.store.db
      .selectFrom('hits')
      .select('ip')
      .where('id', '=', `stray-${other.clickId}`)
      .execute()
    expect(rows).toEqual([{ ip: '203.0.113.9' }])
  })

  it('erases once, says who ordered it, and tells the audit log nothing of what is gone', async () => {
    const { api, headers, url, world } = await open()
    const erase = async (reason: string) =>
      await api.app.inject({ method: 'POST', url: `${url}/erase`, headers, payload: { reason } })
    const first = await erase('asked by letter')
    expect(first.json()).toMatchObject({ clickId: world.clickId, reason: 'asked by letter', doneAt: null })
    expect((await erase('again')).json()).toEqual(first.json())
    const known = (await api.app.inject({ url, headers })).json()
    expect(known.erasure).toEqual(first.json())
    expect(known.hits[0]).toMatchObject({ ip: '', params: [], requestRemoved: 'erased', outcome: 'recorded' })
    expect(known.conversions[0]).toMatchObject({ revenue: '1.25' })
    expect(known.deliveries[0]).toMatchObject({ state: 'dead', url: '', attempts: [] })
    const replayed = await api.app.inject({
      method: 'POST',
      url: `/api/v1/deliveries/${world.ids.deliveries}/replay`,
      headers,
    })
    expect(replayed.statusCode).toBeGreaterThanOrEqual(400)
    const audit = await api.store.db
      .selectFrom('audit_log')
      .selectAll()
      .where('action', '=', 'visit.erase')
      .execute()
    expect(audit).toMatchObject([{ subject_id: world.clickId, detail_json: '{}' }])
  })

  it('changes the settings of retention that are given, and refuses ages below what waiting calls need', async () => {
    const { api, headers } = await open()
    const patch = async (retention: object) =>
      await api.app.inject({ method: 'PATCH', url: '/api/v1/settings', headers, payload: { retention } })
    const changed = await patch({ personalDataMode: 'truncate', personalDataDays: 30 })
    expect(changed.json().retention).toMatchObject({ attemptDays: 90, hitDays: 400, personalDataDays: 30 })
    expect((await patch({ personalDataDays: 6 })).statusCode).toBe(400)
    expect((await patch({ attemptDays: -1 })).statusCode).toBe(400)
  })
})
