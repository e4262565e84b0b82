import { answerOf, api } from './api.ts'
import type { components, paths } from './api-types.ts'
import type { Resource } from './resource.ts'

type Schemas = components['schemas']
/** What the API takes to make one thing of the kind at this address. */
type Body<Path extends keyof paths> = paths[Path] extends {
  post: { requestBody?: { content: { 'application/json': infer T } } }
}
  ? T
  : never

/** A report under a name: its address after the `?`. */
export type ReportView = Schemas['ReportView']
/** A metric of the workspace's own: a formula over others. */
export type CustomMetric = Schemas['CustomMetric']
export type CustomMetricBody = Body<'/api/v1/custom-metrics'>

export const reportViews: Resource<ReportView, Body<'/api/v1/report-views'>> = {
  name: 'report-views',
  list: (query) => answerOf(api.GET('/api/v1/report-views', { params: { query } })),
  get: (id) => answerOf(api.GET('/api/v1/report-views/{id}', { params: { path: { id } } })),
  create: (body) => answerOf(api.POST('/api/v1/report-views', { body })),
  update: (id, body) => answerOf(api.PATCH('/api/v1/report-views/{id}', { params: { path: { id } }, body })),
  archive: (id) => answerOf(api.DELETE('/api/v1/report-views/{id}', { params: { path: { id } } })),
}

export const customMetrics: Resource<CustomMetric, CustomMetricBody> = {
  name: 'custom-metrics',
  list: (query) => answerOf(api.GET('/api/v1/custom-metrics', { params: { query } })),
  get: (id) => answerOf(api.GET('/api/v1/custom-metrics/{id}', { params: { path: { id } } })),
  create: (body) => answerOf(api.POST('/api/v1/custom-metrics', { body })),
  update: (id, body) =>
    answerOf(api.PATCH('/api/v1/custom-metrics/{id}', { params: { path: { id } }, body })),
  archive: (id) => answerOf(api.DELETE('/api/v1/custom-metrics/{id}', { params: { path: { id } } })),
}
