import { describe, expect, it } from 'vitest'
import { checkSystem, checkSystemSecrets } from '../../src/api/target-system-checks.ts'
import { toPerson } from '../../src/domain/person.ts'
import { rulesOf } from '../../src/domain/target-systems/system-rules.ts'
import { type SystemConversion, TARGET_SYSTEMS } from '../../src/domain/target-systems/target-system.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { openTestApi } from './api-harness.ts'
import { createWorld } from './api-world.ts'

type Field = {
  readonly name: string
  readonly label: string
  readonly help: string
  readonly isRequired: boolean
  readonly pattern: string
  readonly choices: readonly string[]
}
type System = {
  readonly system: string
  readonly settings: readonly Field[]
  readonly secrets: readonly Field[]
  readonly baseUrl: string
}

const SYSTEMS_WITH_NEEDS = TARGET_SYSTEMS.filter((system) => rulesOf(system)?.needs !== undefined)
const VISITOR = { ip: '203.0.113.9', user_agent: 'Mozilla/5.0 Firefox/128.0' }
/** Of the form that each system has its own in. */
const SAMPLE_PARAM = '1234567890.1612345678'

describe.each(SYSTEMS_WITH_NEEDS)('what %s needs', (system) => {
  const rules = rulesOf(system)
  const needs = rules?.needs ?? { visitParams: [], person: 'none', besides: [] }

  function isTold(given: Pick<SystemConversion, 'visit' | 'person'>, shareVisitor = 'yes'): boolean {
    const told = { id: 'c1', event: 'sale', txid: '', status: 'approved', statusBefore: undefined } as const
    const worth = { amount: '1', currency: 'USD', recordedAt: 2, at: 2, visitAt: 1, macros: {} }
    const settings = { shareVisitor, pixelId: '12345', pixelCode: 'ABCDEFGH', adAccountId: '1' }
    const conversion = { ...told, ...worth, ...given, isTest: false }
    return rules?.build(conversion, { settings, baseUrl: '' }).kind === 'call'
  }
  const visitWith = (name: string) => ({ ...VISITOR, params: { [name]: SAMPLE_PARAM } })

  it('is any one of the parameters that it names, and without one it is not told', () => {
    for (const name of needs.visitParams) {
      expect(isTold({ visit: visitWith(name), person: null }), name).toBe(true)
    }
    expect(isTold({ visit: VISITOR, person: null })).toBe(false)
  })

  it('is a person in their place where it says so, and something besides where it says so', () => {
    const person = toPerson({ email: 'a@example.com', phone: '+15550100100' })
    expect(isTold({ visit: VISITOR, person })).toBe(needs.person === 'instead')
    const visit = visitWith(needs.visitParams[0] ?? '')
    expect(isTold({ visit, person: null }, 'no')).toBe(needs.besides.length === 0)
    for (const one of ['email', 'phone'] as const) {
      const known = toPerson({
        email: '',
        phone: '',
        [one]: one === 'email' ? 'a@example.com' : '+15550100100',
      })
      const isEnough = needs.besides.length === 0 || needs.besides.includes(one)
      expect(isTold({ visit, person: known }, 'no'), one).toBe(isEnough)
    }
  })
})

describe.each(SQL_ENGINES)('the systems of targets over the API on %s', (engine) => {
  const stores = useStores(engine)

  async function list(): Promise<readonly System[]> {
    const api = await openTestApi(stores)
    const world = await createWorld(api, 'ALPHA')
    const headers = { authorization: `Bearer ${world.keys.viewer}` }
    const answer = await api.app.inject({ method: 'GET', url: '/api/v1/target-systems', headers })
    expect(answer.statusCode).toBe(200)
    return answer.json().items
  }

  it('are all there, with a form and a documentation for each', async () => {
    const systems = await list()
    expect(systems.map(({ system }) => system)).toEqual(TARGET_SYSTEMS)
    for (const { system, settings, secrets, ...rest } of systems) {
      expect(rest, system).toMatchObject({ label: /\w/, documentation: /^https:\/\// })
      for (const field of [...settings, ...secrets]) {
        expect(field, `${system} ${field.name}`).toMatchObject({ label: /\w/, help: /\.$/ })
        expect(() => new RegExp(field.pattern)).not.toThrow()
      }
    }
  })

  it('say which of them people read, and which take news for a while only', async () => {
    const systems = await list()
    const readBy = systems.filter((system) => 'isForPeople' in system && system.isForPeople)
    expect(readBy.map(({ system }) => system)).toEqual(['slack', 'telegram', 'webhook', 'email'])
    expect(systems).toContainEqual(
      expect.objectContaining({
        system: 'pinterest',
        expireHours: 168,
        isToldOnce: true,
        isForPeople: false,
      }),
    )
  })

  it('a form that is left empty is refused in exactly the fields that it calls required', async () => {
    for (const { system, settings, secrets, baseUrl } of await list()) {
      const url = baseUrl === '' && system !== 'email' ? 'https://in.example/' : ''
      const errors = checkSystem({ system, settings: {}, secretNames: [], url }).map(({ field }) => field)
      expect(errors, system).toEqual([
        ...settings.filter(({ isRequired }) => isRequired).map(({ name }) => `settings.${name}`),
        ...secrets.filter(({ isRequired }) => isRequired).map(({ name }) => `secrets.${name}`),
      ])
      const blank = Object.fromEntries(secrets.map(({ name }) => [name, '']))
      expect(checkSystemSecrets(system, blank).map(({ field }) => field)).toEqual(
        secrets.filter(({ isRequired }) => isRequired).map(({ name }) => `secrets.${name}`),
      )
    }
  })
})
