import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CLICK_ID, type DialectWorld, openDialectWorld } from './dialect-world.ts'

let world: DialectWorld

beforeAll(async () => {
  world = await openDialectWorld({ direct: ['cpvlab:12'] })
})
beforeEach(() => {
  world.judgeAs({ outcome: 'recorded', conversion: 'c1' })
})
afterAll(() => world.rig.stop())

const get = (path: string, headers = {}) => world.rig.get(path, { headers })

describe('CPV Lab', () => {
  it.each([
    ['', 'update'],
    ['&cladd=true', 'add'],
  ])('a conversion with "%s" repeated does %s', async (more, policy) => {
    expect((await get(`/adclick.php?subid=${CLICK_ID}&revenue=2${more}`)).status).toBe(200)
    expect(await world.lastHit()).toMatchObject({ dialect: 'cpvlab', duplicatePolicy: policy })
    expect(await world.lastParams()).toMatchObject({ cid: CLICK_ID, payout: '2' })
  })

  it.each(['/base.php?c=12&key=abc&keyword=shoes', '/click.php?campid=12&keyword=shoes'])(
    '%s is a visit',
    async (link) => {
      expect((await get(link)).status).toBe(302)
      expect(await world.lastVisit()).toMatchObject({
        campaign_id: 'c-direct',
        tokens: expect.objectContaining({ keyword: 'shoes' }),
      })
    },
  )
})
