import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkCondition } from '../../src/domain/check-condition.ts'
import { findValueProblem } from '../../src/domain/condition-fields.ts'
import { CONDITION_FIELDS, CONDITION_OPERATORS } from '../../src/domain/flow.ts'
import { createDeviceReader } from '../../src/edge/device.ts'
import { suggestionsOf, valuesHint } from '../../web/src/condition-values.ts'
import { choicesOf, describeCondition, readCondition, writeCondition } from '../../web/src/conditions.ts'
import { flowTexts } from '../../web/src/texts-flow.ts'

const test = fc.record({
  field: fc.constantFrom('country', 'os', 'token:zone', 'param:utm_source'),
  operator: fc.constantFrom('is', 'is_not', 'contains', 'starts'),
  values: fc.array(fc.string({ minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 }),
})
const TOOLS = { compileRegex: () => ({ ok: true as const, test: () => true }) }
const groupOf = <T>(part: fc.Arbitrary<T>) => {
  const parts = fc.array(part, { minLength: 1, maxLength: 3 })
  return fc.oneof(
    parts.map((all) => ({ all })),
    parts.map((any) => ({ any })),
  )
}

describe('conditions in the form of a rule', () => {
  it('are written as they were read, as deep as the API takes them', () => {
    const level4 = groupOf(test)
    const level3 = groupOf(fc.oneof(test, level4))
    const level2 = groupOf(fc.oneof(test, level3))
    fc.assert(
      fc.property(groupOf(fc.oneof(test, level2)), (condition) => {
        const read = readCondition(condition)
        expect(read && writeCondition(read)).toEqual(condition)
        const problems = checkCondition(condition, '', TOOLS)
        expect(problems.filter(({ message }) => message.includes('deeper'))).toEqual([])
      }),
    )
  })

  it('are not taken for something else where they are none', () => {
    expect(readCondition({ all: [{ any: [{ every: [] }] }] })).toBeUndefined()
    const deep = { all: [{ any: [{ all: [{ field: 'country', operator: 'is', values: ['DE'] }] }] }] }
    expect(describeCondition(deep)).toBe('Country is Germany')
  })

  it('say unknown and known, and what the API makes of it', () => {
    const unknown = { all: [{ field: 'os', operator: 'is', values: [''] }] }
    const read = readCondition(unknown)
    expect(read?.parts).toEqual([{ field: 'os', operator: 'unknown', values: [] }])
    expect(read && writeCondition(read)).toEqual(unknown)
    expect(checkCondition(unknown, '', TOOLS)).toEqual([])
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

  it('offer no value that the API refuses', () => {
    for (const field of CONDITION_FIELDS) {
      const problems = (choicesOf(field) ?? []).map(({ value }) => findValueProblem(field, value))
      expect(problems.filter(Boolean)).toEqual([])
    }
    expect(choicesOf('hour')?.map(({ value }) => value)).toEqual(Array.from({ length: 24 }, (_, i) => `${i}`))
    expect(choicesOf('language')).toContainEqual({ value: 'pt', label: 'Portuguese' })
  })

  it('say of every field how its values are written, unless its choice does', () => {
    const said = (field: string) => valuesHint(field, 'is', 'Europe/Berlin') !== ''
    const silent = CONDITION_FIELDS.filter((field) => choicesOf(field) === undefined && !said(field))
    expect(silent).toEqual([])
    expect(valuesHint('hour', 'is', 'Europe/Berlin')).toContain('Europe/Berlin')
  })

  it('suggest names that visits have', () => {
    const reader = createDeviceReader()
    const seen = USER_AGENTS.map((text) => reader.read({ 'user-agent': text }).facts)
    for (const field of ['os', 'browser', 'device_brand'] as const) {
      const names = seen.map((facts) => facts[field])
      expect(suggestionsOf(field).filter((name) => !names.includes(name))).toEqual([])
    }
  })
})

const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'
const ANDROID = ') AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36'
const android = (model: string, app = '') => `Mozilla/5.0 (Linux; Android 13; ${model}${ANDROID}${app}`
/** What browsers and apps send, at least one for each suggested name. */
const USER_AGENTS = [
  `${WINDOWS} Chrome/131.0.0.0 Safari/537.36`,
  `${WINDOWS} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0`,
  `${WINDOWS} Chrome/122.0.0.0 YaBrowser/24.4.0 Safari/537.36`,
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 OPR/115.0.0.0',
  'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
  'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
  'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) 76.0.3809.146/6.0 TV Safari/537.36',
  'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/87.0.4280.88 Safari/537.36 WebAppManager',
  'Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15',
  `${IPHONE} Version/17.4 Mobile/15E148 Safari/604.1`,
  `${IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/450.0.0.38.107;FBDV/iPhone15,2;FBSN/iOS;FBSV/17.4]`,
  `${IPHONE} Mobile/15E148 Instagram 320.0.0.0.0 (iPhone15,2; iOS 17_4; en_US; en; scale=3.00; 1179x2556)`,
  'Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Linux; Android 13; Pixel 7; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Linux; U; Android 9; en-US; Redmi Note 7) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/78.0 UCBrowser/13.4 Mobile Safari/537.36',
  'Mozilla/5.0 (Linux; U; Android 12; en-us; Redmi Note 10) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/100.0 Mobile Safari/537.36 XiaoMi/MiuiBrowser/13.5',
  'Mozilla/5.0 (Linux; Android 10; HUAWEI ELE-L29) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/92.0 HuaweiBrowser/11.1.5.320 Mobile Safari/537.36',
  android('Pixel 7', ' musical_ly_2022803040 trill/2803040'),
  ...'CPH2411,vivo 1901,moto g84 5G,ONEPLUS A6013,RMX3771,TECNO KG5,Infinix X6816,Nokia G21,LM-G820'
    .split(',')
    .map((model) => android(model)),
]
