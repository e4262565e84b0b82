import type { EdgeContext } from '../edge-context.ts'
import type { Exchange } from '../exchange.ts'
import { handlePostback } from '../postback-handler.ts'
import { firstValue, parseQuery } from '../query.ts'
import { type DialectRoute, type DialectRoutes, HIT_METHODS, LINK_METHODS } from './dialect-route.ts'
import type { HitDialect } from './hit-dialect.ts'
import { visitLegacyLink } from './legacy-link.ts'
import { firstFilled, renameParams } from './rename-params.ts'

const SYSTEM = 'cpvlab'
const NAMES = { cid: ['subid'], payout: ['revenue'] } as const

/** A repeat overwrites the revenue, unless `cladd=true` asks for a sum. */
const DIALECT: HitDialect = {
  system: SYSTEM,
  rename: (params) => renameParams(params, NAMES, { system: SYSTEM }),
  duplicatePolicy: (params) => (firstFilled(params, ['cladd']).toLowerCase() === 'true' ? 'add' : 'update'),
}

const POSTBACK: DialectRoute = {
  methods: HIT_METHODS,
  handle: (context, exchange) => handlePostback(context, exchange, DIALECT),
}

/** CPV Lab's postback, and a campaign's link `/base.php?c={id}&key={key}&keyword={keyword}`. */
export const CPV_LAB_ROUTES: DialectRoutes = {
  '/adclick.php': POSTBACK,
  '/adclick': POSTBACK,
  '/base.php': {
    methods: LINK_METHODS,
    handle: (context, exchange) =>
      visitCpvLabCampaign(context, exchange, firstValue(parseQuery(exchange.rawQuery), 'c')),
  },
}

/** A visit of the campaign that keeps the id as `cpvlab:ID`. CPV One's link is `/click.php?campid={id}`. */
export async function visitCpvLabCampaign(
  context: EdgeContext,
  exchange: Exchange,
  id: string,
): Promise<void> {
  await visitLegacyLink(context, exchange, {
    legacyId: `${SYSTEM}:${id}`,
    names: { keyword: 'token:keyword' },
  })
}
