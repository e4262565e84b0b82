import { describe, expect, it } from 'vitest'
import { saveOptimizedWeights } from '../../src/store/optimized-weights.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { openFlows, rule } from './api-flows-rig.ts'
import { createWorld } from './api-world.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const OPTIMIZATION = { level: 'offers', metric: 'epv', floorPercent: 5, windowDays: 7 }

describe.each(SQL_ENGINES)('weights set by themselves, on %s', (engine) => {
  const stores = useStores(engine)

  async function open() {
    const flows = await openFlows(stores)
    const { api, world, offer, call } = flows
    const [good, bad] = [await offer('Good'), await offer('Bad')]
    const save = async (ownerId: string, scopeId: string, weights: Readonly<Record<string, number>>) => {
      const arms = Object.entries(weights).map(([id, weight]) => ({
        id,
        weight,
        probabilityBest: weight / 100,
      }))
      await saveOptimizedWeights(api.store.db, [{ workspace: world.workspace, ownerId, scopeId, arms }], NOW)
    }
    const weightsOf = async (path: string) => {
      const { body } = await call('GET', `${path}/weights`)
      return body.items.map(({ scopeId, armId, weight }: Record<string, unknown>) => [scopeId, armId, weight])
    }
    return { ...flows, good, bad, save, weightsOf }
  }

  it('are told of a campaign, while its own flow optimises itself and what they weigh takes visitors', async () => {
    const { call, campaign, make, good, bad, save, weightsOf } = await open()
    const paths = (badWeight: number) => [
      { id: 'p1', offers: [{ id: good }, { id: bad, weight: badWeight }] },
    ]
    const id = await campaign('Push', { paths: paths(1), optimization: OPTIMIZATION })
    expect(await weightsOf(`campaigns/${id}`)).toEqual([])

    // Paths are not what is optimised now, and `gone` is no offer of the path any more.
    await save(id, 'p1', { [good]: 90, [bad]: 10, gone: 50 })
    await save(id, '', { p1: 100 })
    const { body } = await call('GET', `campaigns/${id}/weights`)
    const ofGood = {
      scopeId: 'p1',
      armId: good,
      weight: 90,
      probabilityBest: 0.9,
      updatedAt: '2026-11-20T12:00:00.000Z',
    }
    expect(body.items).toContainEqual(ofGood)
    expect(body.items).toHaveLength(2)

    await call('PATCH', `campaigns/${id}`, { paths: paths(0) })
    expect(await weightsOf(`campaigns/${id}`)).toEqual([['p1', good, 90]])
    const flowId = await make('flows', { name: 'Shared', paths: paths(1) })
    await call('PATCH', `campaigns/${id}`, { flowId })
    expect(await weightsOf(`campaigns/${id}`)).toEqual([])
    await call('PATCH', `campaigns/${id}`, { flowId: '', optimization: null })
    expect(await weightsOf(`campaigns/${id}`)).toEqual([])
  })

  it('are told of a shared flow, of its own paths and of those of each rule', async () => {
    const { make, good, bad, save, weightsOf } = await open()
    const two = (...ids: readonly string[]) => ids.map((id) => ({ id, offers: [{ id: good }, { id: bad }] }))
    const optimization = { ...OPTIMIZATION, level: 'paths' }
    const rules = [rule({ all: [] }, two('c', 'd'))]
    const id = await make('flows', { name: 'Shared', rules, paths: two('a', 'b'), optimization })
    await save(id, '', { a: 80, b: 20 })
    await save(id, 'r1', { c: 5, d: 95 })
    expect(await weightsOf(`flows/${id}`)).toEqual([
      ['', 'a', 80],
      ['', 'b', 20],
      ['r1', 'c', 5],
      ['r1', 'd', 95],
    ])
  })

  it('are those of the own workspace alone', async () => {
    const { api, call } = await open()
    const { ids } = await createWorld(api, 'BETA')
    expect((await call('GET', `campaigns/${ids.campaigns}/weights`)).status).toBe(404)
    expect((await call('GET', `flows/${ids.flows}/weights`)).status).toBe(404)
  })
})
