import { describe, expect, it } from 'vitest'
import { FLOW_LIMITS } from '../../src/domain/flow.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { openFlows, rule, to } from './api-flows-rig.ts'

describe.each(SQL_ENGINES)('campaigns that lead to campaigns on %s', (engine) => {
  const stores = useStores(engine)

  it('in a circle are refused, whatever closes it: campaign, flow, offer or fallback', async () => {
    const { call, make, offer, campaign, through } = await openFlows(stores)
    const last = await campaign('Last')
    const flowId = await make('flows', { name: 'F', paths: to(await through('To last', last)) })
    const first = await campaign('First', { flowId })
    const back = await through('Back', first)
    const other = await offer('Other')
    const closing: readonly [string, object, string][] = [
      [`campaigns/${last}`, { paths: to(back) }, 'paths'],
      [`campaigns/${last}`, { rules: [rule({ all: [] }, to(back))] }, 'paths'],
      [`campaigns/${last}`, { flowId }, 'flowId'],
      [`flows/${flowId}`, { paths: to(back) }, 'paths'],
    ]
    for (const [path, payload, field] of closing) {
      const { body } = await call('PATCH', path, payload)
      expect(body, path).toMatchObject({ status: 422, errors: [{ field }] })
      expect(body.detail).toContain('circle')
    }
    await call('PATCH', `campaigns/${last}`, { paths: to(other) })
    for (const payload of [{ url: '', campaignId: first }, { fallbackOfferId: back }]) {
      expect((await call('PATCH', `offers/${other}`, payload)).body.detail).toContain('"Last" → "First"')
    }
  })

  it('go no deeper than the edges follow them', async () => {
    const { call, offer, campaign, through } = await openFlows(stores)
    let id = await campaign('0', { paths: to(await offer('O')) })
    for (let n = 1; n <= FLOW_LIMITS.campaignDepthMax; n++) {
      id = await campaign(`${n}`, { paths: to(await through(`to ${n - 1}`, id)) })
    }
    const tooDeep = await through('too deep', id).catch((error: unknown) => String(error))
    expect(tooDeep).toContain('more than 5 further campaigns')
    expect((await call('GET', `campaigns/${id}`)).body.name).toBe('5')
  })

  it('go no deeper when a way is made longer at its end, whatever makes it so', async () => {
    const { call, make, offer, campaign, through } = await openFlows(stores)
    const end = await offer('End')
    const standsIn = await offer('Stands in')
    const before = await offer('Before', { fallbackOfferId: end })
    const flowId = await make('flows', { name: 'Shared', paths: to(before, standsIn) })
    const last = await campaign('0', { flowId })
    let id = last
    for (let n = 1; n <= FLOW_LIMITS.campaignDepthMax; n++) {
      id = await campaign(`${n}`, { paths: to(await through(`to ${n - 1}`, id)) })
    }
    const onwards = await through('onwards', await campaign('Further', { paths: to(await offer('O')) }))
    const further = (await call('GET', `offers/${onwards}`)).body.campaignId
    const longer: readonly [string, object, string][] = [
      [`campaigns/${last}`, { flowId: '', paths: to(onwards) }, 'paths'],
      [`flows/${flowId}`, { paths: to(onwards) }, 'paths'],
      [`offers/${standsIn}`, { url: '', campaignId: further }, 'campaignId'],
      [`offers/${end}`, { fallbackOfferId: onwards }, 'fallbackOfferId'],
    ]
    for (const [path, payload, field] of longer) {
      const { body } = await call('PATCH', path, payload)
      expect(body, path).toMatchObject({ status: 422, errors: [{ field }] })
      expect(body.detail).toContain('"5" → "4" → "3" → "2" → "1" → "0" → "Further"')
    }
    // Without its first campaign the way is short enough.
    await call('DELETE', `campaigns/${id}`)
    for (const [path, payload] of longer) expect((await call('PATCH', path, payload)).status, path).toBe(200)
  })

  it('must be there, and an offer does not stand in for itself', async () => {
    const { call, offer } = await openFlows(stores)
    const id = await offer('O')
    const errorsOf = async (payload: object) => (await call('PATCH', `offers/${id}`, payload)).body.errors
    expect(await errorsOf({ url: '', campaignId: 'gone' })).toMatchObject([{ field: 'campaignId' }])
    expect(await errorsOf({ fallbackOfferId: 'gone' })).toMatchObject([{ field: 'fallbackOfferId' }])
    expect(await errorsOf({ fallbackOfferId: id })).toMatchObject([{ field: 'fallbackOfferId' }])
  })
})
