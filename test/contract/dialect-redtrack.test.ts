import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CLICK_ID, type DialectWorld, openDialectWorld } from './dialect-world.ts'

const CAMPAIGN = '65d71182f601840001693e5c'
let world: DialectWorld

beforeAll(async () => {
  world = await openDialectWorld({ direct: [`redtrack:${CAMPAIGN}`] })
})
beforeEach(() => {
  world.judgeAs({ outcome: 'recorded', conversion: 'c1' })
})
afterAll(() => world.rig.stop())

const get = (path: string, headers = {}) => world.rig.get(path, { headers })

describe('a link', () => {
  it('is a visit with its own names for the external id and the price', async () => {
    expect((await get(`/${CAMPAIGN}?sub1=a&ref_id=E1&cost=0.2`)).status).toBe(302)
    expect(await world.lastVisit()).toMatchObject({
      campaign_id: 'c-direct',
      sub1: 'a',
      external_id: 'E1',
      cost: '0.200000',
    })
  })

  it('asked for JSON answers the page that asks with the click id of its visit', async () => {
    const query = 'format=json&referrer=https://news.example/a&sub1=a'
    const answer = await get(`/${CAMPAIGN}?${query}`, { origin: 'https://shop.example' })
    expect(answer.status).toBe(200)
    expect(answer.headers['access-control-allow-origin']).toBe('https://shop.example')
    const visit = await world.lastVisit()
    expect(JSON.parse(answer.text)).toMatchObject({ clickid: visit.click_id })
    expect(visit).toMatchObject({ campaign_id: 'c-direct', referrer_domain: 'news.example', sub1: 'a' })
    // The script reports then that the page is seen.
    expect((await get(`/view?clickid=${visit.click_id}`)).status).toBe(200)
  })

  it.each([CAMPAIGN.slice(1), `${CAMPAIGN}0`, '0'.repeat(24)])('/%s is none', async (id) => {
    expect((await get(`/${id}`)).status).toBe(404)
  })
})

it('a postback keeps its names, which are ours as well', async () => {
  expect((await get(`/postback?clickid=${CLICK_ID}&sum=2&type=lead&status=approved`)).status).toBe(200)
  expect(await world.lastParams()).toEqual({
    clickid: CLICK_ID,
    sum: '2',
    type: 'lead',
    status: 'approved',
  })
})

it('a postback asked for an image is a pixel', async () => {
  world.judgeAs({ outcome: 'unmatched' })
  const answer = await get(`/postback?format=img&clickid=${CLICK_ID}&type=lead`)
  expect(answer.status).toBe(200)
  expect(answer.headers['content-type']).toBe('image/gif')
  expect(await world.lastHit()).toMatchObject({ kind: 'image' })
})

it('an update names the visit in its path', async () => {
  expect((await get(`/clickupd/${CLICK_ID}?sub3=c&_fbp=fb.1`)).status).toBe(200)
  expect(await world.lastHit()).toMatchObject({ kind: 'update', dialect: 'redtrack' })
  expect(await world.lastParams()).toEqual({ cid: CLICK_ID, sub3: 'c', _fbp: 'fb.1' })
})
