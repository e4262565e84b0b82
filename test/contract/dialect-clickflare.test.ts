import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CLICK_ID, cookieHeader, type DialectWorld, openDialectWorld } from './dialect-world.ts'

let world: DialectWorld

beforeAll(async () => {
  world = await openDialectWorld({ direct: ['clickflare:cf1'], lander: ['clickflare:cf2'] })
})
beforeEach(() => {
  world.judgeAs({ outcome: 'recorded', conversion: 'c1' })
})
afterAll(() => world.rig.stop())

const get = (path: string, headers = {}) => world.rig.get(path, { headers })

describe('ClickFlare', () => {
  it.each(['/cf/cv', '/cf/postback'])('%s is a conversion', async (path) => {
    const answer = await get(`${path}?click_id=${CLICK_ID}&payout=2&txid=T&ct=lead`)
    expect(answer.status).toBe(200)
    expect(await world.lastHit()).toMatchObject({ kind: 'postback', dialect: 'clickflare' })
    expect(await world.lastParams()).toEqual({ cid: CLICK_ID, payout: '2', txid: 'T', event: 'lead' })
  })

  it('/cf/r/{id} is a visit, /cf/click and /cf/click/{n} lead on to the offer', async () => {
    expect((await get('/cf/r/cf1?kw=a')).status).toBe(302)
    expect(await world.lastVisit()).toMatchObject({ campaign_id: 'c-direct' })
    const visitor = cookieHeader((await get('/cf/r/cf2')).cookies)
    expect((await get('/cf/click', visitor)).status).toBe(302)
    expect(new URL((await get('/cf/click/2', visitor)).headers.location ?? '').pathname).toBe('/o2')
  })

  it('an unknown id leads where unknown links lead; an unknown path nowhere', async () => {
    expect((await get('/cf/r/none')).headers.location).toBe('https://fallback.example/w')
    expect((await get('/cf/other')).status).toBe(404)
  })
})
