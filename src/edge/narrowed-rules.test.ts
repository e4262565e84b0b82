import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileFlow, decideRoute } from '../domain/decide-route.ts'
import type { Condition, ConditionField, ConditionOperator, Flow } from '../domain/flow.ts'
import type { VisitFacts } from '../domain/visit-facts.ts'
import type { ClientFacts } from './client-facts.ts'
import { compileRegex } from './compile-regex.ts'
import { NarrowedRules } from './narrowed-rules.ts'

const FIELDS = ['os', 'browser', 'country', 'city', 'sub1', 'ip', 'visitor'] as const
const WORDS = ['', 'a', 'b', 'ab', '1']
const OPERATORS = ['is', 'is_not', 'contains', 'not_contains', 'starts', 'in', 'not_in', 'regex'] as const

const test: fc.Arbitrary<Condition> = fc.record({
  field: fc.constantFrom<ConditionField[]>(...FIELDS),
  operator: fc.constantFrom<ConditionOperator[]>(...OPERATORS),
  values: fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 2 }),
})
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    test,
    fc.record({ all: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('condition'), { maxLength: 3 }) }),
  ),
}))

function flowOf(conditions: readonly Condition[], hasPaths: boolean): Flow {
  const path = (id: string) => ({ id, weight: 1, landers: [], offers: [{ id: 'o', weight: 1 }] })
  const rules = conditions.map((when, n) => ({
    id: `r${n}`,
    name: '',
    enabled: n % 5 !== 4,
    when,
    paths: [path(`p${n}`)],
  }))
  return { rules, paths: hasPaths ? [path('default')] : [], sticky: 'none' }
}

type Values = { readonly [Field in (typeof FIELDS)[number]]: string }

function factsOf(values: Values): VisitFacts {
  const all: Readonly<Record<string, string>> = values
  return { value: (field) => all[field] ?? '' }
}

const value = fc.constantFrom(...WORDS)
const visitor = fc.record({ sub1: value, ip: value, visitor: value })
const device = fc.record({ os: value, browser: value })
const place = fc.record({ country: value, city: value })

describe('narrowed rules', () => {
  it('decide as all of the rules do, for any visitors of the same devices and places', () => {
    fc.assert(
      fc.property(
        fc.record({
          conditions: fc.array(condition, { minLength: 4, maxLength: 40 }),
          hasPaths: fc.boolean(),
        }),
        fc.array(device, { minLength: 1, maxLength: 3 }),
        fc.array(place, { minLength: 1, maxLength: 3 }),
        fc.array(visitor, { minLength: 1, maxLength: 5 }),
        ({ conditions, hasPaths }, devices, places, visitors) => {
          const source = flowOf(conditions, hasPaths)
          const flow = compileFlow(source, { compileRegex })
          const narrowed = new NarrowedRules(flow, source.rules)
          const lookups = { takes: () => true, fallbackOffer: () => '', hasLander: () => true }
          for (const one of visitors) {
            for (const on of devices) {
              for (const at of places) {
                const facts = factsOf({ ...one, ...on, ...at })
                // Of a client the device's and the place's identity is all that is looked at.
                const client = { device: on, place: at } as unknown as ClientFacts
                const request = { facts, lookups, seed: 's', salt: 'c' }
                expect(decideRoute({ ...request, flow: narrowed.narrow(client, facts) })).toEqual(
                  decideRoute({ ...request, flow }),
                )
              }
            }
          }
        },
      ),
    )
  })
})
