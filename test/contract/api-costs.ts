import type { CostRequest } from '../../src/corrections/cost-request.ts'
import type { TestApi } from './api-harness.ts'

/** Of a day that no other correction is about. */
export async function addCostCorrection({ deps }: TestApi, workspace: string, mark: string): Promise<string> {
  const day = '2023-11-14'
  const request: CostRequest = {
    range: { type: 'days', from: day, to: day },
    timeZone: 'UTC',
    filters: [],
    mode: 'total',
    amountMicros: 1_000_000,
    currency: 'USD',
    onlyUnique: false,
  }
  const applied = await deps.costs.apply({ workspace, key: `${mark} costs`, actor: `user:${mark}` }, request)
  if (!applied.ok) throw new Error(`no correction of costs: ${applied.reason}`)
  return applied.correction.id
}
