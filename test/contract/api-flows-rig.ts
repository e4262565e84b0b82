import type { TestStores } from '../support/databases.ts'
import { openTestApi } from './api-harness.ts'
import { createWorld } from './api-world.ts'

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** The API over one workspace, and what makes offers and campaigns in it. */
export async function openFlows(stores: TestStores, changes: Parameters<typeof openTestApi>[1] = {}) {
  const api = await openTestApi(stores, changes)
  const world = await createWorld(api, 'ALPHA')
  const call = async (method: Method, path: string, payload?: object) => {
    const headers = { authorization: `Bearer ${world.keys.owner}` }
    const body = payload === undefined ? {} : { payload }
    const answer = await api.app.inject({ method, url: `/api/v1/${path}`, headers, ...body })
    return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
  }
  const make = async (path: string, payload: object): Promise<string> => {
    const answer = await call('POST', path, payload)
    if (answer.status !== 201) throw new Error(`${path}: ${JSON.stringify(answer.body)}`)
    return answer.body.id
  }
  const offer = (name: string, changed: object = {}) =>
    make('offers', { name, url: 'https://offer.example/', ...changed })
  const campaign = (name: string, changed: object = {}) =>
    make('campaigns', { name, trafficSourceId: world.ids['traffic-sources'], ...changed })
  /** An offer that leads on through a campaign. */
  const through = (name: string, campaignId: string) => offer(name, { url: '', campaignId })
  return { api, world, call, make, offer, campaign, through }
}

/** One path, to the offers. */
export const to = (...ids: string[]) => [{ offers: ids.map((id) => ({ id })) }]
/** A rule of a flow. */
export const rule = (when: object | undefined, paths: readonly object[] = [], id = 'r1') => ({
  id,
  when,
  paths,
})
