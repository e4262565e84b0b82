import type { EdgeContext } from '../edge-context.ts'
import type { Exchange } from '../exchange.ts'
import { handleUpdate } from '../first-party/update-handler.ts'
import { handlePostback } from '../postback-handler.ts'
import { parseQuery } from '../query.ts'
import { visitCpvLabCampaign } from './cpv-lab.ts'
import { type DialectRoute, HIT_METHODS } from './dialect-route.ts'
import type { HitDialect } from './hit-dialect.ts'
import { followLegacyClick, numberedSubs, type VisitNames, visitLegacyLink } from './legacy-link.ts'
import { renameParams, subNames } from './rename-params.ts'

const SYSTEM = 'binom'

/** What `/click` is asked for by Binom's parameters alone; our own `/click` has none of them. */
const BINOM_CLICK = /(?:^|&)(?:key|cnv_id|upd_clickid|lp|to_offer)=/

const HIT_NAMES = {
  cid: ['cnv_id', 'uclick'],
  payout: ['payout'],
  currency: ['cnv_currency'],
  status: ['cnv_status'],
} as const
const UPDATE_NAMES = { cid: ['upd_clickid'], token: ['upd_key'], ...subNames('t') }
const CONVERSION: HitDialect = {
  system: SYSTEM,
  rename: (params) =>
    renameParams(
      // The script of its pixel leaves OPTIONAL in the place of what the cookie knows.
      params.filter(([, value]) => value !== 'OPTIONAL'),
      HIT_NAMES,
      { system: SYSTEM },
    ),
}
const UPDATE: HitDialect = {
  system: SYSTEM,
  rename: (params) => renameParams(params, UPDATE_NAMES, { system: SYSTEM }),
}
const VISIT_NAMES: VisitNames = numberedSubs('t')

const CLICK_PHP: DialectRoute = { methods: [...HIT_METHODS, 'HEAD'], handle: handleBinomClick }

/**
 * Binom's only endpoint: `/click.php` of its first version, `/click` of its second. The latter is ours as well: it
 * is Binom's when it is asked in Binom's words.
 */
export function findBinomRoute(path: string, rawQuery: string): DialectRoute | undefined {
  return path === '/click.php' || isBinomClick(path, rawQuery) ? CLICK_PHP : undefined
}

/** Whether our own `/click` is asked in the words of Binom's second version. */
export function isBinomClick(path: string, rawQuery: string): boolean {
  return path === '/click' && BINOM_CLICK.test(rawQuery)
}

/** A conversion, an update of a visit, a click from a lander, or a visit of a campaign. */
async function handleBinomClick(context: EdgeContext, exchange: Exchange): Promise<void> {
  const query = parseQuery(exchange.rawQuery)
  const has = (name: string) => query.names.includes(name)
  const value = (name: string) => query.values[query.names.indexOf(name)] ?? ''
  if (has('cnv_id')) await handlePostback(context, exchange, CONVERSION)
  else if (has('upd_clickid')) await handleUpdate(context, exchange, UPDATE)
  else if (has('key')) {
    await visitLegacyLink(context, exchange, { legacyId: `${SYSTEM}:${value('key')}`, names: VISIT_NAMES })
  } else if (has('campid')) await visitCpvLabCampaign(context, exchange, value('campid'))
  else await followLegacyClick(context, exchange, { cta: offerNumber(value('to_offer')), query })
}

/** `to_offer=2` is the second offer of the path. */
function offerNumber(text: string): number {
  return /^[1-9]\d?$/.test(text) ? Number(text) : 1
}
