import { describe, expect, it } from 'vitest'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { openFlows, rule, to } from './api-flows-rig.ts'

/** Field → a part of what is said about it. */
type Refusal = readonly [field: string, message: string]

const test = (field: string, operator: string, ...values: string[]) => ({ field, operator, values })

describe('what is refused of a flow', () => {
  const stores = useStores('sqlite')

  async function refusals(payload: (offer: string) => object): Promise<readonly Refusal[]> {
    const { call, offer } = await openFlows(stores)
    const { status, body } = await call('POST', 'flows', { name: 'Flow', ...payload(await offer('O')) })
    expect([400, 422]).toContain(status)
    return body.errors.map(({ field, message }: Record<'field' | 'message', string>) => [field, message])
  }

  it('weights that sum to zero, of paths, offers and landers, also in rules', async () => {
    const found = await refusals((id) => ({
      rules: [rule({ all: [] }, [{ offers: [{ id, weight: 0 }] }])],
      paths: [{ weight: 0, offers: [{ id }] }],
    }))
    expect(found).toEqual([
      ['paths', expect.stringContaining('sum to zero')],
      ['rules.0.paths.0.offers', expect.stringContaining('sum to zero')],
    ])
  })

  it('ids that are there twice', async () => {
    const found = await refusals((id) => ({
      rules: [rule({ all: [] }, [{ id: 'p', offers: [{ id }, { id }] }]), rule({ all: [] })],
      paths: [{ id: 'p', offers: [{ id }] }],
    }))
    expect(found.map(([field]) => field)).toEqual(['rules.1.id', 'paths.0.id', 'rules.0.paths.0.offers.1.id'])
  })

  it('offers and landers that are not there, wherever they stand', async () => {
    const found = await refusals((id) => ({
      rules: [rule({ all: [] }, [{ offers: [{ id: 'gone' }] }])],
      paths: [{ offers: [{ id }], landers: [{ id: 'lost' }] }],
    }))
    expect(found).toEqual([
      ['rules.0.paths.0.offers.0.id', 'there is no offer "gone"'],
      ['paths.0.landers.0.id', 'there is no lander "lost"'],
    ])
  })

  it('an optimisation with nothing to choose from', async () => {
    const optimization = { level: 'offers', metric: 'epv', floorPercent: 5, windowDays: 7 }
    const found = await refusals((id) => ({ optimization, paths: to(id) }))
    expect(found).toEqual([['optimization.level', expect.stringContaining('two to choose from')]])
  })

  it.each<[string, object | undefined, string, string]>([
    ['an unknown field', test('planet', 'is', 'Mars'), 'field', 'no field'],
    ['an expression of another syntax', test('city', 'regex', '(?=a)'), 'values.0', 'RE2'],
    [
      'an expression that unfolds without end',
      test('city', 'regex', '(((a{99}){99}){99})'),
      'values.0',
      'repeat',
    ],
    ['a long expression', test('city', 'regex', 'a'.repeat(257)), 'values.0', 'longer than'],
    ['a wrong range', { any: [test('ip', 'in', '10.0.0.0/8', '10.0.0.0/40')] }, 'any.0.values.1', 'CIDR'],
    ['no condition', { none: [] }, '', 'must be {all'],
    ['nothing', undefined, '', 'must be {all'],
  ])('%s, with where it stands', async (_name, when, where, message) => {
    const found = await refusals(() => ({ rules: [rule({ all: [] }, [], 'r0'), rule(when)] }))
    const field = where === '' ? 'rules.1.when' : `rules.1.when.${where}`
    expect(found).toEqual([[field, expect.stringContaining(message)]])
  })

  it('nothing, when an expression would explode in another engine: here its time is linear', async () => {
    const { make, campaign, call } = await openFlows(stores)
    const rules = [rule(test('user_agent', 'regex', '^(a+)+$'))]
    const id = await campaign('C', { flowId: await make('flows', { name: 'F', rules }) })
    const facts = { user_agent: `${'a'.repeat(1_000)}!` }
    const { body } = await call('POST', `campaigns/${id}/dry-run`, { facts })
    expect(body.steps[0].rules[0]).toMatchObject({ verdict: 'not_matched' })
  })
})

describe('rules that never match', () => {
  const stores = useStores('sqlite')

  it('are warned of, not refused', async () => {
    const { call } = await openFlows(stores)
    const rules = [rule({ any: [] }), rule({ all: [] }, [], 'r2'), rule(test('os', 'is', 'iOS'), [], 'r3')]
    const { status, body } = await call('POST', 'flows', { name: 'Flow', rules })
    expect(status).toBe(201)
    expect(body.warnings.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual(['r1', 'r3'])
    const path = `flows/${body.id}`
    expect((await call('PATCH', path, { rules: [] })).body.warnings).toEqual([])
  })
})

describe.each(SQL_ENGINES)('what is in use on %s', (engine) => {
  const stores = useStores(engine)

  it('can not be archived, and who uses it is named', async () => {
    const { world, call, make, offer, campaign, through } = await openFlows(stores)
    const used = await offer('Used')
    const lander = await make('landers', { name: 'L', url: 'https://lander.example/' })
    const paths = [{ offers: [{ id: used }], landers: [{ id: lander }] }]
    const flowId = await make('flows', { name: 'Shared', rules: [rule({ all: [] }, paths)] })
    const domainId = await make('domains', { name: 'go.example.com' })
    const direct = await campaign('Direct', { paths, domainId })
    await campaign('Sharing', { flowId })
    await offer('Safe', { fallbackOfferId: used })
    await through('Onwards', direct)
    await make('domains', { name: 'www.example.com', defaultCampaignId: direct })
    const refused: readonly [string, string[]][] = [
      [`offers/${used}`, ['campaign "Direct"', 'flow "Shared"', 'offer "Safe"']],
      [`landers/${lander}`, ['campaign "Direct"', 'flow "Shared"']],
      [`flows/${flowId}`, ['campaign "Sharing"']],
      [`domains/${domainId}`, ['campaign "Direct"']],
      [`campaigns/${direct}`, ['offer "Onwards"', 'domain "www.example.com"']],
    ]
    for (const [path, users] of refused) {
      const { body } = await call('DELETE', path)
      expect(body, path).toMatchObject({ status: 409, code: 'in_use' })
      for (const user of users) expect(body.detail).toContain(user)
      expect((await call('GET', path)).body.archivedAt).toBeNull()
    }
    expect((await call('DELETE', `landers/${world.ids.landers}`)).body.detail).toContain('ALPHA campaigns')
  })

  it('by paused campaigns alone can be archived, and is asked for when they start again', async () => {
    const { call, offer, campaign } = await openFlows(stores)
    const used = await offer('Used')
    const id = await campaign('C', { paths: to(used), status: 'paused' })
    expect((await call('DELETE', `offers/${used}`)).status).toBe(204)
    expect((await call('PATCH', `campaigns/${id}`, { status: 'active' })).body).toMatchObject({
      status: 422,
      errors: [{ field: 'paths.0.offers.0.id' }],
    })
  })

  it('of another system is in use once in the installation', async () => {
    const { call, offer, campaign } = await openFlows(stores)
    const legacyIds = ['prosper202:1_0', 'prosper202:2']
    const first = await campaign('C', { legacyIds })
    const second = await campaign('D', { legacyIds: ['prosper202:1x0'] })
    await offer('O', { legacyIds })
    const taken = await call('PATCH', `campaigns/${second}`, { legacyIds: ['voluum:1', 'prosper202:2'] })
    expect(taken.body).toMatchObject({ status: 422, errors: [{ field: 'legacyIds.1' }] })
    expect((await call('PATCH', `campaigns/${first}`, { legacyIds, name: 'same' })).status).toBe(200)
    expect((await call('DELETE', `campaigns/${first}`)).status).toBe(204)
    expect((await call('PATCH', `campaigns/${second}`, { legacyIds })).status).toBe(200)
  })

  it('of another system is taken by one of many that are saved at once', async () => {
    const { call, campaign, world } = await openFlows(stores)
    const known = await campaign('Known')
    const trafficSourceId = world.ids['traffic-sources']
    const create = (name: string, legacyIds: readonly string[]) =>
      call('POST', 'campaigns', { name, trafficSourceId, legacyIds })
    const answers = await Promise.all([
      ...['A', 'B', 'C'].map((name) => create(name, ['prosper202:1', 'prosper202:2'])),
      ...['D', 'E', 'F'].map((name) => create(name, ['prosper202:2', 'prosper202:1'])),
      call('PATCH', `campaigns/${known}`, { legacyIds: ['prosper202:1'] }),
      call('PATCH', `campaigns/${known}`, { legacyIds: ['prosper202:2'] }),
    ])
    const refused = answers.filter(({ status }) => status === 422)
    const rows = await call('GET', 'campaigns')
    const taken = rows.body.items.flatMap((item: { legacyIds: readonly string[] }) => item.legacyIds)
    expect(taken).toHaveLength(new Set(taken).size)
    expect(refused.length).toBeGreaterThanOrEqual(6)
    expect(answers.every(({ status }) => status < 300 || status === 422)).toBe(true)
  })
})

describe('a domain', () => {
  const stores = useStores('sqlite')

  it.each([
    ['GO.Example.com', 'go.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['localhost', 'localhost'],
  ])('%s is kept as browsers send it: %s', async (name, kept) => {
    const { call } = await openFlows(stores)
    expect((await call('POST', 'domains', { name })).body).toMatchObject({
      name: kept,
      defaultCampaignId: '',
    })
  })

  it.each([
    '',
    'https://go.example.com',
    'go.example.com:8080',
    'go.example.com/x',
    'a b.example',
    '-a.example',
  ])('is not %j', async (name) => {
    const { call } = await openFlows(stores)
    expect((await call('POST', 'domains', { name })).body).toMatchObject({ errors: [{ field: 'name' }] })
  })

  it('is in use once, and its default campaign and those that use it must be there', async () => {
    const { call, make, campaign } = await openFlows(stores)
    const id = await make('domains', { name: 'go.example.com' })
    const again = { name: 'Go.Example.com' }
    expect((await call('POST', 'domains', again)).body.detail).toContain('in use already')
    expect((await call('PATCH', `domains/${id}`, again)).status).toBe(200)
    expect((await call('PATCH', `domains/${id}`, { defaultCampaignId: 'gone' })).body).toMatchObject({
      errors: [{ field: 'defaultCampaignId' }],
    })
    const wrong = await campaign('C', { domainId: 'gone' }).catch((error: unknown) => String(error))
    expect(wrong).toContain('there is no domain')
    expect((await call('DELETE', `domains/${id}`)).status).toBe(204)
    expect((await call('POST', 'domains', again)).status).toBe(201)
  })

  it.each([
    ['https://track.example.com', 'https://go.example.com/c/'],
    ['http://localhost:8080', 'http://go.example.com:8080/c/'],
  ])('is the host of the links of its campaigns, like %s: %s', async (publicUrl, start) => {
    const { call, make, campaign } = await openFlows(stores, { publicUrl })
    const id = await campaign('C', { domainId: await make('domains', { name: 'go.example.com' }) })
    expect((await call('GET', `campaigns/${id}`)).body.link).toContain(start)
  })
})

describe('a dry run', () => {
  const stores = useStores('sqlite')

  it('tells the rule, the way, and every test with what the visitor has', async () => {
    const { call, offer, campaign } = await openFlows(stores)
    const [mobile, rest] = [await offer('Mobile'), await offer('Rest')]
    const when = { all: [test('country', 'in', 'DE', 'AT'), test('token:zone', 'greater', '5')] }
    const rules = [rule(when, [{ id: 'p1', offers: [{ id: mobile }] }])]
    const id = await campaign('C', { rules, paths: [{ id: 'p2', offers: [{ id: rest }] }] })
    const run = async (facts: object) =>
      (await call('POST', `campaigns/${id}/dry-run`, { facts })).body.steps[0]
    expect(await run({ country: 'DE', 'token:zone': '7' })).toMatchObject({
      campaignId: id,
      decision: { found: true, ruleId: 'r1', pathId: 'p1', offerId: mobile, reason: 'rule' },
      rules: [
        {
          verdict: 'matched',
          tests: [
            { holds: true, actual: 'DE' },
            { path: 'all.1', actual: '7' },
          ],
        },
      ],
      paths: [{ pathId: 'p1', isOpen: true, offers: [{ id: mobile, isUsable: true }] }],
    })
    expect(await run({ country: 'DE' })).toMatchObject({
      decision: { ruleId: '', pathId: 'p2', offerId: rest, reason: 'default' },
      rules: [{ verdict: 'not_matched', tests: [{ holds: true }, { holds: false, actual: '' }] }],
    })
  })

  it('takes the hour and weekday of the moment in the time zone of the workspace', async () => {
    const { call, campaign } = await openFlows(stores)
    await call('PATCH', 'settings', { timeZone: 'America/New_York' })
    const when = { all: [test('hour', 'is', '19'), test('weekday', 'is', '7')] }
    const id = await campaign('C', { rules: [rule(when)] })
    const run = async (at: string) =>
      (await call('POST', `campaigns/${id}/dry-run`, { at })).body.steps[0].decision
    expect(await run('2024-01-08T00:30:00Z')).toMatchObject({ ruleId: 'r1', reason: 'rule without paths' })
    expect(await run('2024-01-08T01:30:00Z')).toMatchObject({ ruleId: '', found: false, reason: 'no rule' })
  })

  it('keeps the way of a returning visitor, and knows them as one', async () => {
    const { call, offer, campaign } = await openFlows(stores)
    const offers = [{ id: await offer('A') }, { id: await offer('B') }]
    const rules = [rule(test('visitor', 'is', 'returning'), [{ id: 'p', offers }])]
    const id = await campaign('C', { rules, sticky: 'offer' })
    for (const { id: offerId } of offers) {
      const previous = { pathId: 'p', offerId }
      const { body } = await call('POST', `campaigns/${id}/dry-run`, { previous })
      expect(body.steps[0].decision).toMatchObject({ offerId, reason: 'rule, sticky offer' })
    }
    expect((await call('POST', `campaigns/${id}/dry-run`, {})).body.steps[0].decision.reason).toBe('no rule')
  })

  it('leaves out offers that are capped or for other countries, and uses their stand-in', async () => {
    const { api, call, offer, campaign } = await openFlows(stores)
    const spare = await offer('Spare')
    const german = await offer('German', { countries: ['DE'], fallbackOfferId: spare })
    const capped = await offer('Capped', { caps: { total: 1 } })
    const id = await campaign('C', { paths: to(capped, german) })
    const used = { key: `offer:${capped}`, period: 'total', count: 1 }
    await api.store.db.insertInto('cap_counters').values(used).execute()
    const run = async (country: string) =>
      (await call('POST', `campaigns/${id}/dry-run`, { facts: { country } })).body.steps[0].decision
    expect(await run('de')).toMatchObject({ offerId: german, reason: 'default' })
    expect(await run('US')).toMatchObject({ offerId: spare, reason: 'default, fallback offer' })
  })

  it('goes on through campaigns', async () => {
    const { call, offer, campaign, through } = await openFlows(stores)
    const end = await offer('End')
    const inner = await campaign('Inner', { paths: to(end) })
    const id = await campaign('Outer', { paths: to(await through('On', inner)) })
    const { body } = await call('POST', `campaigns/${id}/dry-run`, {})
    expect(body.steps).toMatchObject([{ campaignId: id }, { campaignId: inner, decision: { offerId: end } }])
    await call('PATCH', `campaigns/${inner}`, { status: 'paused' })
    const paused = (await call('POST', `campaigns/${id}/dry-run`, {})).body.steps
    expect(paused).toMatchObject([{ decision: { found: false, reason: 'no path' } }])
  })

  it('tries a flow before it is saved, and saves nothing', async () => {
    const { call, offer, campaign } = await openFlows(stores)
    const [stored, tried] = [await offer('Stored'), await offer('Tried')]
    const id = await campaign('C', { paths: to(stored) })
    const flow = { paths: to(tried) }
    const { body } = await call('POST', `campaigns/${id}/dry-run`, { flow })
    expect(body.steps[0].decision).toMatchObject({ offerId: tried })
    expect((await call('POST', `campaigns/${id}/dry-run`, {})).body.steps[0].decision).toMatchObject({
      offerId: stored,
    })
  })

  it.each([
    [{ facts: { planet: 'Mars' } }, 'facts.planet'],
    [{ at: 'tomorrow' }, 'at'],
    [{ flow: { rules: [{ when: { some: [] }, paths: [] }] } }, 'flow.rules.0.when'],
    [{ visitor: {} }, ''],
  ])('of %j is refused', async (payload, field) => {
    const { world, call } = await openFlows(stores)
    const answer = await call('POST', `campaigns/${world.ids.campaigns}/dry-run`, payload)
    expect(answer.body).toMatchObject({ status: 400, errors: [{ field }] })
  })
})
