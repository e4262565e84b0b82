import { describe, expect, it } from 'vitest'
import { checkSystem, checkSystemSecrets } from '../../src/api/target-system-checks.ts'
import { TARGET_SYSTEMS } from '../../src/domain/target-systems/target-system.ts'
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
