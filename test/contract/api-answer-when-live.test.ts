import { describe, expect, it } from 'vitest'
import { ACCESS } from '../../src/api/access-table.ts'
import { UNKNOWN_TO_EDGES } from '../../src/api/answer-when-live.ts'
import { issueApiKey } from '../../src/api/api-key.ts'
import { useStores } from '../support/databases.ts'
import { openPortal, PORTAL_NOW } from './portal-rig.ts'

describe('an answer', () => {
  const stores = useStores('sqlite')

  async function open() {
    const waits = { count: 0 }
    const untilLive = async () => void waits.count++
    const rig = await openPortal(stores, { deps: { untilLive } })
    return { rig, waits, portal: await rig.affiliate() }
  }

  it('waits for the edges when the configuration changed, and only when it did', async () => {
    const { portal, waits } = await open()
    const made = await portal.post('postbacks', { type: 'image', url: 'https://t.example/p.gif' })
    expect([made.statusCode, waits.count]).toEqual([201, 1])
    expect((await portal.post('postbacks', { url: 'no URL' })).statusCode).toBe(422)
    expect((await portal.get('postbacks')).statusCode).toBe(200)
    expect(waits.count).toBe(1)
  })

  it('to an affiliate that asks for a report or tests a postback comes at once', async () => {
    const { portal, waits } = await open()
    const { id } = (await portal.post('postbacks', { type: 'image', url: 'https://t.example/p.gif' })).json()
    const report = { from: '2026-11-01', to: '2026-11-22', groupBy: ['day'] }
    expect((await portal.post('reports', report)).statusCode).toBe(200)
    expect((await portal.post(`postbacks/${id}/test`)).statusCode).toBe(200)
    expect(waits.count).toBe(1)
  })

  it('about money comes at once', async () => {
    const { rig, portal, waits } = await open()
    const key = { workspace: rig.workspace, name: 'k', role: 'manager', affiliateId: '' } as const
    const answer = await rig.api.app.inject({
      method: 'POST',
      url: '/api/v1/balance-adjustments',
      headers: { authorization: `Bearer ${(await issueApiKey(rig.api.store.db, key, PORTAL_NOW)).key}` },
      payload: { side: 'affiliate', partyId: portal.affiliateId, amount: '5', reason: 'bonus' },
    })
    expect([answer.statusCode, waits.count], answer.body).toEqual([201, 0])
  })

  it('that waits for nothing is of a route that there is', () => {
    expect([...UNKNOWN_TO_EDGES].filter((route) => !(route in ACCESS))).toEqual([])
  })
})
