import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  conversionOf,
  messageSystem,
  openSystem,
  type Received,
  SYSTEM_NOW,
  type SystemAnswer,
  tellSystem,
  useSystemServers,
} from './system-rig.ts'

const KEY = Buffer.alloc(32, 5)
const SECRET = `whsec_${KEY.toString('base64')}`

/** A receiver by Standard Webhooks: the signature first, then the payload's three parts. */
function receive({ method, path, headers, body }: Received): SystemAnswer {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  const signature = `v1,${createHmac('sha256', KEY).update(signed).digest('base64')}`
  if (headers['webhook-signature'] !== signature) return { status: 401, body: 'signature' }
  const { type, timestamp, data } = JSON.parse(body)
  const isRight =
    method === 'POST' &&
    path === '/in/hook' &&
    headers['content-type'] === 'application/json' &&
    typeof type === 'string' &&
    new Date(timestamp).toISOString() === timestamp &&
    typeof data === 'object'
  return isRight ? { status: 204, body: '' } : { status: 400, body: 'payload' }
}

describe('a generic webhook', () => {
  useSystemServers()

  const open = async (settings: Record<string, string> = {}, signing = [SECRET]) => {
    const server = await openSystem(receive)
    const url = `${server.url}/in/hook?x=1`
    const target = { system: 'webhook', settings, secrets: {}, signing, url } as const
    const bodyOf = (n: number) => JSON.parse(server.received[n]?.body ?? '')
    return { target, bodyOf }
  }

  it('is told of a conversion in signed JSON, with the amount as a decimal text', async () => {
    const { target, bodyOf } = await open()
    expect(await tellSystem(target, conversionOf())).toMatchObject({ result: { answer: { status: 204 } } })
    expect(bodyOf(0)).toMatchObject({
      type: 'conversion.recorded',
      timestamp: '2026-03-01T12:00:00.000Z',
      data: {
        id: '01JCONVERSION0000000000001',
        clickId: 'CLICK',
        event: 'sale',
        amount: '12.50',
        currency: 'EUR',
      },
    })
    expect(bodyOf(0).data).not.toHaveProperty('text')
  })

  it('hears that a conversion changed, and from what', async () => {
    const { target, bodyOf } = await open()
    await tellSystem(target, conversionOf({ status: 'rejected', statusBefore: 'approved' }))
    expect(bodyOf(0)).toMatchObject({
      type: 'conversion.changed',
      data: { status: 'rejected', previousStatus: 'approved' },
    })
  })

  it('gets a text of the user, in which values are data', async () => {
    const { target, bodyOf } = await open({ text: 'Sub: {sub1}' })
    await tellSystem(target, conversionOf({ macros: { sub1: '","x":"<b>&*' } }))
    expect(bodyOf(0).data.text).toBe('Sub: ","x":"<b>&*')
  })

  it('gets an alert, signed too', async () => {
    const { target, bodyOf } = await open()
    const message = { title: 'Lag', text: '10 minutes', url: 'https://tp.example/', at: SYSTEM_NOW }
    expect(await messageSystem(target, message)).toMatchObject({ result: { answer: { status: 204 } } })
    expect(bodyOf(0)).toEqual({
      type: 'alert',
      timestamp: '2026-03-01T12:00:00.000Z',
      data: { title: 'Lag', text: '10 minutes', url: 'https://tp.example/' },
    })
  })

  it('that is signed with another secret is refused by its receiver', async () => {
    const { target } = await open({}, ['another'])
    expect(await tellSystem(target, conversionOf())).toMatchObject({ result: { answer: { status: 401 } } })
  })
})
