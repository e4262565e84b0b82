import type { EdgeContext } from '../edge-context.ts'
import type { Exchange } from '../exchange.ts'
import { sendPreflight } from './cors.ts'
import { handlePageVisit } from './page-visit-handler.ts'
import { handleScript, SCRIPT_PATH } from './script-handler.ts'
import { handleTrap } from './trap-handler.ts'
import { handleUpdate } from './update-handler.ts'
import { handleView } from './view-handler.ts'

type Handle = (context: EdgeContext, exchange: Exchange) => Promise<void> | void
type FirstPartyRoute = { readonly methods: readonly string[]; readonly handle: Handle }

/** tp.js and what it calls, by path. */
export const FIRST_PARTY_ROUTES: readonly (readonly [path: string, route: FirstPartyRoute])[] = [
  [SCRIPT_PATH, { methods: ['GET', 'HEAD'], handle: handleScript }],
  ['/tp/visit', called(handlePageVisit)],
  ['/tp/view', called(handleView)],
  ['/tp/update', called(handleUpdate)],
  ['/tp/trap', { methods: ['GET'], handle: handleTrap }],
]

/** A call from any page: browsers ask before some of them. */
function called(handle: Handle): FirstPartyRoute {
  return {
    methods: ['GET', 'POST', 'OPTIONS'],
    handle: (context, exchange) =>
      exchange.request.method === 'OPTIONS' ? sendPreflight(exchange) : handle(context, exchange),
  }
}
