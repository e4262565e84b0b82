import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLICK_ID, cookieHeader, type DialectWorld, openDialectWorld } from './dialect-world.ts'

const UUID = 'd53f4e3a-1f0f-4c43-9f0e-6d3c1a0b7a11'
const OTHER = 'e53f4e3a-1f0f-4c43-9f0e-6d3c1a0b7a12'
let world: DialectWorld

beforeAll(async () => {
  world = await openDialectWorld({
    direct: [`voluum:${UUID}`],
    lander: [`voluum:${OTHER}`],
  })
})
afterAll(() => world.rig.stop())

const get = (path: string, headers = {}) => world.rig.get(path, { headers })

it("a Voluum campaign's link is a visit with the source's own parameters", async () => {
  expect((await get(`/${UUID}?kw=shoes&bid=0.10&xid=E1`)).status).toBe(302)
  expect(await world.lastVisit()).toMatchObject({
    campaign_id: 'c-direct',
    external_id: 'E1',
    cost: '0.100000',
    tokens: { keyword: 'shoes' },
  })
})

it.each(['/click', '/click/2'])('a lander goes on by %s', async (link) => {
  const visit = await get(`/${OTHER}`)
  expect((await get(link, cookieHeader(visit.cookies))).status).toBe(302)
})

it('a postback keeps its names, which are ours as well', async () => {
  const answer = await get(`/postback?cid=${CLICK_ID}&payout=1&txid=T&currency=EUR&et=deposit&param1=a`)
  expect(answer.status).toBe(200)
  expect(await world.lastParams()).toEqual({
    cid: CLICK_ID,
    payout: '1',
    txid: 'T',
    currency: 'EUR',
    et: 'deposit',
    param1: 'a',
  })
})

describe('conversion.gif', () => {
  it('is an image; OPTIONAL means that the cookie knows', async () => {
    const answer = await get('/conversion.gif?cid=OPTIONAL&payout=OPTIONAL&txid=OPTIONAL', {
      cookie: `tp_cid=${CLICK_ID}`,
    })
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe('image/gif')
    expect(await world.lastHit()).toMatchObject({
      kind: 'image',
      dialect: 'voluum',
      cookieClickId: CLICK_ID,
      params: [
        ['cid', 'OPTIONAL'],
        ['payout', 'OPTIONAL'],
        ['txid', 'OPTIONAL'],
      ],
    })
  })

  it('is no conversion when only its headers are asked for', async () => {
    expect((await world.rig.get('/conversion.gif', { method: 'HEAD' })).status).toBe(405)
  })
})
