import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CLICK_ID, cookieHeader, type DialectWorld, openDialectWorld } from './dialect-world.ts'

let world: DialectWorld

beforeAll(async () => {
  world = await openDialectWorld({
    direct: ['keitaro:Spring_1', 'keitaro:healthz'],
    lander: ['keitaro:pages'],
    offerTwo: ['keitaro:22'],
  })
})
beforeEach(() => {
  world.judgeAs({ outcome: 'recorded', conversion: 'c1' })
})
afterAll(() => world.rig.stop())

const get = (path: string, headers = {}) => world.rig.get(path, { headers })

describe('a postback', () => {
  it('is recorded under our names; the key in its path is its secret', async () => {
    const query = `subid=${CLICK_ID}&status=sale&payout=3.20&tid=T1&currency=eur&sub_id_2=x`
    const answer = await get(`/a1b2c3/postback?${query}`)
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.text)).toMatchObject({ outcome: 'recorded', conversion: 'c1' })
    expect(await world.lastHit()).toMatchObject({ kind: 'postback', dialect: 'keitaro', rawQuery: query })
    expect(await world.lastParams()).toEqual({
      cid: CLICK_ID,
      status: 'sale',
      payout: '3.20',
      txid: 'T1',
      currency: 'eur',
      sub2: 'x',
      token: 'a1b2c3',
    })
  })

  it.each([
    ['clickid', 'revenue', 'type'],
    ['sub_id', 'profit', 'status'],
  ])('may call its parameters %s, %s and %s', async (cid, payout, status) => {
    await get(`/key/postback?${cid}=${CLICK_ID}&${payout}=1&${status}=lead`)
    expect(await world.lastParams()).toMatchObject({ cid: CLICK_ID, payout: '1', status: 'lead' })
  })

  it('keeps the lists that translate statuses', async () => {
    await get(`/key/postback?subid=${CLICK_ID}&status=hold&lead_status=hold,new&ignore_status=ping`)
    expect(await world.lastParams()).toMatchObject({ lead_status: 'hold,new', ignore_status: 'ping' })
  })

  it.each(['registration', 'deposit', 'rebill'])('of status %s is an event of that name', async (status) => {
    await get(`/key/postback?subid=${CLICK_ID}&status=${status}`)
    expect(await world.lastParams()).toEqual({ cid: CLICK_ID, event: status, token: 'key' })
  })

  it('of such a status that the URL translates keeps it', async () => {
    await get(`/key/postback?subid=${CLICK_ID}&status=deposit&sale_status=paid,deposit`)
    expect(await world.lastParams()).toMatchObject({ status: 'deposit' })
    expect(await world.lastParams()).not.toHaveProperty('event')
  })

  it('with return=OK is answered OK once it is taken, and the truth otherwise', async () => {
    const path = `/key/postback?subid=${CLICK_ID}&return=OK`
    const taken = await get(path)
    expect(taken).toMatchObject({ status: 200, text: 'OK\n' })
    expect(taken.headers['content-type']).toMatch(/^text\/plain/)
    world.judgeAs({ outcome: 'unauthorized', reason: 'the token is wrong' })
    expect((await get(path)).status).toBe(401)
  })
})

describe('a link', () => {
  it('by alias is a visit of the campaign that keeps it', async () => {
    const answer = await get('/Spring_1?sub_id_1=a&sub_id_10=j&keyword=shoes&cost=0.5&external_id=e1')
    expect(answer.status).toBe(302)
    expect(await world.lastVisit()).toMatchObject({
      campaign_id: 'c-direct',
      sub1: 'a',
      sub10: 'j',
      external_id: 'e1',
      cost: '0.500000',
      tokens: expect.objectContaining({ keyword: 'shoes' }),
    })
  })

  it.each(['/spring_1', '/Spring_1/x', '/nothing', '/postback/key'])('%s is none', async (path) => {
    expect((await get(path)).status).toBe(404)
  })
})

describe('a lander', () => {
  it.each([
    ['/?_lp=1', /^\/o[12]$/],
    ['/?_lp=1&_token=x.y.z&offer_id=22', /^\/o2$/],
  ])('goes on by %s', async (link, offerPath) => {
    const visit = await get('/pages')
    const answer = await get(link, cookieHeader(visit.cookies))
    expect(answer.status).toBe(302)
    expect(new URL(answer.headers.location ?? '').pathname).toMatch(offerPath)
  })

  it('goes on without cookies when its link has the click id for a token', async () => {
    const clickId = /tp_cid=(\w+)/.exec((await get('/pages')).cookies.join())?.[1] ?? ''
    expect((await get(`/?_lp=1&_token=${clickId}&offer_id=22`)).headers.location).toMatch(/\/o2/)
  })
})

it('our own paths win over an alias', async () => {
  expect((await get('/healthz')).headers.location).toBeUndefined()
})
