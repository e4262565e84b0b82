import type { components } from './api-types.ts'
import { formatCount } from './format.ts'
import { isKey, texts } from './texts.ts'
import { jobsTexts as words } from './texts-jobs.ts'

export type Job = components['schemas']['Job']

/** Whether it waits or is at work. */
export function isOpenJob({ state }: Pick<Job, 'state'>): boolean {
  return state === 'waiting' || state === 'running'
}

/** The address of what a job is about. */
export function placeOfJob({ kind, params }: Pick<Job, 'kind' | 'params'>): string {
  switch (kind) {
    case 'conversion_upload':
      return `/conversions/upload?id=${encodeURIComponent(idIn(params, 'uploadId'))}`
    case 'reconciliation':
      return `/reconciliations/${encodeURIComponent(idIn(params, 'reconciliationId'))}`
    case 'replay_deliveries':
    case 'cancel_deliveries':
      return '/deliveries'
    case 'fraud_rerun':
      return '/fraud'
    case 'invoice_run':
      return '/billing/invoices'
    default:
      return '/conversions'
  }
}

/** What came of a job that has ended: what its result counts, in words. */
export function resultOfJob({ state, done, result }: Pick<Job, 'state' | 'done' | 'result'>): string {
  if (state === 'cancelled') return words.stopped(formatCount(done))
  const counts = Object.entries(isRecord(result) ? result : {}).flatMap(([name, count]) =>
    typeof count === 'number' && count > 0 ? [`${nameOfCount(name)}: ${formatCount(count)}`] : [],
  )
  return counts.length === 0 ? words.nothing : counts.join(' · ')
}

function nameOfCount(name: string): string {
  if (isKey(words.results, name)) return words.results[name]
  if (isKey(texts.outcome, name)) return texts.outcome[name]
  return isKey(texts.status, name) ? texts.status[name] : name
}

function idIn(params: unknown, name: string): string {
  const id = isRecord(params) ? params[name] : undefined
  return typeof id === 'string' ? id : ''
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
