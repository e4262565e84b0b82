import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkCondition } from '../../src/domain/check-condition.ts'
import { CONDITION_FIELDS, CONDITION_OPERATORS } from '../../src/domain/flow.ts'
import { describeCondition, readCondition, writeCondition } from '../../web/src/conditions.ts'
import { flowTexts } from '../../web/src/texts-flow.ts'

const test = fc.record({
  field: fc.constantFrom('country', 'os', 'token:zone', 'param:utm_source'),
  operator: fc.constantFrom('is', 'is_not', 'contains', 'starts'),
  values: fc.array(fc.string({ minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
})
const groupOf = <T>(part: fc.Arbitrary<T>) => {
  const parts = fc.array(part, { minLength: 1, maxLength: 3 })
  return fc.oneof(
    parts.map((all) => ({ all })),
    parts.map((any) => ({ any })),
  )
}

describe('conditions in the form of a rule', () => {
  it('are written as they were read, for groups of one level', () => {
    fc.assert(
      fc.property(groupOf(fc.oneof(test, groupOf(test))), (condition) => {
        const read = readCondition(condition)
        expect(read && writeCondition(read)).toEqual(condition)
      }),
    )
  })

  it('are not taken for something else where groups are nested deeper', () => {
    const deep = { all: [{ any: [{ all: [{ field: 'country', operator: 'is', values: ['DE'] }] }] }] }
    expect(readCondition(deep)).toBeUndefined()
    expect(describeCondition(deep)).toBe('Country is Germany')
  })

  it('say unknown and known, and what the API makes of it', () => {
    const unknown = { all: [{ field: 'os', operator: 'is', values: [''] }] }
    const read = readCondition(unknown)
    expect(read?.parts).toEqual([{ field: 'os', operator: 'unknown', values: [] }])
    expect(read && writeCondition(read)).toEqual(unknown)
    const tools = { compileRegex: () => ({ ok: true as const, test: () => true }) }
    expect(checkCondition(unknown, '', tools)).toEqual([])
  })

  it('read as a sentence', () => {
    const condition = {
      all: [
        { field: 'country', operator: 'in', values: ['DE', 'AT'] },
        {
          any: [
            { field: 'device_type', operator: 'is', values: ['mobile'] },
            { field: 'token:zone', operator: 'not_in', values: ['7'] },
          ],
        },
      ],
    }
    expect(describeCondition(condition)).toBe(
      'Country is Germany or Austria and (Device type is Mobile or Token: zone is not 7)',
    )
  })

  it('have a word for every field and operator', () => {
    expect(Object.keys(flowTexts.fields).sort()).toEqual([...CONDITION_FIELDS].sort())
    const plain = CONDITION_OPERATORS.filter((name) => name !== 'in' && name !== 'not_in')
    expect(Object.keys(flowTexts.operators)).toEqual(expect.arrayContaining(plain))
  })
})
