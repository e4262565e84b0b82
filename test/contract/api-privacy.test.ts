import { describe, expect, it } from 'vitest'
import { idOfReportedHit, insertUploadRows, listUploadRows } from '../../src/store/conversion-uploads.ts'
import { getHit } from '../../src/store/hits.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { visitRow } from '../support/ledger-world.ts'
import { addConversion, addHit } from '../support/retention-records.ts'
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

  it('hands out and erases a conversion without a click, and no other one', async () => {
    const { api, headers, world } = await open()
    const { db } = api.store
    const { workspace } = world
    for (const [index, id] of ['coupon', 'other'].entries()) {
      const line = index + 1
      await addHit(db, { id: `hit-${id}`, at: 1, clickId: '', workspace })
      const reported = idOfReportedHit('file', line)
      const repeated = { at: 2, clickId: '', workspace, conversionId: id }
      await addHit(db, { id: reported, kind: 'upload', ...repeated })
      await insertUploadRows(db, 'file', [{ line, problem: '', params: { txid: `tx-${id}`, p1: 'jane' } }])
      await addConversion(db, { id, at: 1, visit: visitRow({ workspace, click_id: '' }) })
    }
    const request = { method: 'GET', url: 'https://n.example/', headers: {}, body: '', redirectedFrom: [] }
    await db
      .updateTable('delivery_attempts')
      .set({ request_json: JSON.stringify(request) })
      .execute()
    const url = '/api/v1/privacy/conversions'
    const known = (await api.app.inject({ url: `${url}/coupon`, headers })).json()
    expect(known).toMatchObject({
      hits: [
        { id: 'hit-coupon', ip: '203.0.113.9' },
        { id: 'upload:file:1', ip: '203.0.113.9' },
      ],
      conversions: [{ id: 'coupon', person: { emailSha256: 'e' } }],
      deliveries: [{ id: 'delivery-coupon' }],
    })
    const erased = await api.app.inject({ method: 'POST', url: `${url}/coupon/erase`, headers })
    expect(erased.json()).toMatchObject({
      hits: [
        { ip: '', requestRemoved: 'erased' },
        { ip: '', requestRemoved: 'erased' },
      ],
      conversions: [{ person: null, params: {}, revenue: '1.25' }],
      deliveries: [{ url: '', attempts: [] }],
    })
    const other = (await api.app.inject({ url: `${url}/other`, headers })).json()
    expect(other.hits).toMatchObject([{ ip: '203.0.113.9' }, { ip: '203.0.113.9' }])
    const lines = await listUploadRows(db, 'file', {}, { afterLine: 0, limit: 10 })
    expect(lines.map(({ params }) => params)).toEqual([
      { txid: 'tx-coupon' },
      { txid: 'tx-other', p1: 'jane' },
    ])
    const audit = await db
      .selectFrom('audit_log')
      .select(['subject_id', 'detail_json'])
      .where('action', '=', 'conversion.erase')
      .execute()
    expect(audit).toEqual([{ subject_id: 'coupon', detail_json: '{}' }])
    const clicked = await api.app.inject({ url: `${url}/${world.ids.conversions}`, headers })
    expect(clicked.statusCode).toBe(409)
  })

  it('hands out and erases with a click id the hits that knew its order alone', async () => {
    const { api, headers, url, world } = await open()
    const { workspace, ids } = world
    const order = { at: 1, clickId: '', workspace }
    await addHit(api.store.db, { id: 'repeated', conversionId: ids.conversions ?? '', ...order })
    await addHit(api.store.db, { id: 'of-another', ...order })
    const known = async () =>
      (await api.app.inject({ url, headers }))
        .json<{ hits: { id: string; ip: string }[] }>()
        .hits.map(({ id, ip }) => [id, ip])
    const made = ids.hits ?? ''
    expect(await known()).toEqual([
      [made, '203.0.113.9'],
      ['repeated', '203.0.113.9'],
    ])
    await api.app.inject({ method: 'POST', url: `${url}/erase`, headers, payload: { reason: 'asked' } })
    expect(await known()).toEqual([
      [made, ''],
      ['repeated', ''],
    ])
    const another = await getHit(api.store.db, { workspace, id: 'of-another' })
    expect(another?.request.removed).toBeUndefined()
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
