import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDomainCheck } from '../../src/delivery/check-domain.ts'
import { createGuard, type Resolve } from '../../src/delivery/guard.ts'
import type { Snapshot } from '../../src/domain/snapshot.ts'
import { createProofOf } from '../../src/edge/installation-proof.ts'
import { campaign, type EdgeRig, path, SECRET, startRig, testSnapshot } from './edge-rig.ts'

let rig: EdgeRig

beforeAll(async () => {
  rig = await startRig({ snapshot: twoWorkspaces(), edge: { publicUrl: 'https://track.example:8443/' } })
})
afterAll(() => rig.stop())

function twoWorkspaces(): Snapshot {
  const base = testSnapshot()
  const [workspace] = base.workspaces
  if (workspace === undefined) throw new Error('the snapshot has no workspace')
  return {
    ...base,
    workspaces: [workspace, { ...workspace, id: 'w2', fallbackUrl: 'https://fallback.example/w2' }],
    campaigns: [...base.campaigns, campaign('home', { paths: [path('p-home', ['o2'])] })],
    domains: [
      { host: 'one.example', workspace: 'w1', defaultCampaignId: 'c-home', fallbackUrl: '' },
      { host: 'two.example', workspace: 'w2', defaultCampaignId: '', fallbackUrl: '' },
      {
        host: 'own.example',
        workspace: 'w2',
        defaultCampaignId: 'c-gone',
        fallbackUrl: 'https://own.example/404',
      },
    ],
  }
}

async function location(host: string, target: string): Promise<string | number> {
  const answer = await rig.get(target, { headers: { host, 'user-agent': 'Mozilla/5.0 Firefox/127.0' } })
  return answer.headers.location ?? answer.status
}

describe('a tracking domain', () => {
  it.each(['one.example', 'ONE.example:8080'])('%s has visits to its default campaign at /', async (host) => {
    expect(await location(host, '/?sub1=x')).toContain('/o2?')
    expect((await rig.records()).visits.at(-1)).toMatchObject({ campaign_id: 'c-home', sub1: 'x', visits: 1 })
  })

  it.each([
    ['one.example', '/c/none', 'https://fallback.example/w'],
    ['two.example', '/c/none', 'https://fallback.example/w2'],
    ['own.example', '/c/none', 'https://own.example/404'],
    ['own.example', '/', 'https://own.example/404'],
    ['two.example', '/click', 'https://fallback.example/w2'],
    ['unknown.example', '/c/none', 404],
    ['unknown.example', '/', 404],
    ['one.example', '/favicon.ico', 404],
  ])('%s%s leads to its own fallback, else its workspace’s: %s', async (host, target, expected) => {
    expect(await location(host, target)).toBe(expected)
  })
})

describe('the question whether a certificate may be had', () => {
  it.each([
    ['track.example', 200],
    ['one.example', 200],
    ['OWN.example', 200],
    ['evil.example', 404],
    ['', 404],
  ])('for %s is answered %i', async (domain, status) => {
    expect((await rig.get(`/tls-ask?domain=${domain}`)).status).toBe(status)
  })
})

describe('without a configuration', () => {
  it('says that it is starting rather than no', async () => {
    const starting = await startRig({ withoutCore: true, edge: { publicUrl: 'https://track.example' } })
    expect((await starting.get('/tls-ask?domain=one.example')).status).toBe(503)
    expect((await starting.get('/tls-ask?domain=track.example')).status).toBe(200)
    expect((await starting.get('/', { headers: { host: 'one.example' } })).status).toBe(503)
    await starting.stop()
  })
})

describe('the check whether a host name leads here', () => {
  const asLoopback: Resolve = (hostname, callback) =>
    hostname === 'nowhere.example'
      ? callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), [])
      : callback(null, [{ address: '127.0.0.1', family: 4 }])
  const checkBy = (secret: Uint8Array, allowPrivateTargets = ['127.0.0.1']) =>
    createDomainCheck({
      guard: createGuard({ allowPrivateTargets, resolve: asLoopback }),
      publicUrl: 'https://track.example:8443',
      proofOf: createProofOf(secret),
      resolve: asLoopback,
    })
  const asked = (check: ReturnType<typeof checkBy>, host = 'one.example') =>
    check(`http://${host}:${rig.edge.port}`)

  it('says that it works where the edge has the secret of this installation, and only there', async () => {
    expect(await asked(checkBy(SECRET))).toEqual({
      outcome: 'works',
      detail: '',
      addresses: ['127.0.0.1'],
      ownAddresses: ['127.0.0.1'],
    })
    expect(await asked(checkBy(new Uint8Array(32).fill(9)))).toMatchObject({ outcome: 'elsewhere' })
  })

  it('asks no private address, and tells what has none', async () => {
    expect(await asked(checkBy(SECRET, []))).toMatchObject({ outcome: 'private_address' })
    expect(await asked(checkBy(SECRET), 'nowhere.example')).toMatchObject({
      outcome: 'no_address',
      addresses: [],
    })
  })

  it('is not led elsewhere by a redirect, nor by an answer without end', async () => {
    const seen: string[] = []
    const server = createServer((request, response) => {
      seen.push(request.url ?? '')
      if (seen.length === 1) response.writeHead(302, { location: '/elsewhere' }).end()
      else response.end('x'.repeat(100_000))
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : ''
    const ask = () => checkBy(SECRET)(`http://one.example:${port}`)
    expect(await ask()).toMatchObject({ outcome: 'elsewhere', detail: 'status 302' })
    expect((await ask()).outcome).not.toBe('works')
    expect(seen.every((url) => url.startsWith('/tp/proof?nonce='))).toBe(true)
    expect(seen).toHaveLength(2)
    server.close()
    expect((await ask()).outcome).toBe('no_answer')
  })

  it('gives its proof for a nonce alone', async () => {
    expect((await rig.get('/tp/proof?nonce=trailpost')).status).toBe(400)
    expect((await rig.get(`/tp/proof?nonce=${'a'.repeat(32)}`)).text.trim()).toBe(
      createProofOf(SECRET)('a'.repeat(32)),
    )
  })
})
