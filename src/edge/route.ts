import { LIMITS } from '../domain/limits.ts'
import { AFFILIATE_LINK_PREFIX, handleAffiliateLink } from './affiliate-link-handler.ts'
import { sendMethodNotAllowed, sendText } from './answers.ts'
import { clickPathCta, handleClick } from './click-handler.ts'
import { findDialect, isOtherSystems } from './dialects/find-dialect.ts'
import { handleRoot, handleTlsAsk, TLS_ASK_PATH } from './domain-handler.ts'
import type { EdgeContext } from './edge-context.ts'
import type { Exchange } from './exchange.ts'
import { FIRST_PARTY_ROUTES } from './first-party/first-party-routes.ts'
import { handleHealth } from './health-handler.ts'
import { HOP_PATH } from './hop.ts'
import { handleHop } from './hop-handler.ts'
import { handleImpression, IMPRESSION_PREFIX } from './impression-handler.ts'
import { handleLanderKey, LANDER_KEY_PATH } from './lander-key-handler.ts'
import { handlePixel } from './pixel-handler.ts'
import { handlePostback } from './postback-handler.ts'
import { handleProof, PROOF_PATH } from './proof-handler.ts'
import { handleVisit, VISIT_PREFIX } from './visit-handler.ts'

type Route = {
  readonly methods: readonly string[]
  readonly handle: (context: EdgeContext, exchange: Exchange) => Promise<void> | void
}

const READ = ['GET', 'HEAD'] as const
const COUNTED = ['GET'] as const

const VISIT: Route = { methods: READ, handle: handleVisit }
const AFFILIATE_LINK: Route = { methods: READ, handle: handleAffiliateLink }
const IMPRESSION: Route = { methods: COUNTED, handle: handleImpression }

/** A HEAD is never a conversion, so that pixels and postbacks do not know it. */
const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/postback', { methods: ['GET', 'POST'], handle: handlePostback }],
  [
    '/pixel.gif',
    { methods: COUNTED, handle: (context, exchange) => handlePixel(context, exchange, 'image') },
  ],
  [
    '/pixel.html',
    { methods: COUNTED, handle: (context, exchange) => handlePixel(context, exchange, 'iframe') },
  ],
  [
    '/pixel.js',
    { methods: COUNTED, handle: (context, exchange) => handlePixel(context, exchange, 'script') },
  ],
  [HOP_PATH, { methods: READ, handle: handleHop }],
  ['/', { methods: READ, handle: handleRoot }],
  [TLS_ASK_PATH, { methods: READ, handle: handleTlsAsk }],
  [PROOF_PATH, { methods: READ, handle: handleProof }],
  [LANDER_KEY_PATH, { methods: READ, handle: handleLanderKey }],
  ...FIRST_PARTY_ROUTES,
  ['/healthz', { methods: READ, handle: handleHealth }],
])

/** Answers one request. Resolves when the answer is given; rejects on a bug only. */
export async function route(context: EdgeContext, exchange: Exchange): Promise<void> {
  const found = findRoute(exchange) ?? findDialect(context, exchange)
  if (found === undefined) {
    context.metrics.count('notFound')
    sendText(exchange, 404, 'not found')
  } else if (!found.methods.includes(exchange.request.method ?? '')) {
    context.metrics.count('methodNotAllowed')
    sendMethodNotAllowed(exchange, found.methods.join(', '))
  } else if (exchange.targetBytes > LIMITS.urlBytesMax) {
    context.metrics.count('urlTooLong')
    sendText(exchange, 414, `the URL is longer than ${LIMITS.urlBytesMax} bytes`)
  } else {
    await found.handle(context, exchange)
  }
}

/** Visits first: they are nearly all of the traffic. */
function findRoute({ path, rawQuery }: Exchange): Route | undefined {
  if (path.startsWith(VISIT_PREFIX)) return VISIT
  if (path.startsWith(AFFILIATE_LINK_PREFIX)) return AFFILIATE_LINK
  if (isOtherSystems(path, rawQuery)) return undefined
  const known = ROUTES.get(path)
  if (known !== undefined) return known
  if (path.startsWith(IMPRESSION_PREFIX)) return IMPRESSION
  const cta = clickPathCta(path)
  if (cta === undefined) return undefined
  return { methods: READ, handle: (context, exchange) => handleClick(context, exchange, cta) }
}
