import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type ApiClient, clientByKey, field, idOf, setUpOwner } from '../../src/cli/demo/api-client.ts'
import { type Installation, startInstallation } from '../../src/cli/demo/installation.ts'

const answerSchema = z.object({
  ok: z.boolean(),
  clickId: z.string(),
  steps: z.array(
    z.object({
      step: z.string(),
      state: z.string(),
      detail: z.string(),
      url: z.string(),
      durationMs: z.number(),
      fired: z.object({ answer: z.object({ status: z.number() }).nullable() }).optional(),
    }),
  ),
})

/** By the public port of a whole installation, with an affiliate whose server really listens. */
describe('a test conversion of an affiliate’s link', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'trailpost-test-network-'))
  const called: string[] = []
  let installation: Installation
  let api: ApiClient
  let server: Server
  let status = 200
  let ids: { readonly offer: string; readonly affiliate: string; readonly source: string }

  beforeAll(async () => {
    server = createServer(({ url = '' }, response) => {
      called.push(url)
      response.writeHead(status).end('seen')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const settings = { TRAILPOST_LOG_LEVEL: 'fatal', TRAILPOST_ALLOW_PRIVATE_TARGETS: '127.0.0.1' }
    installation = await startInstallation({ dataDir, edges: 1, settings })
    api = await setUpOwner(installation)
    ids = await configure()
  }, 120_000)
  afterAll(async () => {
    server.close()
    await installation.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  function receiver(): string {
    const address = server.address()
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  }

  async function configure() {
    const advertiserId = await idOf(api, '/advertisers', {
      name: 'Shop',
      clickIdParam: 'click',
      token: 'a-secret',
    })
    const affiliate = await idOf(api, '/affiliates', {
      name: 'Mailer',
      email: 'm@example.com',
      status: 'active',
    })
    const terms = { revenue: { model: 'flat', amount: '3' }, payout: { model: 'flat', amount: '2' } }
    const url = 'https://shop.example/'
    const offer = await idOf(api, '/offers', { name: 'Ringtones', advertiserId, url, terms })
    const key = String(field(await api.post(`/affiliates/${affiliate}/api-keys`, { name: 'portal' }), 'key'))
    const portal = clientByKey(installation, key)
    await portal.post('/portal/postbacks', { url: `${receiver()}/pb?c={externalid}&p={payout}` })
    const source = await idOf(api, '/traffic-sources', { name: 'Clicks' })
    await api.post(`/traffic-sources/${source}/notification-targets`, {
      url: `${receiver()}/source?s={status}`,
    })
    return { offer, affiliate, source }
  }

  async function run(body: object = {}, offer = ids.offer) {
    const path = `/offers/${offer}/affiliates/${ids.affiliate}/test-conversion`
    return answerSchema.parse(await api.post(path, body))
  }

  it.each(['postback', 'image', 'iframe', 'script'])(
    'comes back by %s as the terms say, and shows what the affiliate would be told',
    async (protocol) => {
      await api.patch(`/offers/${ids.offer}`, { terms: { protocol } })
      const { ok, steps, clickId } = await run()
      await api.patch(`/offers/${ids.offer}`, { terms: { protocol: 'postback' } })
      expect(ok, JSON.stringify(steps)).toBe(true)
      const isPixel = protocol !== 'postback'
      const hop = isPixel ? 'pixel' : 'postback'
      expect(steps.map(({ step }) => step).slice(0, 4)).toEqual(['link', 'offer', 'click id', hop])
      expect(steps[2]?.url).toBe(`https://shop.example/?click=${clickId}`)
      expect(steps[3]?.url.includes('token=***')).toBe(!isPixel)
      const price = steps.find(({ step }) => step === 'price')
      expect(price?.detail).toContain(isPixel ? 'has a price' : 'the advertiser pays 3')
      expect(steps.at(-1)).toMatchObject({
        step: 'told',
        state: 'ok',
        url: expect.stringMatching(/pb\?c=test.*&p=2/),
      })
      expect(called).toEqual([])
    },
  )

  it('really tells the affiliate when asked to, and shows what it answered', async () => {
    const { ok, steps } = await run({ fire: true })
    expect(ok, JSON.stringify(steps)).toBe(true)
    expect(called.splice(0)).toEqual([expect.stringMatching(/^\/pb\?c=test/)])
    expect(steps.at(-1)).toMatchObject({ step: 'told', fired: { answer: { status: 200 } } })
    expect(steps[0]?.durationMs).toBeGreaterThan(0)
    status = 500
    const failed = await run({ fire: true })
    status = 200
    called.length = 0
    expect(failed.ok).toBe(false)
    expect(failed.steps.at(-1)).toMatchObject({ state: 'failed', detail: expect.stringContaining('500') })
  })

  it('really tells the traffic source of a campaign when asked to', async () => {
    const network = await idOf(api, '/affiliate-networks', {
      name: 'Pays',
      clickIdParam: 's2',
      token: 'b-secret',
    })
    const offer = await idOf(api, '/offers', {
      name: 'O',
      affiliateNetworkId: network,
      url: 'https://o.example/',
    })
    const paths = [{ weight: 1, landers: [], offers: [{ id: offer, weight: 1 }] }]
    const campaign = await idOf(api, '/campaigns', { name: 'C', trafficSourceId: ids.source, paths })
    const path = `/campaigns/${campaign}/test-conversion`
    const quiet = answerSchema.parse(await api.post(path, {}))
    expect(quiet.steps.map(({ step }) => step)).not.toContain('told')
    expect(called).toEqual([])
    const { ok, steps } = answerSchema.parse(await api.post(path, { fire: true }))
    expect(ok, JSON.stringify(steps)).toBe(true)
    expect(called.splice(0)).toEqual(['/source?s=approved'])
  })

  it('of an offer that takes nobody says so, and of a tracker’s offer is none', async () => {
    await api.patch(`/offers/${ids.offer}`, { terms: { status: 'paused' } })
    const paused = await run()
    await api.patch(`/offers/${ids.offer}`, { terms: { status: 'active' } })
    expect(paused.ok).toBe(false)
    expect(paused.steps).toMatchObject([{ step: 'link', state: 'failed' }])
    const tracker = await idOf(api, '/offers', { name: 'T', url: 'https://t.example/?c={clickid}' })
    await expect(run({}, tracker)).rejects.toThrow(/404|not/i)
  })
})
