import { type Hit, type HitAnswer, HTTP_STATUS_BY_OUTCOME } from '../domain/hit.ts'
import { sendJson, sendText } from './answers.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'
import { judgeHit } from './judge-hit.ts'
import { readHit } from './read-hit.ts'

/** How long a sender should wait after `overloaded`. */
const RETRY_AFTER_SECONDS = '5'

/** GET or POST /postback: a conversion reported by a server. */
export async function handlePostback(context: EdgeContext, exchange: Exchange): Promise<void> {
  const hit = await readHit(context, exchange, 'postback')
  if (hit === undefined) return
  sendAnswer(exchange, hit, await judgeHit(context, hit))
}

function sendAnswer(exchange: Exchange, hit: Hit, answer: HitAnswer): void {
  const status = HTTP_STATUS_BY_OUTCOME[answer.outcome]
  const headers = answer.outcome === 'overloaded' ? ['Retry-After', RETRY_AFTER_SECONDS] : []
  if (wantsText(hit)) sendText(exchange, status, answer.outcome, headers)
  else {
    const { outcome, conversion, reason, steps } = answer
    sendJson(exchange, status, { outcome, conversion, reason, hit: answer.hit, steps }, headers)
  }
}

function wantsText(hit: Hit): boolean {
  return hit.params.some(([name, value]) => name === 'format' && value === 'text')
}
