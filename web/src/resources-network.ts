import { answerOf, api } from './api.ts'
import type { components, paths } from './api-types.ts'
import type { Listed, Resource } from './resource.ts'

type Schemas = components['schemas']
/** What the API takes to make one thing of the kind at this address. */
type Body<Path extends keyof paths> = paths[Path] extends {
  post: { requestBody?: { content: { 'application/json': infer T } } }
}
  ? T
  : never

export type Advertiser = Schemas['Advertiser']
export type AdvertiserBody = Body<'/api/v1/advertisers'>
export type Affiliate = Schemas['Affiliate']
export type AffiliateBody = Body<'/api/v1/affiliates'>
export type AffiliateStatus = Affiliate['status']
export type Invoice = Schemas['Invoice']
export type PaymentRun = Schemas['PaymentRun']
export type Balance = Schemas['Balance']
export type Reconciliation = Schemas['Reconciliation']
export type Webhook = Schemas['Webhook']
export type Member = Schemas['Member']
/** Whose money: what affiliates earn, or what advertisers owe. */
export type Side = Invoice['side']

export const advertisers: Resource<Advertiser, AdvertiserBody> = {
  name: 'advertisers',
  isSearched: true,
  list: (query) => answerOf(api.GET('/api/v1/advertisers', { params: { query } })),
  get: (id) => answerOf(api.GET('/api/v1/advertisers/{id}', { params: { path: { id } } })),
  create: (body) => answerOf(api.POST('/api/v1/advertisers', { body })),
  update: (id, body) => answerOf(api.PATCH('/api/v1/advertisers/{id}', { params: { path: { id } }, body })),
  archive: (id) => answerOf(api.DELETE('/api/v1/advertisers/{id}', { params: { path: { id } } })),
  restore: (id) => answerOf(api.POST('/api/v1/advertisers/{id}/restore', { params: { path: { id } } })),
}

/** Its status is changed by a route of its own. */
export const affiliates: Resource<Affiliate, AffiliateBody> = {
  name: 'affiliates',
  isSearched: true,
  list: (query) => answerOf(api.GET('/api/v1/affiliates', { params: { query } })),
  get: (id) => answerOf(api.GET('/api/v1/affiliates/{id}', { params: { path: { id } } })),
  create: (body) => answerOf(api.POST('/api/v1/affiliates', { body })),
  update: (id, body) => answerOf(api.PATCH('/api/v1/affiliates/{id}', { params: { path: { id } }, body })),
  archive: (id) => answerOf(api.DELETE('/api/v1/affiliates/{id}', { params: { path: { id } } })),
  restore: (id) => answerOf(api.POST('/api/v1/affiliates/{id}/restore', { params: { path: { id } } })),
}

export const members: Listed<Member> = {
  name: 'members',
  list: async () => ({ ...(await answerOf(api.GET('/api/v1/members'))), nextCursor: null }),
}

export const webhooks: Listed<Webhook> = {
  name: 'webhooks',
  list: async () => ({ ...(await answerOf(api.GET('/api/v1/webhooks'))), nextCursor: null }),
}

export const reconciliations: Listed<Reconciliation> = {
  name: 'reconciliations',
  list: (query) => answerOf(api.GET('/api/v1/reconciliations', { params: { query } })),
}

export const paymentRuns: Listed<PaymentRun> = {
  name: 'payment-runs',
  list: (query) => answerOf(api.GET('/api/v1/payment-runs', { params: { query } })),
}

export type Coupon = Schemas['Coupon']

export const coupons: Resource<Coupon, Body<'/api/v1/coupons'>> = {
  name: 'coupons',
  isSearched: true,
  list: (query) => answerOf(api.GET('/api/v1/coupons', { params: { query } })),
  get: (id) => answerOf(api.GET('/api/v1/coupons/{id}', { params: { path: { id } } })),
  create: (body) => answerOf(api.POST('/api/v1/coupons', { body })),
  update: (id, body) => answerOf(api.PATCH('/api/v1/coupons/{id}', { params: { path: { id } }, body })),
  archive: (id) => answerOf(api.DELETE('/api/v1/coupons/{id}', { params: { path: { id } } })),
  restore: (id) => answerOf(api.POST('/api/v1/coupons/{id}/restore', { params: { path: { id } } })),
}
