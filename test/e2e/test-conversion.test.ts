import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { field } from '../../src/cli/demo/api-client.ts'
import { openTrackingWorld, type TrackingWorld } from '../support/tracking-world.ts'

const DAY_MS = 86_400_000

const answerSchema = z.object({
  ok: z.boolean(),
  clickId: z.string(),
  steps: z.array(z.object({ step: z.string(), state: z.string(), detail: z.string(), url: z.string() })),
})

/** The whole installation as a user starts it: the test goes by its public port. */
describe('a test conversion', () => {
  let world: TrackingWorld
  let ids: { readonly source: string; readonly lander: string }

  beforeAll(async () => {
    world = await openTrackingWorld(1)
    ids = {
      source: await create('/traffic-sources', { name: 'Clicks', externalIdParam: 'x' }),
      lander: await create('/landers', { name: 'Page', url: 'https://lander.example/' }),
    }
    await create(`/traffic-sources/${ids.source}/notification-targets`, {
      url: 'https://source.example/cv?id={externalid}&sum={payout}',
    })
  }, 120_000)
  afterAll(() => world.close())

  async function create(path: string, body: object): Promise<string> {
    return String(field(await world.api.post(path, body), 'id'))
  }

  /** @returns a new campaign's id. */
  async function campaign(changes: {
    readonly network?: object
    readonly offerUrl?: string
    readonly landers?: readonly object[]
    readonly campaign?: object
  }): Promise<string> {
    const network = await create('/affiliate-networks', {
      name: 'Pays',
      clickIdParam: 's2',
      token: crypto.randomUUID(),
      ...changes.network,
    })
    const url = changes.offerUrl ?? 'https://offer.example/'
    const offer = await create('/offers', { name: 'Ringtones', affiliateNetworkId: network, url })
    const paths = [{ weight: 1, landers: changes.landers ?? [], offers: [{ id: offer, weight: 1 }] }]
    const body = { name: 'Tested', trafficSourceId: ids.source, paths, ...changes.campaign }
    return await create('/campaigns', body)
  }

  async function run(id: string, body: object = {}) {
    const answer = answerSchema.parse(await world.api.post(`/campaigns/${id}/test-conversion`, body))
    const failed = answer.steps.filter(({ state }) => state === 'failed')
    return { ...answer, failed, names: answer.steps.map(({ step }) => step) }
  }

  it('shows every step from the link to the notification', async () => {
    const id = await campaign({ network: { signingSecret: 'a-shared-secret' } })
    const { ok, names, steps, clickId } = await run(id, { payout: '7.5' })
    expect(ok, JSON.stringify(steps)).toBe(true)
    expect(names.slice(0, 4)).toEqual(['link', 'offer', 'click id', 'postback'])
    expect(steps[2]).toMatchObject({
      detail: 'it travels in the parameter s2',
      url: `https://offer.example/?s2=${clickId}`,
    })
    const postback = steps[3]?.url ?? ''
    expect(postback).toMatch(/token=\*\*\*.*sig=\*\*\*/)
    expect(steps.find(({ step }) => step === 'notification')?.detail).toContain('sum=7.5')
  })

  it.each(['302', '307', 'meta', 'double_meta', 'js'])(
    'follows a lander in the redirect mode %s',
    async (mode) => {
      const landers = [{ id: ids.lander, weight: 1 }]
      const id = await campaign({ landers, campaign: { redirectMode: mode } })
      const { ok, names, steps } = await run(id)
      expect(ok, JSON.stringify(steps)).toBe(true)
      expect(names.slice(0, 5)).toEqual(['link', 'lander', 'offer', 'click id', 'postback'])
      expect(steps[1]?.url).toContain('https://lander.example/')
    },
  )

  it('says what is off', async () => {
    const paused = await run(await campaign({ campaign: { status: 'paused' } }))
    expect(paused.failed).toMatchObject([{ step: 'campaign', detail: expect.stringContaining('paused') }])
    const nowhere = await run(await campaign({ campaign: { paths: [] } }))
    expect(nowhere.failed).toMatchObject([{ detail: expect.stringContaining('no path') }])
    const fallback = 'https://fallback.example/'
    const elsewhere = await run(await campaign({ campaign: { paths: [], fallbackUrl: fallback } }))
    expect(elsewhere.failed).toMatchObject([{ step: 'redirect', url: fallback }])
    const mute = await run(await campaign({ network: { clickIdParam: '' } }))
    expect(mute.failed).toMatchObject([{ step: 'click id', detail: expect.stringContaining('{clickid}') }])
    const open = await run(await campaign({ network: { token: '' } }))
    expect(open.steps).toContainEqual(expect.objectContaining({ step: 'network token', state: 'warning' }))
    const unknown = await run(await campaign({}), { event: 'nonsense' })
    expect(unknown.names).toContain('event')
  })

  it('is counted nowhere: neither its visit, its click nor its conversion', async () => {
    await run(await campaign({ landers: [{ id: ids.lander, weight: 1 }] }))
    await world.visit()
    // One journal, read in order: with the visit that came after them the tests are loaded too.
    await world.totals(({ visits }) => visits >= 1)
    const day = (offset: number) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10)
    const metrics = ['visits', 'clicks', 'conversions', 'revenue', 'cost']
    const report = await world.api.post('/reports', { from: day(-1), to: day(1), timeZone: 'UTC', metrics })
    expect(field(report, 'totals')).toMatchObject({ visits: 1, clicks: 1, conversions: 0 })
    expect(field(await world.api.get('/deliveries'), 'items')).toEqual([])
  })
})
