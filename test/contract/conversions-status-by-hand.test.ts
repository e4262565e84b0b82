import type { KyselyPlugin, PluginTransformQueryArgs } from 'kysely'
import { describe, expect, it } from 'vitest'
import { createStatusChanger, type StatusChange } from '../../src/conversions/change-status.ts'
import { buildWorld, deliveriesOf, type World } from '../support/conversion-world.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'

describe.each(SQL_ENGINES)('statuses changed by hand on %s', (engine) => {
  const stores = useStores(engine)

  it('share one reading of the configuration until it changes, and go by the changed one then', async () => {
    const world = await buildWorld(await stores.open())
    const ids = await convert(world, 4)
    const readings = new ConfigurationReadings()
    const store = { ...world.store, db: world.store.db.withPlugin(readings) }
    const change = createStatusChanger({ store, ownHosts: [], clock: () => world.time.now })
    const [first = '', second = '', third = '', fourth = ''] = ids
    for (const id of [first, second]) expect(await change(approval(world, id))).toEqual({ ok: true })
    expect([readings.count, await deliveriesOf(world)]).toEqual([1, []])

    await world.target()
    for (const id of [third, fourth]) expect(await change(approval(world, id))).toEqual({ ok: true })
    expect(readings.count).toBe(2)
    const told = (await deliveriesOf(world)).map(({ conversionId }) => conversionId)
    expect(told.sort()).toEqual([third, fourth].sort())
  })
})

/** Counts how often all campaigns are read: whoever reads the configuration reads them. */
class ConfigurationReadings implements KyselyPlugin {
  count = 0

  transformQuery({ node }: PluginTransformQueryArgs) {
    const isReading = node.kind === 'SelectQueryNode' && node.where === undefined
    if (isReading && JSON.stringify(node.from).includes('"campaigns"')) this.count += 1
    return node
  }

  async transformResult({ result }: Parameters<KyselyPlugin['transformResult']>[0]) {
    return result
  }
}

function approval({ workspaceId: workspace }: World, id: string): StatusChange {
  return { workspace, id, status: 'approved', reason: 'paid', actor: 'user:u' }
}

/** @returns the ids of pending conversions of as many visits. */
async function convert(world: World, count: number): Promise<readonly string[]> {
  const hits = Array.from({ length: count }, () => world.hit({ cid: world.visit(), status: 'pending' }))
  const answers = await world.judge.judge(hits)
  return answers.map(({ conversion }) => conversion ?? '')
}
