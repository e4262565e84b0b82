import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Hit, HitStep } from '../../src/domain/hit.ts'
import { DEFAULT_TERMS, NO_CAPS } from '../../src/domain/offer-terms.ts'
import { listConversions } from '../../src/store/conversions.ts'
import { useStores } from '../support/databases.ts'
import { buildNetworkWorld, type NetworkWorld } from '../support/network-world.ts'

describe('a test hit about an advertiser’s offer', () => {
  const stores = useStores('sqlite')

  async function explain(
    world: NetworkWorld,
    params: Record<string, string>,
    changes?: Partial<Hit>,
  ): Promise<{ readonly reason: string; readonly steps: readonly HitStep[]; readonly text: string }> {
    const [answer] = await world.judge.judge([world.hit({ test: '1', ...params }, changes)])
    const { reason = '', steps = [] } = answer ?? {}
    return { reason, steps, text: JSON.stringify(answer) }
  }

  it('explains every step to its advertiser, and never what or where the affiliate is told', async () => {
    const payoutMicros = { ...NO_CAPS, total: 77_000_000 }
    const revenueMicros = { ...NO_CAPS, total: 55_000_000 }
    const world = await buildNetworkWorld(await stores.open(), {
      advertiser: { token: 'T0K' },
      terms: {
        caps: { ...DEFAULT_TERMS.caps, payoutMicros, revenueMicros },
        payout: { model: 'flat', amountMicros: 1_234_567 },
      },
      affiliate: { name: 'Secret media', tier: 'gold' },
    })
    await world.target()
    await world.target({ statuses: ['rejected'] })
    await world.target({ ownerType: 'workspace', ownerId: '', url: 'https://hooks.example/', events: [] })
    const { reason, steps, text } = await explain(world, {
      cid: world.visit(),
      payout: '10',
      token: 'T0K',
    })
    expect(reason).toBe('')
    expect(steps.map(({ step }) => step)).toEqual([
      'visit',
      'token',
      'signature',
      'address',
      'referrer',
      'offer',
      'protocol',
      'clickless',
      'event',
      'status',
      'amount',
      'advertiser',
      'offer status',
      'affiliate',
      'access',
      'window',
      'cap',
      'cap',
      'price',
      'duplicate',
      'notification',
      'notification',
    ])
    const details = new Map(steps.map(({ step, detail }) => [step, detail]))
    expect(details.get('price')).toBe('the advertiser pays 3 USD')
    expect(steps.filter(({ step }) => step === 'cap').map(({ detail }) => detail)).toEqual([
      '0 USD of 55 USD used in total',
      'the payout cap in total has room',
    ])
    const told = steps.filter(({ step }) => step === 'notification').map(({ detail }) => detail)
    expect(told).toEqual(['postback of the affiliate', 'postback of the affiliate: status filter'])
    for (const secret of ['1.234567', '77', 'affiliate.example', 'hooks.example', 'Secret', 'gold'])
      expect(text).not.toContain(secret)
    expect((await listConversions(world.store.db, world.workspaceId, {}, { limit: 1 })).items).toEqual([])
  })

  // Of the advertiser's token, the first is missing and the second wrong; in a pixel it proves nothing.
  it.each([
    ['postback', 'postback', {}],
    ['postback', 'postback', { token: 'guess' }],
    ['image', 'image', { token: 'T0K' }],
  ] as const)(
    'tells amounts to nobody who does not prove to be its advertiser (%s by %s, %o)',
    async (protocol, kind, given) => {
      const total = (amount: number) => ({ ...NO_CAPS, total: amount })
      const caps = {
        ...DEFAULT_TERMS.caps,
        revenueMicros: total(55_000_000),
        payoutMicros: total(77_000_000),
      }
      const world = await buildNetworkWorld(await stores.open(), {
        advertiser: { token: 'T0K' },
        offer: { caps: { daily: null, monthly: null, total: 4321, timeZone: 'UTC' } },
        terms: { protocol, caps, revenue: { model: 'flat', amountMicros: 3_456_000 } },
      })
      const { steps, text } = await explain(world, { cid: world.visit(), ...given }, { kind })
      const told = steps.filter(({ step }) => step === 'cap' || step === 'price')
      expect(told.map(({ detail }) => detail)).toEqual([
        'the cap of conversions in total has room',
        'the revenue cap in total has room',
        'the payout cap in total has room',
        'has a price',
      ])
      for (const secret of ['4321', '55 USD', '77 USD', '3.456']) expect(text).not.toContain(secret)
    },
  )

  it('tells a server that signs its own amounts', async () => {
    const world = await buildNetworkWorld(await stores.open(), { advertiser: { signingSecret: 'shh' } })
    const query = `cid=${world.visit()}&test=1&ts=${world.time.now / 1_000}`
    const rawQuery = `${query}&sig=${createHmac('sha256', 'shh').update(query).digest('hex')}`
    const params = [...new URLSearchParams(rawQuery)]
    expect((await explain(world, {}, { rawQuery, params })).text).toContain('the advertiser pays 3 USD')
  })

  it('tells a member of the workspace what the affiliate gets, and where', async () => {
    const world = await buildNetworkWorld(await stores.open())
    await world.target()
    const { text } = await explain(world, { cid: world.visit() }, { kind: 'manual' })
    expect(text).toContain('the advertiser pays 3 USD, the affiliate gets 2 USD')
    expect(text).toContain('https://affiliate.example/pb?cid=AFF-CLICK-1')
  })

  it('names the first step that fails', async () => {
    const world = await buildNetworkWorld(await stores.open(), {
      terms: { protocol: 'iframe' },
      affiliate: { status: 'paused' },
      advertiser: { token: 'T0K' },
      offer: { currency: 'JPY' },
    })
    const cid = world.visit()
    expect((await explain(world, { cid, token: 'X' })).reason).toBe('token: the token is wrong')
    const image = await explain(world, { cid, token: 'T0K' }, { kind: 'image' })
    expect(image.reason).toContain('protocol: this is the image pixel')
    const { reason, steps } = await explain(world, { cid, token: 'T0K' })
    expect(reason).toBe('affiliate: the affiliate is paused')
    expect(steps.at(-1)).toMatchObject({ ok: false, detail: 'no exchange rate JPY → USD is set' })
    const clickless = { token: 'T0K', affiliate: world.affiliateId, offer: world.offerId }
    expect((await explain(world, clickless)).reason).toBe(
      'clickless: a conversion without a visit needs a txid',
    )
  })
})
