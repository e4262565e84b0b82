import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Hit, HitKind } from '../../src/domain/hit.ts'
import { DEFAULT_TERMS, type OfferTerms } from '../../src/domain/offer-terms.ts'
import { createAdvertiser } from '../../src/store/advertisers.ts'
import type { AffiliateFields } from '../../src/store/affiliates.ts'
import { countConversions } from '../../src/store/count-conversions.ts'
import { archiveOffer, createOffer } from '../../src/store/offers.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { PLAIN_ADVERTISER, PLAIN_OFFER } from '../support/field-defaults.ts'
import { WORLD_NOW } from '../support/judge-rig.ts'
import { buildNetworkWorld, type NetworkWorld, send, told } from '../support/network-world.ts'

async function count({ store, workspaceId, time }: NetworkWorld): Promise<number> {
  return await countConversions(store.db, workspaceId, {}, { until: time.now + 1 })
}

/** A hit signed as PROTOCOL section 2 says. */
function signed(world: NetworkWorld, query: string): Hit {
  const body = `${query}&ts=${Math.floor(world.time.now / 1_000)}`
  const rawQuery = `${body}&sig=${createHmac('sha256', 'shh').update(body).digest('hex')}`
  return world.hit({}, { rawQuery, params: [...new URLSearchParams(rawQuery)] })
}

describe('a hit of an advertiser', () => {
  const stores = useStores('sqlite')

  it('is told by the token in two steps: the next one is accepted first, and asked for later', async () => {
    const world = await buildNetworkWorld(await stores.open(), { advertiser: { nextToken: 'NEW' } })
    const answers: string[] = []
    const ask = async (token: string) => {
      const given = token === '' ? {} : { token }
      answers.push(await told(world, { cid: world.visit(), ...given }))
    }
    await ask('')
    await ask('NEW')
    await world.changeAdvertiser({ token: 'NEW', nextToken: '' })
    await ask('')
    await ask('OLD')
    await ask('NEW')
    await world.changeAdvertiser({ nextToken: 'NEWER' })
    await ask('NEW')
    await ask('NEWER')
    expect(answers).toEqual([
      'recorded',
      'recorded',
      'unauthorized: the token is missing',
      'unauthorized: the token is wrong',
      'recorded',
      'recorded',
      'recorded',
    ])
  })

  it('with another advertiser’s token, address or offer counts nothing', async () => {
    const world = await buildNetworkWorld(await stores.open(), { advertiser: { token: 'MINE' } })
    const other = await createAdvertiser(
      world.store.db,
      world.workspaceId,
      { ...PLAIN_ADVERTISER, token: 'THEIRS' },
      WORLD_NOW,
    )
    const theirs = await world.offer({ advertiserId: other.id })
    expect(await told(world, { cid: world.visit(), token: 'THEIRS' })).toBe(
      'unauthorized: the token is wrong',
    )
    expect(await told(world, { cid: world.visit(), offer: theirs, token: 'THEIRS' })).toContain(
      'unauthorized',
    )
    expect(await told(world, { cid: world.visit(), offer: theirs, token: 'MINE' })).toBe(
      'rejected: the visit went to an offer of another advertiser than the one named',
    )
    await world.changeAdvertiser({ ipAllowlist: ['198.51.100.0/24'] })
    expect(await told(world, { cid: world.visit(), token: 'MINE' })).toBe(
      "rejected: 192.0.2.10 is not on the sender's list of addresses",
    )
    expect(await count(world)).toBe(0)
  })

  it('about a visit that never went to its offers is not billed to it, whatever offer it names', async () => {
    const world = await buildNetworkWorld(await stores.open(), { advertiser: { token: 'T0K' } })
    const { offerId: offer } = world
    const own = { ...PLAIN_OFFER, name: 'Own' }
    const { id: elsewhere } = await createOffer(world.store.db, world.workspaceId, own, WORLD_NOW)
    const tracker = { affiliate_id: '', advertiser_id: '' }
    const ask = async (offer_id: string) =>
      await told(world, { cid: world.visit({ ...tracker, offer_id }), offer, token: 'T0K' })
    const refused = 'rejected: the visit went to no offer of the advertiser whose offer is named'
    expect(await ask('')).toBe(refused)
    expect(await ask(elsewhere)).toBe(refused)
    expect(await count(world)).toBe(0)
    expect(await ask(offer)).toBe('recorded')
    // By way of the advertiser's offer, and on to another.
    const cid = world.visit({ ...tracker, offer_id: offer })
    const visit = world.visits.get(cid)
    if (visit !== undefined) world.visits.set(cid, { ...visit, lastClickOfferId: elsewhere })
    expect(await told(world, { cid, offer, token: 'T0K' })).toBe('recorded')
  })

  it('finds the browser’s latest visit only when that went to the advertiser', async () => {
    const world = await buildNetworkWorld(await stores.open(), { terms: { protocol: 'image' } })
    const other = await createAdvertiser(world.store.db, world.workspaceId, PLAIN_ADVERTISER, WORLD_NOW)
    const theirs = await world.offer({ advertiserId: other.id })
    const pixel = { kind: 'image', cookieClickId: world.visit() } as const
    expect(await told(world, {}, pixel)).toContain('unmatched')
    expect(await told(world, { offer: theirs }, pixel)).toContain('unmatched')
    expect(await told(world, { offer: world.offerId }, pixel)).toBe('recorded')
  })

  const pixel = (kind: HitKind) => `this is the ${kind} pixel, and the offer is set to the`
  const unproven = 'this is a server postback without a token or signature, and the offer is set to the'
  const protocols: readonly (readonly [OfferTerms['protocol'], HitKind, string, string])[] = [
    ['postback', 'postback', '', 'recorded'],
    ['postback', 'image', 'T', `rejected: ${pixel('image')} server postback`],
    ['image', 'image', '', 'recorded'],
    ['image', 'iframe', '', `rejected: ${pixel('iframe')} image pixel`],
    ['iframe', 'iframe', '', 'recorded'],
    ['iframe', 'script', '', `rejected: ${pixel('script')} iframe pixel`],
    ['script', 'script', '', 'recorded'],
    ['image', 'postback', '', `rejected: ${unproven} image pixel`],
    ['image', 'postback', 'T', 'recorded'],
    ['script', 'upload', '', 'recorded'],
  ]
  it.each(protocols)(
    'for an offer by %s, sent by %s with token "%s", is %s',
    async (protocol, kind, token, outcome) => {
      const world = await buildNetworkWorld(await stores.open(), {
        terms: { protocol },
        advertiser: { token },
      })
      const given = token === '' ? {} : { token }
      expect(await told(world, { cid: world.visit(), ...given }, { kind })).toBe(outcome)
    },
  )

  it('by a pixel needs no token, whatever token it carries', async () => {
    const world = await buildNetworkWorld(await stores.open(), {
      terms: { protocol: 'image' },
      advertiser: { token: 'T0K' },
    })
    const outcomes: string[] = []
    for (const given of [{}, { token: 'T0K' }, { token: 'old' }])
      outcomes.push(await told(world, { cid: world.visit(), ...given }, { kind: 'image' }))
    outcomes.push(await told(world, { cid: world.visit() }))
    expect(outcomes).toEqual(['recorded', 'recorded', 'recorded', 'unauthorized: the token is missing'])
  })

  it('by a server that signs is taken whatever the offer’s protocol', async () => {
    const world = await buildNetworkWorld(await stores.open(), {
      terms: { protocol: 'iframe' },
      advertiser: { signingSecret: 'shh' },
    })
    const [answer] = await world.judge.judge([signed(world, `cid=${world.visit()}`)])
    expect(answer).toMatchObject({ outcome: 'recorded' })
  })

  const statuses: readonly (readonly [AffiliateFields['status'], string])[] = [
    ['active', 'recorded'],
    ['pending', 'rejected: the affiliate is pending'],
    ['paused', 'rejected: the affiliate is paused'],
    ['rejected', 'rejected: the affiliate is rejected'],
    ['closed', 'rejected: the affiliate is closed'],
  ]
  it.each(statuses)('for an affiliate that is %s is %s', async (status, outcome) => {
    const world = await buildNetworkWorld(await stores.open(), { affiliate: { status } })
    expect(await told(world, { cid: world.visit() })).toBe(outcome)
    // A member of the workspace stands for what it reports.
    expect(await told(world, { cid: world.visit() }, { kind: 'manual' })).toBe('recorded')
  })

  it('is rejected while the advertiser is paused', async () => {
    const world = await buildNetworkWorld(await stores.open(), { advertiser: { status: 'paused' } })
    expect(await told(world, { cid: world.visit() })).toBe('rejected: the advertiser is paused')
  })

  // The visit is a minute before the hit.
  const endings: readonly (readonly [Partial<OfferTerms>, boolean, string])[] = [
    [{}, false, 'recorded'],
    [{ expiresAt: WORLD_NOW + 1 }, false, 'recorded'],
    [{ expiresAt: WORLD_NOW }, false, 'recorded: the offer expired after the visit'],
    [{ expiresAt: WORLD_NOW - 59_999 }, false, 'recorded: the offer expired after the visit'],
    [{ expiresAt: WORLD_NOW - 60_000 }, false, 'rejected: the offer was expired before the visit'],
    [{ status: 'paused' }, false, 'recorded: the offer is paused now'],
    [{}, true, 'recorded: the offer was deleted after the visit'],
    [{ expiresAt: WORLD_NOW - 90_000 }, true, 'rejected: the offer was deleted before the visit'],
  ]
  it.each(endings)('of an offer with %o, deleted: %s, is %s', async (terms, isDeleted, outcome) => {
    const world = await buildNetworkWorld(await stores.open(), { terms })
    const cid = world.visit()
    if (isDeleted) {
      await archiveOffer(world.store.db, { workspace: world.workspaceId, id: world.offerId }, WORLD_NOW)
    }
    expect(await told(world, { cid })).toBe(outcome)
  })

  it('changes what is known also when nothing new would be taken', async () => {
    const world = await buildNetworkWorld(await stores.open(), {
      terms: { clickToConversionMaxMs: 120_000 },
    })
    const cid = world.visit()
    await send(world, { cid, txid: 'T' })
    world.time.now += 3_600_000
    expect(await told(world, { cid, txid: 'U' })).toBe(
      'rejected: too late: 3660 s after the visit, 120 s are allowed',
    )
    await world.changeTerms({ ...DEFAULT_TERMS, expiresAt: WORLD_NOW - 120_000, status: 'paused' })
    await world.changeAffiliate({ status: 'closed' })
    await world.changeAdvertiser({ status: 'paused' })
    expect(await told(world, { cid, txid: 'T', status: 'rejected' })).toBe('updated')
  })

  it('names an event that its offer lists, a goal, or any when it lists none', async () => {
    const goal = { name: 'Deposit', revenue: DEFAULT_TERMS.revenue, payout: DEFAULT_TERMS.payout }
    const world = await buildNetworkWorld(await stores.open(), {
      offer: { events: ['sale', 'lead'] },
      terms: { goals: [{ ...goal, event: 'Deposit' }] },
    })
    const events = ['LEAD', 'deposit', 'install']
    const outcomes = []
    for (const event of events) outcomes.push(await told(world, { cid: world.visit(), event }))
    expect(outcomes).toEqual(['recorded', 'recorded', 'rejected: the offer knows no event "install"'])
  })
})

describe.each(SQL_ENGINES)('a signature of an advertiser on %s', (engine) => {
  const stores = useStores(engine)

  it('counts once, whatever the duplicate policy and however it is written', async () => {
    const world = await buildNetworkWorld(await stores.open(), {
      advertiser: { signingSecret: 'shh', duplicatePolicy: 'add' },
    })
    const first = signed(world, `cid=${world.visit()}&payout=5`)
    const [recorded] = await world.judge.judge([first])
    const shouted = first.params.map(
      ([name, value]) => [name, name === 'sig' ? value.toUpperCase() : value] as const,
    )
    const again = [
      { ...first, id: 'again-1' },
      { ...first, id: 'again-2', params: shouted },
    ]
    world.time.now += 200_000
    const replays = await world.judge.judge(again.map((hit) => ({ ...hit, at: world.time.now })))
    expect(replays).toMatchObject([
      {
        outcome: 'duplicate',
        reason: 'this signed message was received before',
        conversion: recorded?.conversion,
      },
      { outcome: 'duplicate', conversion: recorded?.conversion },
    ])
    const second = signed(world, `cid=${first.params[0]?.[1] ?? ''}&payout=5`)
    expect(await world.judge.judge([second])).toMatchObject([{ outcome: 'recorded' }])
    expect(await count(world)).toBe(2)
  })

  it('counts once when it comes many times at once, to several processes', async () => {
    const options = await stores.options()
    const world = await buildNetworkWorld(await stores.open(options), {
      advertiser: { signingSecret: 'shh', duplicatePolicy: 'add' },
    })
    const judges = [world.judge]
    for (const _ of [1, 2]) judges.push(world.anotherJudge(await stores.open(options)))
    const hit = signed(world, `cid=${world.visit()}`)
    const answers = await Promise.all(
      Array.from({ length: 12 }, async (_, n) => await judges[n % 3]?.judge([{ ...hit, id: `hit-${n}` }])),
    )
    const outcomes = answers.flatMap((each) => each ?? []).map(({ outcome }) => outcome)
    expect(outcomes.sort()).toEqual([...Array.from({ length: 11 }, () => 'duplicate'), 'recorded'])
    expect(await count(world)).toBe(1)
  })

  it('is forgotten a day after it was judged, and not before', async () => {
    const world = await buildNetworkWorld(await stores.open(), { advertiser: { signingSecret: 'shh' } })
    const kept = async () =>
      (await world.store.db.selectFrom('used_signatures').select('hit_id').orderBy('at').execute()).length
    for (const hours of [0, 23, 2]) {
      world.time.now += hours * 3_600_000
      await world.judge.judge([signed(world, `cid=${world.visit()}`)])
    }
    expect(await kept()).toBe(2)
  })

  it('that is wrong, or of a test, is not used up', async () => {
    const world = await buildNetworkWorld(await stores.open(), { advertiser: { signingSecret: 'shh' } })
    const cid = world.visit()
    const test = signed(world, `cid=${cid}&test=1`)
    expect(await world.judge.judge([test, { ...test, id: 'test-2' }])).toMatchObject([
      { outcome: 'test' },
      { outcome: 'test' },
    ])
    const good = signed(world, `cid=${cid}`)
    const forged = { ...good, id: 'forged', rawQuery: good.rawQuery.replace('cid', 'xid') }
    expect(await world.judge.judge([forged, good])).toMatchObject([
      { outcome: 'unauthorized' },
      { outcome: 'recorded' },
    ])
  })
})
