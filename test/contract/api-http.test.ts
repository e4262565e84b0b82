import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { InjectOptions } from 'fastify'
import { describe, expect, it } from 'vitest'
import { useStores } from '../support/databases.ts'
import { openTestApi } from './api-harness.ts'
import { createWorld } from './api-world.ts'

const PROBLEM = 'application/problem+json'

describe('every error is a problem', () => {
  const stores = useStores('sqlite')

  async function request({ headers, ...changes }: Omit<InjectOptions, 'headers'> & { headers?: object }) {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const all = { authorization: `Bearer ${world.keys.owner}`, ...headers }
    return await api.app.inject({ method: 'POST', url: '/api/v1/landers', headers: all, ...changes })
  }

  it.each([
    ['an unknown route', { url: '/api/v1/nothing' }, 404, 'not_found'],
    ['an unknown method', { method: 'PUT' }, 404, 'not_found'],
    ['a body that is no JSON', { payload: '{"name"', headers: json() }, 400, 'bad_request'],
    ['an empty body', { payload: '', headers: json() }, 400, 'empty_body'],
    [
      'another content type',
      { payload: 'name=x', headers: json('text/plain') },
      415,
      'unsupported_media_type',
    ],
    [
      'a form',
      { payload: 'a=b', headers: json('application/x-www-form-urlencoded') },
      415,
      'unsupported_media_type',
    ],
    ['a body that is too large', { payload: { name: 'x'.repeat(2_000_000) } }, 413, 'body_too_large'],
    ['a broken path', { url: '/api/v1/landers/%zz' }, 400, 'bad_request'],
    ['a foreign cursor', { method: 'GET', url: '/api/v1/landers?cursor=AAAA' }, 400, 'bad_cursor'],
    ['a limit too high', { method: 'GET', url: '/api/v1/landers?limit=100000' }, 400, 'invalid_request'],
  ])('%s', async (_what, changes, status, code) => {
    const answer = await request(changes)
    expect(answer.headers['content-type']).toContain(PROBLEM)
    expect(answer.json()).toMatchObject({ status, code, type: `urn:trailpost:problem:${code}` })
    expect(answer.statusCode).toBe(status)
    expect(answer.json().title).not.toBe('Error')
  })

  it('names every wrong field at once', async () => {
    const answer = await request({ payload: { name: '', url: 'ftp://x', ctaCount: 0, colour: 'red' } })
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_request' })
    const fields = answer.json().errors.map((error: { field: string }) => error.field)
    expect(fields.sort()).toEqual(['', 'ctaCount', 'name', 'url'])
    expect(answer.json().detail).toContain('colour')
  })

  it('a bug is a 500 that tells nothing of itself', async () => {
    const api = await openTestApi(stores, {
      visitRows: () => Promise.reject(new Error('password=hunter2')),
    })
    const world = await createWorld(api, 'ALPHA')
    const headers = { authorization: `Bearer ${world.keys.owner}` }
    const answer = await api.app.inject({ url: `/api/v1/visits/${world.clickId}`, headers })
    expect(answer.json()).toMatchObject({ status: 500, code: 'internal' })
    expect(answer.body).not.toContain('hunter2')
  })
})

describe('over real HTTP', () => {
  const stores = useStores('sqlite')

  it('answers, and survives bytes that are no HTTP', async () => {
    const { app } = await openTestApi(stores)
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.end('\u0000\u0001 nonsense\r\n\r\n')
    await new Promise((resolve) => socket.once('close', resolve).resume())
    const answer = await fetch(`${url}/healthz`)
    expect(await answer.json()).toEqual({ ok: true })
    await app.close()
  })

  it('says of each part whether it is ready', async () => {
    let reason: string | undefined
    const { app } = await openTestApi(stores, {
      readiness: [
        { name: 'store', check: async () => undefined },
        { name: 'ledger', check: async () => reason },
      ],
    })
    expect((await app.inject('/readyz')).json()).toMatchObject({ ready: true })
    reason = 'no answer'
    const answer = await app.inject('/readyz')
    expect(answer.statusCode).toBe(503)
    expect(answer.json().checks).toEqual([
      { name: 'store', ok: true, reason: '' },
      { name: 'ledger', ok: false, reason: 'no answer' },
    ])
  })

  it('gives the metrics of the registry', async () => {
    const { app, deps } = await openTestApi(stores)
    deps.registry.setDefaultLabels({ part: 'api' })
    const answer = await app.inject('/metrics')
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toContain('text/plain')
  })
})

describe('the dashboard', () => {
  const stores = useStores('sqlite')

  async function withDashboard() {
    const { dataDir } = await stores.options()
    const webRoot = join(dataDir, 'dist')
    mkdirSync(join(webRoot, 'assets'), { recursive: true })
    writeFileSync(join(webRoot, 'index.html'), '<!doctype html><title>Trailpost</title>')
    writeFileSync(join(webRoot, 'assets/app-1a2b.js'), 'export {}')
    writeFileSync(join(webRoot, 'assets/app-1a2b.js.gz'), gzipSync('export {}'))
    return await openTestApi(stores, { webRoot })
  }

  it.each(['/', '/campaigns/abc', '/setup?token=x'])('answers %s with its page', async (url) => {
    const { app } = await withDashboard()
    const answer = await app.inject(url)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toContain('text/html')
    expect(answer.headers['cache-control']).toBe('no-cache')
    expect(answer.body).toContain('<title>Trailpost')
  })

  it('lets browsers keep files that carry a hash', async () => {
    const { app } = await withDashboard()
    expect((await app.inject('/assets/app-1a2b.js')).headers['cache-control']).toContain('immutable')
  })

  it('sends its files compressed to who takes that, and as they are to who does not', async () => {
    const { app } = await withDashboard()
    const url = '/assets/app-1a2b.js'
    const compressed = await app.inject({ url, headers: { 'accept-encoding': 'gzip, deflate, br' } })
    expect(compressed.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-type': expect.stringContaining('javascript'),
      'cache-control': expect.stringContaining('immutable'),
    })
    expect(gunzipSync(compressed.rawPayload).toString()).toBe('export {}')
    expect((await app.inject(url)).body).toBe('export {}')
  })

  it.each(['/assets/app-old.js', '/api/v1/none', '/api/none'])(
    'does not answer %s with a page',
    async (url) => {
      const { app } = await withDashboard()
      expect((await app.inject(url)).json()).toMatchObject({ status: 404 })
    },
  )

  it('does not leave its folder', async () => {
    const { app } = await withDashboard()
    const answer = await app.inject('/..%2f..%2fsetup-token')
    expect(answer.body).not.toMatch(/^[0-9a-f]{64}$/)
  })

  it('may load nothing from other hosts and be framed by nobody', async () => {
    const { app } = await withDashboard()
    const { headers } = await app.inject('/')
    expect(headers['content-security-policy']).toBe(
      "default-src 'none';script-src 'self';style-src 'self' 'unsafe-inline';img-src 'self' data:;font-src 'self';" +
        "connect-src 'self';manifest-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'",
    )
    expect(headers['strict-transport-security']).toBeUndefined()
    expect(headers['x-content-type-options']).toBe('nosniff')
  })
})

function json(type = 'application/json') {
  return { 'content-type': type }
}
