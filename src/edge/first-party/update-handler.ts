import { HTTP_STATUS_BY_OUTCOME } from '../../domain/hit.ts'
import { sendJson } from '../answers.ts'
import type { HitDialect } from '../dialects/hit-dialect.ts'
import type { EdgeContext } from '../edge-context.ts'
import type { Exchange } from '../exchange.ts'
import { judgeHit } from '../judge-hit.ts'
import { readHit } from '../read-hit.ts'
import { corsHeaders } from './cors.ts'

/**
 * GET or POST /tp/update?cid=…: new values for a visit (domain/visit-values.ts says which names), from its page or
 * from a server. It is a hit, answered like a postback.
 * @param dialect of the other system whose update it is.
 */
export async function handleUpdate(
  context: EdgeContext,
  exchange: Exchange,
  dialect?: HitDialect,
): Promise<void> {
  const hit = await readHit(context, exchange, 'update', dialect)
  if (hit === undefined) return
  const { outcome, reason } = await judgeHit(context, hit)
  const headers = corsHeaders(exchange)
  sendJson(exchange, HTTP_STATUS_BY_OUTCOME[outcome], { outcome, reason, hit: hit.id }, headers)
}
