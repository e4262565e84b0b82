import { clickPathCta } from '../click-handler.ts'
import { handlePostback } from '../postback-handler.ts'
import { type DialectRoute, HIT_METHODS, LINK_METHODS } from './dialect-route.ts'
import type { HitDialect } from './hit-dialect.ts'
import { followLegacyClick, visitLegacyLink } from './legacy-link.ts'
import { renameParams } from './rename-params.ts'

const SYSTEM = 'clickflare'
const BASE = '/cf/'
const LINK = 'r/'

const NAMES = { cid: ['click_id'], payout: ['payout'], txid: ['txid'], event: ['ct'] } as const
const DIALECT: HitDialect = {
  system: SYSTEM,
  rename: (params) => renameParams(params, NAMES, { system: SYSTEM }),
}

const POSTBACK: DialectRoute = {
  methods: HIT_METHODS,
  handle: (context, exchange) => handlePostback(context, exchange, DIALECT),
}

/** ClickFlare's endpoints: `/cf/r/{id}`, `/cf/click`, `/cf/click/{n}`, `/cf/cv` and `/cf/postback`. */
export function findClickflareRoute(path: string): DialectRoute | undefined {
  if (!path.startsWith(BASE)) return undefined
  const rest = path.slice(BASE.length)
  if (rest === 'cv' || rest === 'postback') return POSTBACK
  if (rest.startsWith(LINK)) {
    const legacyId = `${SYSTEM}:${rest.slice(LINK.length)}`
    return {
      methods: LINK_METHODS,
      handle: (context, exchange) => visitLegacyLink(context, exchange, { legacyId }),
    }
  }
  const cta = clickPathCta(`/${rest}`)
  if (cta === undefined) return undefined
  return {
    methods: LINK_METHODS,
    handle: (context, exchange) => followLegacyClick(context, exchange, { cta }),
  }
}
