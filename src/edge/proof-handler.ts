import { sendText } from './answers.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'
import { firstValue, parseQuery } from './query.ts'

export const PROOF_PATH = '/tp/proof'

const NONCE = /^[0-9a-f]{32}$/

/** GET /tp/proof?nonce=N: shows that a host name leads to this installation. 400 for what is no nonce. */
export function handleProof(context: EdgeContext, exchange: Exchange): void {
  const nonce = firstValue(parseQuery(exchange.rawQuery), 'nonce')
  if (NONCE.test(nonce)) sendText(exchange, 200, context.proofOf(nonce))
  else sendText(exchange, 400, 'the nonce is 32 hexadecimal digits')
}
