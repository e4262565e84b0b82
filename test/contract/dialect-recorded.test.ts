import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseHitsBody } from '../../src/conversions/parse-hit-record.ts'
import { conversionsOfClicks } from '../../src/store/conversions.ts'
import { buildWorld, type World } from '../support/conversion-world.ts'
import { useStores } from '../support/databases.ts'
import { type EdgeRig, startRig } from './edge-rig.ts'

/** An edge whose hits go to a real judge over a real store, as they arrive at core: as JSON. */
describe('the whole path of a postback by the URL of', () => {
  const stores = useStores('sqlite')
  let rig: EdgeRig
  let world: World

  beforeAll(async () => {
    rig = await startRig()
  })
  afterAll(() => rig.stop())

  async function moved(network: object = {}): Promise<string> {
    world = await buildWorld(await stores.open(), { network })
    world.time.now = Date.now()
    rig.core.judge = async (hit) => {
      const [answer] = await world.judge.judge(parseHitsBody(Buffer.from(JSON.stringify({ hits: [hit] }))))
      if (answer === undefined) throw new Error('no answer')
      return answer
    }
    return world.visit()
  }

  async function recorded(clickId: string) {
    const rows = await conversionsOfClicks(world.store.db, world.workspaceId, [clickId])
    return rows.map(({ event, status, txid, revenueMicros }) => [event, status, txid, revenueMicros])
  }

  it('Prosper202 ends in a conversion, and a repeat with t202dedupe=1 in a 400 and nothing more', async () => {
    const clickId = await moved()
    const path = `/tracking202/static/gpb.php?subid=${clickId}&amount=3&t202txid=T1&cid=12`
    expect((await rig.get(path)).status).toBe(200)
    expect((await rig.get(`${path.replace('amount=3', 'amount=9')}&t202dedupe=1`)).status).toBe(400)
    expect(await recorded(clickId)).toEqual([['sale', 'approved', 'T1', 3_000_000]])
    // Without it the repeat sets the amount anew, as it did there.
    expect((await rig.get(path.replace('amount=3', 'amount=9'))).status).toBe(200)
    expect(await recorded(clickId)).toEqual([['sale', 'approved', 'T1', 9_000_000]])
  })

  it('Prosper202 with an id of its own, in flight while it was moved, finds nobody', async () => {
    await moved()
    const answer = await rig.get('/tracking202/static/gpb.php?subid=1503353&amount=3')
    expect(JSON.parse(answer.text)).toEqual({ error: true, code: 404, msg: 'Click data not found' })
  })

  it('Keitaro ends in a pending conversion, then an approved one, when the key is right', async () => {
    const clickId = await moved({ token: 'a1b2c3' })
    const query = `subid=${clickId}&payout=4&tid=T1&lead_status=hold`
    expect((await rig.get(`/wrong/postback?${query}&status=hold`)).status).toBe(401)
    expect(await recorded(clickId)).toEqual([])
    expect((await rig.get(`/a1b2c3/postback?${query}&status=hold`)).status).toBe(200)
    expect(await recorded(clickId)).toEqual([['sale', 'pending', 'T1', 4_000_000]])
    expect((await rig.get(`/a1b2c3/postback?${query}&status=sale&return=OK`)).text).toBe('OK\n')
    expect(await recorded(clickId)).toEqual([['sale', 'approved', 'T1', 4_000_000]])
  })

  it('CPV Lab overwrites, and adds with cladd=true', async () => {
    const clickId = await moved({ duplicatePolicy: 'ignore' })
    for (const more of ['1', '2', '5&cladd=true']) {
      expect((await rig.get(`/adclick.php?subid=${clickId}&revenue=${more}`)).status).toBe(200)
    }
    expect(await recorded(clickId)).toEqual([
      ['sale', 'approved', '', 2_000_000],
      ['sale', 'approved', '', 5_000_000],
    ])
  })

  it('a system with a signature is checked over the query as it was sent', async () => {
    const clickId = await moved({ signingSecret: 's3cret' })
    const ts = Math.floor(Date.now() / 1_000)
    const query = `hit=${clickId}&rev=2&ts=${ts}`
    const sig = createHmac('sha256', 's3cret').update(query).digest('hex')
    expect((await rig.get(`/pb/?${query.replace('rev=2', 'rev=9')}&sig=${sig}`)).status).toBe(401)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const posted = { method: 'POST', headers, body: 'rev=9' }
    expect((await rig.get(`/pb/?${query}&sig=${sig}`, posted)).status).toBe(401)
    expect((await rig.get(`/pb/?${query}&sig=${sig}`)).status).toBe(200)
    expect(await recorded(clickId)).toEqual([['sale', 'approved', '', 2_000_000]])
  })
})
