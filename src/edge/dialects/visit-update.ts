import { HTTP_STATUS_BY_OUTCOME } from '../../domain/hit.ts'
import { sendJson } from '../answers.ts'
import type { EdgeContext } from '../edge-context.ts'
import type { Exchange } from '../exchange.ts'
import { judgeHit } from '../judge-hit.ts'
import { readHit } from '../read-hit.ts'
import type { HitDialect } from './hit-dialect.ts'

/** Scripts on other sites send updates and read the answer. */
const ANY_ORIGIN = ['Access-Control-Allow-Origin', '*'] as const

/** New values for a visit that is recorded already. */
export async function handleVisitUpdate(
  context: EdgeContext,
  exchange: Exchange,
  dialect: HitDialect,
): Promise<void> {
  const hit = await readHit(context, exchange, 'update', dialect)
  if (hit === undefined) return
  const { outcome, reason } = await judgeHit(context, hit)
  sendJson(exchange, HTTP_STATUS_BY_OUTCOME[outcome], { outcome, reason, hit: hit.id }, ANY_ORIGIN)
}
