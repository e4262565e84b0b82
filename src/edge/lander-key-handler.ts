import { sendText } from './answers.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'
import { sendStarting } from './fallback.ts'
import { isLanderKey } from './lander-key.ts'
import { firstValue, parseQuery } from './query.ts'

export const LANDER_KEY_PATH = '/tp/lander-key'

/**
 * GET /tp/lander-key?lander=ID&key=K: 200 when the key opens the lander now, else 403. For landers that cannot compute
 * an HMAC.
 */
export function handleLanderKey(context: EdgeContext, exchange: Exchange): void {
  const { index } = context.snapshots
  if (index.version < 0) {
    sendStarting(exchange)
    return
  }
  const query = parseQuery(exchange.rawQuery)
  const id = firstValue(query, 'lander')
  const secret = index.landers.get(id)?.lander.protection?.secret
  const isOpen =
    secret !== undefined && isLanderKey({ id, secret }, firstValue(query, 'key'), context.clock())
  if (isOpen) sendText(exchange, 200, 'open')
  else sendText(exchange, 403, 'closed')
}
