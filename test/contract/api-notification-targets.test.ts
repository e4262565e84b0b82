import { describe, expect, it } from 'vitest'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { openTestApi } from './api-harness.ts'
import { createWorldWithParty, type Party } from './api-party.ts'

describe.each(SQL_ENGINES)('notification targets over the API on %s', (engine) => {
  const stores = useStores(engine)

  async function open() {
    const api = await openTestApi(stores)
    const party: Party = await createWorldWithParty(api, 'ALPHA')
    const headers = { authorization: `Bearer ${party.keys.manager}` }
    const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) => {
      const body = payload === undefined ? {} : { payload }
      const answer = await api.app.inject({ method, url: `/api/v1/${path}`, headers, ...body })
      return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
    }
    return { party, call }
  }

  it('are no webhooks: those have routes of their own', async () => {
    const { call } = await open()
    const webhook = await call('POST', 'webhooks', {
      url: 'https://hooks.example/',
      events: ['offer.created'],
    })
    const { id } = webhook.body
    const path = `notification-targets/${id}`
    expect((await call('GET', path)).status).toBe(404)
    expect((await call('PATCH', path, { url: 'https://else.example/' })).status).toBe(404)
    expect((await call('DELETE', path)).status).toBe(404)
    const { items } = (await call('GET', 'notification-targets?limit=200')).body
    expect(items.map((item: { id: string }) => item.id)).not.toContain(id)
    expect(items).not.toEqual([])
    expect((await call('GET', `webhooks/${id}`)).body).toMatchObject({ url: 'https://hooks.example/' })
  })

  it('of an affiliate are switched off and on and deleted by staff, but not changed behind its back', async () => {
    const { party, call } = await open()
    const path = `notification-targets/${party.ids['portal/postbacks']}`
    const before = (await call('GET', path)).body
    expect(before).toMatchObject({ ownerType: 'affiliate', ownerId: party.affiliateId })
    const changes = { url: 'https://else.example/', type: 'postback', events: ['x'], percent: 50 }
    for (const [field, value] of Object.entries(changes)) {
      const { status, body } = await call('PATCH', path, { [field]: value, status: 'disabled' })
      expect([status, body.errors]).toMatchObject([422, [{ field }]])
      expect(body.detail).toContain('the affiliate')
    }
    expect((await call('GET', path)).body).toEqual(before)
    for (const status of ['disabled', 'active']) {
      expect((await call('PATCH', path, { status })).body).toMatchObject({ url: before.url, status })
    }
    expect((await call('DELETE', path)).status).toBe(204)
    expect((await call('GET', path)).status).toBe(404)
  })
})
