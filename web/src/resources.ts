import { answerOf, api } from './api.ts'
import type { components, paths } from './api-types.ts'
import { type Listed, type Resource, useItems } from './resource.ts'
import { useMayManage } from './session.ts'
import { texts } from './texts.ts'

type Schemas = components['schemas']
/** What the API takes to make one thing of the kind at this address. */
type Body<Path extends keyof paths> = paths[Path] extends {
  post: { requestBody?: { content: { 'application/json': infer T } } }
}
  ? T
  : never

export type Campaign = Schemas['Campaign']
export type CampaignBody = Body<'/api/v1/campaigns'>
export type TrafficSource = Schemas['TrafficSource']
export type TrafficSourceBody = Body<'/api/v1/traffic-sources'>
export type AffiliateNetwork = Schemas['AffiliateNetwork']
export type AffiliateNetworkBody = Body<'/api/v1/affiliate-networks'>
export type Offer = Schemas['Offer']
export type OfferBody = Body<'/api/v1/offers'>
export type Lander = Schemas['Lander']
export type LanderBody = Body<'/api/v1/landers'>
export type NotificationTarget = Schemas['NotificationTarget']
export type Flow = Schemas['Flow']
export type FlowBody = Body<'/api/v1/flows'>
export type Domain = Schemas['Domain']
export type DomainBody = Body<'/api/v1/domains'>
export type EventType = Schemas['Event']
export type EventTypeBody = Body<'/api/v1/events'>

export const campaigns: Resource<Campaign, CampaignBody> = {
  name: 'campaigns',
  isSearched: true,
  list: (query) => answerOf(api.GET('/api/v1/campaigns', { params: { query } })),
  get: (id) => answerOf(api.GET('/api/v1/campaigns/{id}', { params: { path: { id } } })),
  create: (body) => answerOf(api.POST('/api/v1/campaigns', { body })),
  update: (id, body) => answerOf(api.PATCH('/api/v1/campaigns/{id}', { params: { path: { id } }, body })),
  archive: (id) => answerOf(api.DELETE('/api/v1/campaigns/{id}', { params: { path: { id } } })),
  restore: (id) => answerOf(api.POST('/api/v1/campaigns/{id}/restore', { params: { path: { id } } })),
}

export const sources: Resource<TrafficSource, TrafficSourceBody> = {
  name: 'traffic-sources',
  isSearched: true,
  list: (query) => answerOf(api.GET('/api/v1/traffic-sources', { params: { query } })),
  get: (id) => answerOf(api.GET('/api/v1/traffic-sources/{id}', { params: { path: { id } } })),
  create: (body) => answerOf(api.POST('/api/v1/traffic-sources', { body })),
  update: (id, body) =>
    answerOf(api.PATCH('/api/v1/traffic-sources/{id}', { params: { path: { id } }, body })),
  archive: (id) => answerOf(api.DELETE('/api/v1/traffic-sources/{id}', { params: { path: { id } } })),
  restore: (id) => answerOf(api.POST('/api/v1/traffic-sources/{id}/restore', { params: { path: { id } } })),
}

export const networks: Resource<AffiliateNetwork, AffiliateNetworkBody> = {
  name: 'affiliate-networks',
  isSearched: true,
  list: (query) => answerOf(api.GET('/api/v1/affiliate-networks', { params: { query } })),
  get: (id) => answerOf(api.GET('/api/v1/affiliate-networks/{id}', { params: { path: { id } } })),
  create: (body) => answerOf(api.POST('/api/v1/affiliate-networks', { body })),
  update: (id, body) =>
    answerOf(api.PATCH('/api/v1/affiliate-networks/{id}', { params: { path: { id } }, body })),
  archive: (id) => answerOf(api.DELETE('/api/v1/affiliate-networks/{id}', { params: { path: { id } } })),
  restore: (id) =>
    answerOf(api.POST('/api/v1/affiliate-networks/{id}/restore', { params: { path: { id } } })),
}

export const offers: Resource<Offer, OfferBody> = {
  name: 'offers',
  isSearched: true,
  list: (query) => answerOf(api.GET('/api/v1/offers', { params: { query } })),
  get: (id) => answerOf(api.GET('/api/v1/offers/{id}', { params: { path: { id } } })),
  create: (body) => answerOf(api.POST('/api/v1/offers', { body })),
  update: (id, body) => answerOf(api.PATCH('/api/v1/offers/{id}', { params: { path: { id } }, body })),
  archive: (id) => answerOf(api.DELETE('/api/v1/offers/{id}', { params: { path: { id } } })),
  restore: (id) => answerOf(api.POST('/api/v1/offers/{id}/restore', { params: { path: { id } } })),
}

export const landers: Resource<Lander, LanderBody> = {
  name: 'landers',
  isSearched: true,
  list: (query) => answerOf(api.GET('/api/v1/landers', { params: { query } })),
  get: (id) => answerOf(api.GET('/api/v1/landers/{id}', { params: { path: { id } } })),
  create: (body) => answerOf(api.POST('/api/v1/landers', { body })),
  update: (id, body) => answerOf(api.PATCH('/api/v1/landers/{id}', { params: { path: { id } }, body })),
  archive: (id) => answerOf(api.DELETE('/api/v1/landers/{id}', { params: { path: { id } } })),
  restore: (id) => answerOf(api.POST('/api/v1/landers/{id}/restore', { params: { path: { id } } })),
}

/** Postbacks of traffic sources; each is made, changed and removed together with its source. */
export const targets: Listed<NotificationTarget> = {
  name: 'notification-targets',
  list: (query) => answerOf(api.GET('/api/v1/notification-targets', { params: { query } })),
}

export const flows: Resource<Flow, FlowBody> = {
  name: 'flows',
  isSearched: true,
  list: (query) => answerOf(api.GET('/api/v1/flows', { params: { query } })),
  get: (id) => answerOf(api.GET('/api/v1/flows/{id}', { params: { path: { id } } })),
  create: (body) => answerOf(api.POST('/api/v1/flows', { body })),
  update: (id, body) => answerOf(api.PATCH('/api/v1/flows/{id}', { params: { path: { id } }, body })),
  archive: (id) => answerOf(api.DELETE('/api/v1/flows/{id}', { params: { path: { id } } })),
  restore: (id) => answerOf(api.POST('/api/v1/flows/{id}/restore', { params: { path: { id } } })),
}

export const domains: Resource<Domain, DomainBody> = {
  name: 'domains',
  isSearched: true,
  list: (query) => answerOf(api.GET('/api/v1/domains', { params: { query } })),
  get: (id) => answerOf(api.GET('/api/v1/domains/{id}', { params: { path: { id } } })),
  create: (body) => answerOf(api.POST('/api/v1/domains', { body })),
  update: (id, body) => answerOf(api.PATCH('/api/v1/domains/{id}', { params: { path: { id } }, body })),
  archive: (id) => answerOf(api.DELETE('/api/v1/domains/{id}', { params: { path: { id } } })),
  restore: (id) => answerOf(api.POST('/api/v1/domains/{id}/restore', { params: { path: { id } } })),
}

export const eventTypes: Resource<EventType, EventTypeBody> = {
  name: 'events',
  isSearched: true,
  list: (query) => answerOf(api.GET('/api/v1/events', { params: { query } })),
  get: (id) => answerOf(api.GET('/api/v1/events/{id}', { params: { path: { id } } })),
  create: (body) => answerOf(api.POST('/api/v1/events', { body })),
  update: (id, body) => answerOf(api.PATCH('/api/v1/events/{id}', { params: { path: { id } }, body })),
  archive: (id) => answerOf(api.DELETE('/api/v1/events/{id}', { params: { path: { id } } })),
  restore: (id) => answerOf(api.POST('/api/v1/events/{id}/restore', { params: { path: { id } } })),
}

export type CostCorrection = Schemas['CostCorrection']
const members: Listed<Schemas['Member']> = {
  name: 'members',
  list: async () => ({ ...(await answerOf(api.GET('/api/v1/members'))), nextCursor: null }),
}

/** Who did something: "user:ID" is a person of the workspace; anything else, such as a key, has no name for everybody. */
export function useActorName(): (actor: string) => string {
  const people = useItems(members, { enabled: useMayManage() }).data ?? []
  return (actor) => {
    const [kind, id = ''] = actor.split(':')
    if (kind === 'key') return texts.apiKey(id)
    return people.find((person) => kind === 'user' && person.id === id)?.name ?? actor
  }
}

export const costCorrections: Listed<CostCorrection> = {
  name: 'cost-corrections',
  list: (query) => answerOf(api.GET('/api/v1/cost-corrections', { params: { query } })),
}
