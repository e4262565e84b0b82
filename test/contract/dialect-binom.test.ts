import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CLICK_ID, cookieHeader, type DialectWorld, openDialectWorld } from './dialect-world.ts'

let world: DialectWorld

beforeAll(async () => {
  world = await openDialectWorld({ direct: ['binom:k3yA'], lander: ['binom:pages'] })
})
beforeEach(() => {
  world.judgeAs({ outcome: 'recorded', conversion: 'c1' })
})
afterAll(() => world.rig.stop())

const get = (path: string, headers = {}) => world.rig.get(path, { headers })

describe.each(['/click.php', '/click'])('%s', (path) => {
  it('with cnv_id is a conversion', async () => {
    const query = 'payout=4&cnv_status=approved&cnv_status2=vip&cnv_currency=EUR&event3=5&add_event4=-1'
    const answer = await get(`${path}?cnv_id=${CLICK_ID}&${query}&disable_postback=1`)
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.text)).toMatchObject({ outcome: 'recorded' })
    expect(await world.lastHit()).toMatchObject({ kind: 'postback', dialect: 'binom' })
    expect(await world.lastParams()).toEqual({
      cid: CLICK_ID,
      payout: '4',
      status: 'approved',
      currency: 'EUR',
      cnv_status2: 'vip',
      event3: '5',
      add_event4: '-1',
      disable_postback: '1',
    })
  })

  it('with cnv_id=OPTIONAL takes the click id of its pixel', async () => {
    await get(`${path}?cnv_id=OPTIONAL&payout=OPTIONAL&uclick=${CLICK_ID}`)
    expect(await world.lastParams()).toEqual({ cid: CLICK_ID })
  })

  it('with upd_clickid changes a visit', async () => {
    const answer = await get(`${path}?upd_clickid=${CLICK_ID}&upd_key=s3cret&event1=7&t2=zone`)
    expect(answer.status).toBe(200)
    expect(await world.lastHit()).toMatchObject({ kind: 'update', dialect: 'binom' })
    expect(await world.lastParams()).toEqual({ cid: CLICK_ID, token: 's3cret', event1: '7', sub2: 'zone' })
  })

  it('with key is a visit', async () => {
    const answer = await get(`${path}?key=k3yA&t1=zone&kw=shoes`)
    expect(answer.status).toBe(302)
    expect(await world.lastVisit()).toMatchObject({
      campaign_id: 'c-direct',
      sub1: 'zone',
      tokens: { keyword: 'shoes' },
    })
  })

  it('with an unknown key leads where unknown links lead', async () => {
    expect((await get(`${path}?key=other`)).headers.location).toBe('https://fallback.example/w')
  })

  it.each([
    ['lp=1', /^\/o[12]$/],
    ['lp=1&to_offer=2', /^\/o2$/],
    ['to_offer=1', /^\/o1$/],
  ])('with %s goes on from a lander', async (query, offerPath) => {
    const visit = await get(`${path}?key=pages`)
    const answer = await get(`${path}?${query}`, cookieHeader(visit.cookies))
    expect(new URL(answer.headers.location ?? '').pathname).toMatch(offerPath)
  })
})

it('our own /click stays ours', async () => {
  const visit = await get('/click.php?key=pages')
  const answer = await get('/click/2?keyword=x&help=1', cookieHeader(visit.cookies))
  expect(new URL(answer.headers.location ?? '').pathname).toBe('/o2')
})
