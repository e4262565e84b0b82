import { describe, expect, it } from 'vitest'
import { updateOffer } from '../../src/store/offers.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { openFlows } from './api-flows-rig.ts'

describe.each(SQL_ENGINES)('overflow offers on %s', (engine) => {
  const stores = useStores(engine)

  it('that lead back to their offer are refused, however many they are', async () => {
    const { call, offer } = await openFlows(stores)
    const first = await offer('O0')
    let last = first
    for (let n = 1; n <= 12; n++) {
      const id = await offer(`O${n}`)
      const set = await call('PATCH', `offers/${last}`, { fallbackOfferId: id })
      expect(set.status).toBe(200)
      last = id
      const { body } = await call('PATCH', `offers/${last}`, { fallbackOfferId: first })
      expect(body).toMatchObject({ status: 422, errors: [{ field: 'fallbackOfferId' }] })
      expect(body.detail).toContain(`"O${n}" → "O0" → "O1"`)
    }
    // Nothing leads to a new one yet.
    await offer('New', { fallbackOfferId: first })
  })

  it('that are a circle already hold up no other offer, and can be taken apart', async () => {
    const { api, world, call, offer } = await openFlows(stores)
    const [one, two, other] = [await offer('One'), await offer('Two'), await offer('Other')]
    const { workspace } = world
    for (const [id, fallbackOfferId] of [
      [one, two],
      [two, one],
    ] as const)
      await updateOffer(api.store.db, { workspace, id }, { fallbackOfferId }, 1)
    expect((await call('PATCH', `offers/${other}`, { fallbackOfferId: one })).status).toBe(200)
    expect((await call('PATCH', `offers/${one}`, { fallbackOfferId: '' })).status).toBe(200)
  })
})
