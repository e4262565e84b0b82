import { type Hit, type HitAnswer, HTTP_STATUS_BY_OUTCOME } from '../domain/hit.ts'
import { sendJson, sendText } from './answers.ts'
import type { HitDialect } from './dialects/hit-dialect.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'
import { judgeHit } from './judge-hit.ts'
import { handlePixel } from './pixel-handler.ts'
import { readHit } from './read-hit.ts'
import { isTestHit, sendTestPage } from './test-page.ts'

/** How long a sender should wait after `overloaded`. */
const RETRY_AFTER_SECONDS = '5'

/** RedTrack's pixel is its postback with `format=img`. */
const ASKS_FOR_IMAGE = /(?:^|&)format=img(?:&|$)/

/**
 * GET or POST /postback: a conversion reported by a server.
 * @param dialect of the other system whose postback it is.
 */
export async function handlePostback(
  context: EdgeContext,
  exchange: Exchange,
  dialect?: HitDialect,
): Promise<void> {
  if (ASKS_FOR_IMAGE.test(exchange.rawQuery)) {
    await handlePixel(context, exchange, 'image', dialect)
    return
  }
  const hit = await readHit(context, exchange, 'postback', dialect)
  if (hit === undefined) return
  const answer = await judgeHit(context, hit)
  if (isTestHit(hit) && wantsPage(exchange, hit)) {
    sendTestPage(exchange, HTTP_STATUS_BY_OUTCOME[answer.outcome], answer)
  } else sendPostbackAnswer(exchange, hit, answer)
}

/** Tells the sender of a postback what became of it (PROTOCOL section 2). */
export function sendPostbackAnswer(exchange: Exchange, hit: Hit, answer: HitAnswer): void {
  const status = HTTP_STATUS_BY_OUTCOME[answer.outcome]
  const headers = answer.outcome === 'overloaded' ? ['Retry-After', RETRY_AFTER_SECONDS] : []
  if (wantsText(hit)) sendText(exchange, status, answer.outcome, headers)
  else {
    const { outcome, conversion, reason, steps } = answer
    sendJson(exchange, status, { outcome, conversion, reason, hit: answer.hit, steps }, headers)
  }
}

/** A person opened the URL in a browser, and asked for no other form. */
function wantsPage({ request }: Exchange, hit: Hit): boolean {
  const isBrowser = (request.headers.accept ?? '').toLowerCase().includes('text/html')
  return isBrowser && !hit.params.some(([name]) => name === 'format')
}

function wantsText(hit: Hit): boolean {
  return hit.params.some(([name, value]) => name === 'format' && value === 'text')
}
