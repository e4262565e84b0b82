import { answerOf, api } from './api.ts'

/** Brings back a saved view or a formula that was deleted. */
export function restoreKept(kind: 'report-views' | 'custom-metrics', id: string): Promise<unknown> {
  const params = { path: { id } }
  return kind === 'report-views'
    ? answerOf(api.POST('/api/v1/report-views/{id}/restore', { params }))
    : answerOf(api.POST('/api/v1/custom-metrics/{id}/restore', { params }))
}
