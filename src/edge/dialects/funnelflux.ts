import { handlePostback } from '../postback-handler.ts'
import { type DialectRoute, type DialectRoutes, HIT_METHODS } from './dialect-route.ts'
import type { HitDialect } from './hit-dialect.ts'
import { renameParams } from './rename-params.ts'

const SYSTEM = 'funnelflux'
const NAMES = { cid: ['hit'], payout: ['rev'], txid: ['tx'] } as const
const DIALECT: HitDialect = {
  system: SYSTEM,
  rename: (params) => renameParams(params, NAMES, { system: SYSTEM }),
}

const POSTBACK: DialectRoute = {
  methods: HIT_METHODS,
  handle: (context, exchange) => handlePostback(context, exchange, DIALECT),
}

/** FunnelFlux's postback: `/pb/?hit=…&rev=…&tx=…`. */
export const FUNNELFLUX_ROUTES: DialectRoutes = { '/pb/': POSTBACK, '/pb': POSTBACK }
