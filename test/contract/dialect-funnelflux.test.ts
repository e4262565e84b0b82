import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CLICK_ID, type DialectWorld, openDialectWorld } from './dialect-world.ts'

let world: DialectWorld

beforeAll(async () => {
  world = await openDialectWorld({})
})
beforeEach(() => {
  world.judgeAs({ outcome: 'recorded', conversion: 'c1' })
})
afterAll(() => world.rig.stop())

const get = (path: string, headers = {}) => world.rig.get(path, { headers })

describe('FunnelFlux', () => {
  it.each(['/pb/', '/pb'])('%s is a conversion', async (path) => {
    expect((await get(`${path}?hit=${CLICK_ID}&rev=2.5&tx=T`)).status).toBe(200)
    expect(await world.lastHit()).toMatchObject({ dialect: 'funnelflux' })
    expect(await world.lastParams()).toEqual({ cid: CLICK_ID, payout: '2.5', txid: 'T' })
  })
})
