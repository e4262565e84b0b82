import { readClientFacts } from '../client-facts.ts'
import type { EdgeContext } from '../edge-context.ts'
import type { Exchange } from '../exchange.ts'
import { judgeHit } from '../judge-hit.ts'
import { readHit } from '../read-hit.ts'

const HEADERS = Object.entries({
  'Cache-Control': 'no-store',
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'",
  // Search engines that keep to the rules do not fall into the trap again.
  'X-Robots-Tag': 'noindex, nofollow',
}).flat()

/**
 * GET /tp/trap?cid=…: a link was followed that no person sees. The page tells the follower nothing. A browser that
 * fetches ahead of a person follows every link and proves nothing.
 */
export async function handleTrap(context: EdgeContext, exchange: Exchange): Promise<void> {
  if (!readClientFacts(context, exchange).isPreview) {
    const hit = await readHit(context, exchange, 'trap')
    if (hit === undefined) return
    await judgeHit(context, hit)
  }
  exchange.send(200, HEADERS, '<!doctype html><title></title>')
}
