import { useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { type Listed, type Resource, useItems } from '../resource.ts'
import { portalTexts } from '../texts-portal.ts'

type Schemas = components['schemas']
export type PortalOffer = Schemas['PortalOffer']
export type PortalOfferDetail = Schemas['PortalOfferDetail']
export type PortalPostback = Schemas['PortalPostback']
export type PortalConversion = Schemas['PortalConversion']
export type PortalPayment = Schemas['PortalPayment']
export type Price = Schemas['Price']

/** More postbacks than one page holds are refused by the API. */
const POSTBACKS_MAX = 200

/** All offers that the affiliate may see. */
export const portalOffers: Listed<PortalOffer> = {
  name: 'portal/offers',
  list: (query) => answerOf(api.GET('/api/v1/portal/offers', { params: { query } })),
}

/** Those that the affiliate may run, also while they are paused: what its visits and conversions are of. */
export const ownOffers: Listed<PortalOffer> = {
  name: 'portal/own-offers',
  list: (page) => {
    const query = { ...page, mine: 'true' as const }
    return answerOf(api.GET('/api/v1/portal/offers', { params: { query } }))
  },
}

/** What one may choose for a postback. */
export type PostbackBody = Pick<
  PortalPostback,
  | 'type'
  | 'url'
  | 'code'
  | 'offerId'
  | 'method'
  | 'bodyTemplate'
  | 'events'
  | 'statuses'
  | 'onlyFirst'
  | 'onlyWithPayout'
  | 'delaySeconds'
  | 'status'
> & {
  readonly contentType: keyof typeof portalTexts.postbacks.contentTypes
  /** Only when it is another one: the API never shows it. */
  readonly secret?: string
}
/** A postback has no name of its own: its kind is what people call it. */
export type NamedPostback = PortalPostback & { readonly name: string }

export const postbacks: Resource<NamedPostback, PostbackBody> = {
  name: 'portal/postbacks',
  list: async (query) => {
    const page = await answerOf(api.GET('/api/v1/portal/postbacks', { params: { query } }))
    return { ...page, items: page.items.map(toNamed) }
  },
  get: async (id) =>
    toNamed(await answerOf(api.GET('/api/v1/portal/postbacks/{id}', { params: { path: { id } } }))),
  create: async (body) => toNamed(await answerOf(api.POST('/api/v1/portal/postbacks', { body }))),
  update: async (id, body) =>
    toNamed(await answerOf(api.PATCH('/api/v1/portal/postbacks/{id}', { params: { path: { id } }, body }))),
  archive: (id) => answerOf(api.DELETE('/api/v1/portal/postbacks/{id}', { params: { path: { id } } })),
}

function toNamed(postback: PortalPostback): NamedPostback {
  return { ...postback, name: portalTexts.kinds.types[postback.type] }
}

/** Of one offer; '' for those of all offers. */
export function usePostbacksOf(offerId: string) {
  return useQuery({
    queryKey: [postbacks.name, 'of', offerId],
    queryFn: async () => {
      const query = { offerId, limit: POSTBACKS_MAX }
      return (await answerOf(api.GET('/api/v1/portal/postbacks', { params: { query } }))).items
    },
  })
}

/** The oldest postback of all offers and events, as the API finds it too; undefined when there is none. */
export function findGlobalPostback(items: readonly PortalPostback[]): PortalPostback | undefined {
  return items
    .filter(({ type, offerId, events }) => type === 'postback' && offerId === '' && events.length === 0)
    .toSorted((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id))[0]
}

export function usePortalMe() {
  return useQuery({ queryKey: ['portal/me'], queryFn: () => answerOf(api.GET('/api/v1/portal/me')) })
}

/** Tells the name of an offer; '' is all of them. */
export function useOfferNames(): (id: string) => string {
  const items = useItems(portalOffers).data ?? []
  return (id) =>
    id === '' ? portalTexts.postbacks.allOffers : (items.find((offer) => offer.id === id)?.name ?? id)
}
