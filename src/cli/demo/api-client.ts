import { request } from 'undici'
import type { Installation } from './installation.ts'

/** What the demo and the benchmarks need of the dashboard's API. Paths are relative to /api/v1. */
export type ApiClient = {
  get(path: string): Promise<unknown>
  post(path: string, body: unknown): Promise<unknown>
  patch(path: string, body: unknown): Promise<unknown>
}

/** Who owns what the demo sets up. */
export const DEMO_OWNER = { email: 'owner@example.com', password: 'a long enough password' }

/** Uses the set-up link to create the owner, and a key of that owner for all further calls. */
export async function setUpOwner(installation: Installation, workspaceName = 'Demo'): Promise<ApiClient> {
  const base = `${installation.dashboardUrl}/api/v1`
  const token = new URL(installation.setupUrl).searchParams.get('token') ?? ''
  const setUp = await call(
    'POST',
    `${base}/setup`,
    {},
    {
      token,
      ...DEMO_OWNER,
      name: 'Owner',
      workspaceName,
      currency: 'USD',
      timeZone: 'UTC',
    },
  )
  const cookies = [setUp.headers['set-cookie'] ?? []].flat().map((cookie) => cookie.split(';')[0])
  const key = await call(
    'POST',
    `${base}/api-keys`,
    { cookie: cookies.join('; '), origin: installation.dashboardUrl },
    { name: 'demo', role: 'owner' },
  )
  return clientByKey(installation, String(field(key.body, 'key')))
}

/** Calls with a key that is there already. */
export function clientByKey(installation: Installation, key: string): ApiClient {
  const base = `${installation.dashboardUrl}/api/v1`
  const authorization = `Bearer ${key}`
  return {
    get: async (path) => (await call('GET', base + path, { authorization })).body,
    post: async (path, body) => (await call('POST', base + path, { authorization }, body)).body,
    patch: async (path, body) => (await call('PATCH', base + path, { authorization }, body)).body,
  }
}

/** A property of an answer; the demo ends with a clear word when the answer has another shape. */
export function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !(name in value)) {
    throw new Error(`the API's answer has no "${name}": ${JSON.stringify(value)}`)
  }
  return (value as Record<string, unknown>)[name]
}

/** Creates something; its id. */
export async function idOf(api: ApiClient, path: string, body: unknown): Promise<string> {
  return String(field(await api.post(path, body), 'id'))
}

async function call(
  method: 'GET' | 'POST' | 'PATCH',
  url: string,
  headers: Record<string, string>,
  body?: unknown,
) {
  const response = await request(url, {
    method,
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  })
  const text = await response.body.text()
  if (response.statusCode >= 300) throw new Error(`${method} ${url} answered ${response.statusCode}: ${text}`)
  return { headers: response.headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) }
}
