import { describe, expect, it } from 'vitest'
import { createDomain } from '../../src/store/domains.ts'
import { useStores } from '../support/databases.ts'
import { DASHBOARD_URL, openTestApi, PUBLIC_URL } from './api-harness.ts'
import { createWorld } from './api-world.ts'

describe('the snippets of a campaign', () => {
  const stores = useStores('sqlite')

  async function open() {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const call = async (method: 'GET' | 'PATCH', path: string, key = world.keys.owner, payload?: object) => {
      const headers = { authorization: `Bearer ${key}` }
      const rest = payload === undefined ? {} : { payload }
      return await api.app.inject({ method, url: `/api/v1/${path}`, headers, ...rest })
    }
    return { api, world, call }
  }

  it('name the campaign and the host of the installation', async () => {
    const { world, call } = await open()
    const path = `campaigns/${world.ids.campaigns}`
    const { slug } = (await call('GET', path)).json()
    const answer = await call('GET', `${path}/script`, world.keys.viewer)
    expect(answer.statusCode).toBe(200)
    const { visit, organic, lander, conversion, honeypot, update, click, clickId, serverUpdate } =
      answer.json()
    expect(visit).toContain(`trailpost('visit',{campaign:'${slug}'})`)
    expect(organic).toContain(`data-campaign="${slug}"`)
    for (const snippet of [visit, organic, lander, conversion, update, click, clickId]) {
      expect(snippet).toContain(`<script src="${PUBLIC_URL}/tp.js"`)
    }
    expect(update).toContain('add_event2:1')
    expect(serverUpdate).toContain('/api/v1/visits/CLICK-ID/update')
    expect(honeypot).toContain(`href="${PUBLIC_URL}/tp/trap?cid={clickid}"`)
  })

  it('update a visit in a form that the API takes', async () => {
    const { api, world, call } = await open()
    const { serverUpdate } = (await call('GET', `campaigns/${world.ids.campaigns}/script`)).json()
    const [, url = '', body = ''] = /(\S+\/update) \\\n {2}--json '(.*)'$/.exec(serverUpdate) ?? []
    expect(url).toBe(`${DASHBOARD_URL}/api/v1/visits/CLICK-ID/update`)
    const answer = await api.app.inject({
      method: 'POST',
      url: new URL(url).pathname,
      headers: { authorization: `Bearer ${world.keys.manager}` },
      payload: JSON.parse(body),
    })
    // What is wrong is the click id alone.
    expect(answer.json()).toMatchObject({ status: 404 })
  })

  it("use the campaign's own domain", async () => {
    const { api, world, call } = await open()
    const fields = { name: 'go.example.org', defaultCampaignId: '', fallbackUrl: '' }
    const { id } = await createDomain(api.store.db, world.workspace, fields, 0)
    const path = `campaigns/${world.ids.campaigns}`
    expect((await call('PATCH', path, world.keys.owner, { domainId: id })).statusCode).toBe(200)
    const { lander } = (await call('GET', `${path}/script`)).json()
    expect(lander).toContain(`src="${new URL(PUBLIC_URL).protocol}//go.example.org/tp.js"`)
  })

  it('are those of the own workspace alone', async () => {
    const { api, world, call } = await open()
    const other = await createWorld(api, 'BETA')
    const path = `campaigns/${world.ids.campaigns}/script`
    expect((await call('GET', path, other.keys.owner)).statusCode).toBe(404)
  })
})
