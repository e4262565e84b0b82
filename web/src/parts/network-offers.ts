import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import type { Listed } from '../resource.ts'

export type NetworkOffer = components['schemas']['NetworkOffer']

/** Offers that affiliates can find, without what comes in: also an affiliate manager may list them. */
export const networkOffers: Listed<NetworkOffer> = {
  name: 'network-offers',
  list: ({ limit, cursor }) => {
    const query = cursor === undefined ? { limit } : { limit, cursor }
    return answerOf(api.GET('/api/v1/network-offers', { params: { query } }))
  },
}
