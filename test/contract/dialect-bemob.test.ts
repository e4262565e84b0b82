import { afterAll, beforeAll, expect, it } from 'vitest'
import { CLICK_ID, type DialectWorld, openDialectWorld } from './dialect-world.ts'

const UUID = 'e53f4e3a-1f0f-4c43-9f0e-6d3c1a0b7a12'
let world: DialectWorld

beforeAll(async () => {
  world = await openDialectWorld({ direct: [`bemob:${UUID}`] })
})
afterAll(() => world.rig.stop())

it("a campaign's link is a visit", async () => {
  expect((await world.rig.get(`/go/${UUID}?kw=a`)).status).toBe(302)
  expect(await world.lastVisit()).toMatchObject({ campaign_id: 'c-direct', tokens: { keyword: 'a' } })
})

it('an unknown campaign leads where unknown links lead', async () => {
  const { headers } = await world.rig.get('/go/none')
  expect(headers.location).toBe('https://fallback.example/w')
})

it.each([
  ['/postback', 'postback', 'application/json; charset=utf-8'],
  ['/conversion.gif', 'image', 'image/gif'],
])('%s is a conversion', async (path, kind, contentType) => {
  const answer = await world.rig.get(`${path}?cid=${CLICK_ID}&payout=1&txid=T&status=Approved`)
  expect([answer.status, answer.headers['content-type']]).toEqual([200, contentType])
  expect(await world.lastHit()).toMatchObject({ kind })
  expect(await world.lastParams()).toMatchObject({
    cid: CLICK_ID,
    payout: '1',
    txid: 'T',
    status: 'Approved',
  })
})
