import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileFlow, decideRoute, type RouteDecision } from './decide-route.ts'
import { explainRoute } from './explain-route.ts'
import { type Condition, type Flow, type FlowPath, type FlowRule, STICKY_LEVELS } from './flow.ts'

const tools = { compileRegex: () => ({ ok: false, reason: 'no expressions here' }) as const }
const takesAll = { takes: () => true, fallbackOffer: () => '', hasLander: () => true }
const refs = (...ids: string[]) => ids.map((id) => ({ id, weight: 1 }))
const path = (id: string, landers: string[], offers: string[], weight = 1): FlowPath => ({
  id,
  weight,
  landers: refs(...landers),
  offers: refs(...offers),
})
const country = (...values: string[]): Condition => ({ field: 'country', operator: 'in', values })
const rule = (id: string, when: Condition, paths: FlowPath[], enabled = true): FlowRule => ({
  id,
  name: id,
  enabled,
  when,
  paths,
})
const flow = (changes: Partial<Flow>): Flow => ({ rules: [], paths: [], sticky: 'none', ...changes })

type Asked = Partial<Omit<Parameters<typeof decideRoute>[0], 'flow'>> & { readonly country?: string }

function decide(asked: Flow, options: Asked = {}): RouteDecision {
  const request = requestOf(options)
  return decideRoute({ ...request, flow: compileFlow(asked, tools) })
}

function requestOf({ country: place = '', ...options }: Asked) {
  const facts = { value: (field: string) => (field === 'country' ? place : '') }
  return { facts, lookups: takesAll, seed: 'visitor', salt: 'campaign', ...options }
}

describe('rules', () => {
  const asked = flow({
    rules: [
      rule('off', { all: [] }, [path('p-off', [], ['o-off'])], false),
      rule('dach', country('DE', 'AT'), [path('p-dach', ['l1'], ['o-dach'])]),
      rule('german', country('DE'), [path('p-german', [], ['o-german'])]),
      rule('blocked', country('FR'), []),
    ],
    paths: [path('p-else', [], ['o-else'])],
  })

  it('decide in order: the first enabled one that matches', () => {
    expect(decide(asked, { country: 'DE' })).toEqual({
      found: true,
      ruleId: 'dach',
      pathId: 'p-dach',
      landerId: 'l1',
      offerId: 'o-dach',
      reason: 'rule',
    })
  })

  it('that none match leave visitors to the paths of the flow', () => {
    expect(decide(asked, { country: 'US' })).toMatchObject({
      ruleId: '',
      pathId: 'p-else',
      reason: 'default',
    })
  })

  it('without paths send visitors to the fallback', () => {
    const decision = decide(asked, { country: 'FR' })
    expect(decision).toEqual({ found: false, ruleId: 'blocked', reason: 'rule without paths' })
  })

  it('that can not be compiled are reported and never match', () => {
    const broken = rule('broken', { field: 'os', operator: 'regex', values: ['('] }, [path('p', [], ['o'])])
    const compiled = compileFlow(flow({ rules: [broken], paths: [path('q', [], ['o'])] }), tools)
    expect(compiled.problems).toEqual([{ ruleId: 'broken', reason: 'no expressions here' }])
    expect(decideRoute({ ...requestOf({}), flow: compiled })).toMatchObject({ pathId: 'q' })
  })

  it.each<[string, Flow, string]>([
    ['nothing at all', flow({}), 'no path'],
    ['rules that do not match', flow({ rules: [rule('r', country('DE'), [])] }), 'no rule'],
    ['paths whose weights are zero', flow({ paths: [path('p', [], ['o'], 0)] }), 'no path'],
    ['paths without offers', flow({ paths: [path('p', ['l'], [])] }), 'no path'],
  ])('%s: not found, and why', (_name, of, reason) => {
    expect(decide(of)).toEqual({ found: false, ruleId: '', reason })
  })
})

describe('a route', () => {
  const two = flow({ paths: [path('p1', ['l1', 'l2'], ['o1', 'o2']), path('p2', [], ['o3', 'o4'])] })

  it('takes every combination of path, lander and offer, about equally often', () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < 20_000; i++) {
      const way = decide(two, { seed: `visitor-${i}` })
      const name = way.found ? `${way.pathId}/${way.landerId}/${way.offerId}` : way.reason
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    const ways = ['p1/l1/o1', 'p1/l1/o2', 'p1/l2/o1', 'p1/l2/o2', 'p2//o3', 'p2//o4']
    expect([...counts.keys()].toSorted()).toEqual(ways)
    for (const [way, count] of counts) {
      expect(Math.abs(count / 20_000 - (way.startsWith('p1') ? 1 / 8 : 1 / 4))).toBeLessThan(0.015)
    }
  })

  it('never leads to an offer that does not take the visitor, nor to a lander that is gone', () => {
    const lookups = { ...takesAll, takes: (id: string) => id === 'o2', hasLander: () => false }
    expect(decide(two, { lookups })).toMatchObject({ pathId: 'p1', landerId: '', offerId: 'o2' })
  })

  it('without an offer that takes the visitor leads to the stand-in of the first that has one', () => {
    const chain: Readonly<Record<string, string>> = { o2: 'gone', gone: 'spare' }
    const lookups = {
      takes: (id: string) => id === 'spare',
      fallbackOffer: (id: string) => chain[id] ?? '',
      hasLander: () => true,
    }
    const decision = decide(two, { lookups })
    expect(decision).toMatchObject({ pathId: 'p1', offerId: 'spare', reason: 'default, fallback offer' })
  })

  it('takes no stand-in of an offer or path that is paused', () => {
    const lookups = {
      takes: (id: string) => id === 'spare',
      fallbackOffer: (id: string) => (id === 'o1' ? 'spare' : ''),
      hasLander: () => true,
    }
    const pausedPath = flow({ paths: [path('p1', [], ['o1'], 0), path('p2', [], ['o2'])] })
    const offers = [{ id: 'o1', weight: 0 }, ...refs('o2')]
    const pausedOffer = flow({ paths: [{ ...path('p1', [], []), offers }] })
    for (const asked of [pausedPath, pausedOffer]) {
      expect(decide(asked, { lookups })).toEqual({ found: false, ruleId: '', reason: 'no path' })
    }
  })

  it('through stand-ins in a circle is not found', () => {
    const lookups = {
      ...takesAll,
      takes: () => false,
      fallbackOffer: (id: string) => (id === 'o1' ? 'o2' : 'o1'),
    }
    expect(decide(two, { lookups })).toEqual({ found: false, ruleId: '', reason: 'no path' })
  })
})

describe('a returning visitor', () => {
  const paths = [path('p1', ['l1', 'l2'], ['o1', 'o2']), path('p2', ['l1', 'l2'], ['o1', 'o2'])]
  const ways = ['p1', 'p2'].flatMap((pathId) =>
    ['l1', 'l2'].flatMap((landerId) => ['o1', 'o2'].map((offerId) => ({ pathId, landerId, offerId }))),
  )

  it.each([
    ['none', []],
    ['path', ['pathId']],
    ['lander', ['pathId', 'landerId']],
    ['offer', ['pathId', 'landerId', 'offerId']],
  ] as const)('keeps by %j: %j, and nothing else', (sticky, kept) => {
    for (const previous of ways) {
      const decisions = Array.from({ length: 200 }, (_, i) =>
        decide(flow({ paths, sticky }), { previous, seed: `visitor-${i}` }),
      )
      for (const part of ['pathId', 'landerId', 'offerId'] as const) {
        const seen = new Set(decisions.map((decision) => (decision.found ? decision[part] : '')))
        expect(seen.size, part).toBe(kept.some((name) => name === part) ? 1 : 2)
        if (kept.some((name) => name === part)) expect(seen).toContain(previous[part])
      }
      const reason = sticky === 'none' ? 'default' : `default, sticky ${sticky}`
      expect(decisions.every((decision) => decision.reason === reason)).toBe(true)
    }
  })

  it.each<[string, FlowPath[], object]>([
    [
      'a paused path',
      [path('p1', ['l1'], ['o1'], 0), path('p2', ['l1'], ['o1'])],
      { pathId: 'p2', reason: 'default' },
    ],
    ['a path that is gone', [path('p2', ['l1'], ['o1'])], { pathId: 'p2', reason: 'default' }],
    [
      'an offer that is gone',
      [path('p1', ['l1'], ['o9'])],
      { offerId: 'o9', reason: 'default, sticky lander' },
    ],
    [
      'a lander that is gone',
      [path('p1', ['l9'], ['o1'])],
      { landerId: 'l9', reason: 'default, sticky offer' },
    ],
    [
      'all but the path gone',
      [path('p1', ['l9'], ['o9'])],
      { offerId: 'o9', reason: 'default, sticky path' },
    ],
    [
      'a paused offer',
      [{ ...path('p1', ['l1'], []), offers: [{ id: 'o1', weight: 0 }, ...refs('o2')] }],
      { offerId: 'o2', reason: 'default, sticky lander' },
    ],
  ])('does not keep %s', (_name, now, expected) => {
    const previous = { pathId: 'p1', landerId: 'l1', offerId: 'o1' }
    expect(decide(flow({ paths: now, sticky: 'offer' }), { previous })).toMatchObject(expected)
  })

  it('goes by the rule that matches now', () => {
    const previous = { pathId: 'p1', landerId: 'l1', offerId: 'o1' }
    const rules = [rule('r', country('DE'), [path('p3', [], ['o3'])])]
    const asked = flow({ rules, paths, sticky: 'offer' })
    expect(decide(asked, { previous, country: 'DE' })).toMatchObject({ pathId: 'p3', reason: 'rule' })
    expect(decide(asked, { previous, country: 'AT' })).toMatchObject({ pathId: 'p1' })
  })

  it('whose offer takes no more goes to another of the path', () => {
    const previous = { pathId: 'p1', landerId: 'l1', offerId: 'o1' }
    const lookups = { ...takesAll, takes: (id: string) => id !== 'o1' }
    const asked = flow({ paths, sticky: 'offer' })
    expect(decide(asked, { previous, lookups })).toMatchObject({ pathId: 'p1', offerId: 'o2' })
  })
})

const ids: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const weights = fc.integer({ min: 0, max: 5 })
const refLists = (minLength: number) =>
  fc.uniqueArray(fc.record({ id: ids, weight: weights }), {
    selector: (ref) => ref.id,
    minLength,
    maxLength: 4,
  })
const pathLists = fc.uniqueArray(
  fc.record({ id: ids, weight: weights, landers: refLists(0), offers: refLists(1) }),
  { selector: ({ id }) => id, maxLength: 4 },
)
const rules = fc.uniqueArray(
  fc.record({
    id: ids,
    name: fc.constant(''),
    enabled: fc.boolean(),
    when: fc.constantFrom<Condition>({ all: [] }, { any: [] }, country('DE'), country('AT', 'CH')),
    paths: pathLists,
  }),
  { selector: ({ id }) => id, maxLength: 5 },
)
const flows = fc.record({ rules, paths: pathLists, sticky: fc.constantFrom(...STICKY_LEVELS) })
const taken = fc.array(ids, { maxLength: 5 })
const asks = fc.record({
  seed: fc.string({ maxLength: 8 }),
  country: fc.constantFrom('DE', 'AT', 'US', ''),
  previous: fc.option(fc.record({ pathId: ids, landerId: ids, offerId: ids }), { nil: undefined }),
  lookups: fc.tuple(taken, taken, fc.dictionary(ids, ids)).map(([offers, landers, standIns]) => ({
    takes: (id: string) => offers.includes(id),
    fallbackOffer: (id: string) => standIns[id] ?? '',
    hasLander: (id: string) => landers.includes(id),
  })),
})

describe('of any flow, a decision', () => {
  it('is the same for the same visitor, and only ever leads to what is usable', () => {
    fc.assert(
      fc.property(flows, asks, (asked, options) => {
        const decision = decide(asked, options)
        expect(decide(asked, options)).toEqual(decision)
        if (!decision.found) return
        expect(options.lookups.takes(decision.offerId)).toBe(true)
        if (decision.landerId !== '') expect(options.lookups.hasLander(decision.landerId)).toBe(true)
        const chosen = [asked, ...asked.rules]
          .flatMap((owner) => owner.paths)
          .find((candidate) => candidate.id === decision.pathId && candidate.weight > 0)
        expect(chosen).toBeDefined()
      }),
    )
  })

  it('is never by a disabled rule, and stays when disabled rules are taken out', () => {
    fc.assert(
      fc.property(flows, asks, (asked, options) => {
        const decision = decide(asked, options)
        const enabled = asked.rules.filter((one) => one.enabled)
        if (decision.ruleId !== '') expect(enabled.map(({ id }) => id)).toContain(decision.ruleId)
        expect(decide({ ...asked, rules: enabled }, options)).toEqual(decision)
      }),
    )
  })

  it('moves only towards a path whose weight is raised', () => {
    fc.assert(
      fc.property(pathLists, fc.nat(), fc.string(), (paths, pick, seed) => {
        const raised = paths[pick % paths.length]
        const after = paths.map((one) => (one === raised ? { ...one, weight: one.weight + 3 } : one))
        const before = decide(flow({ paths }), { seed })
        const now = decide(flow({ paths: after }), { seed })
        if (now.found && before.found && now.pathId !== before.pathId) expect(now.pathId).toBe(raised?.id)
      }),
    )
  })

  it('is the one that is explained, and the rules tell the same', () => {
    fc.assert(
      fc.property(flows, asks, (asked, options) => {
        const decision = decide(asked, options)
        const trace = explainRoute({ ...requestOf(options), flow: asked }, tools)
        expect(trace.decision).toEqual(decision)
        const matched = trace.rules.filter(({ verdict }) => verdict === 'matched').map(({ ruleId }) => ruleId)
        expect(matched).toEqual(decision.ruleId === '' ? [] : [decision.ruleId])
        const isStandIn = decision.reason.endsWith('fallback offer')
        if (decision.found && !isStandIn) {
          expect(trace.paths.find(({ pathId }) => pathId === decision.pathId)?.isOpen).toBe(true)
        } else expect(trace.paths.every(({ isOpen }) => !isOpen)).toBe(true)
      }),
    )
  })
})

describe('an explanation', () => {
  it('shows every test of the rules that were tried, with what the visitor has', () => {
    const rules = [
      rule('a', { all: [country('AT'), { any: [country('DE')] }] }, [path('p', [], ['o'])]),
      rule('b', country('DE'), [path('q', [], ['o'])]),
      rule('c', { all: [] }, []),
    ]
    const trace = explainRoute({ ...requestOf({ country: 'DE' }), flow: flow({ rules }) }, tools)
    expect(trace.rules.map(({ ruleId, verdict }) => [ruleId, verdict])).toEqual([
      ['a', 'not_matched'],
      ['b', 'matched'],
      ['c', 'not_reached'],
    ])
    const test = { field: 'country', operator: 'in', actual: 'DE' }
    expect(trace.rules[0]?.tests).toEqual([
      { ...test, path: 'all.0', values: ['AT'], holds: false },
      { ...test, path: 'all.1.any.0', values: ['DE'], holds: true },
    ])
    expect(trace.rules[1]?.tests).toEqual([{ ...test, path: '', values: ['DE'], holds: true }])
  })
})
