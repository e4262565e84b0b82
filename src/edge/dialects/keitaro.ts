import type { Hit, HitAnswer } from '../../domain/hit.ts'
import { sendText } from '../answers.ts'
import type { EdgeContext } from '../edge-context.ts'
import type { Exchange } from '../exchange.ts'
import { judgeHit } from '../judge-hit.ts'
import { sendPostbackAnswer } from '../postback-handler.ts'
import { firstValue, parseQuery } from '../query.ts'
import { readHit } from '../read-hit.ts'
import { type DialectRoute, HIT_METHODS, LINK_METHODS } from './dialect-route.ts'
import type { HitDialect, HitParamList } from './hit-dialect.ts'
import { followLegacyClick, numberedSubs, type VisitNames } from './legacy-link.ts'
import { firstFilled, renameParams, subNames } from './rename-params.ts'

const SYSTEM = 'keitaro'
const POSTBACK_PATH = /^\/([\w-]{1,64})\/postback$/
const CLICK_THROUGH = /(?:^|&)_lp=1(?:&|$)/
/** Of `return=`: networks ask for a word, e.g. OK. */
const RETURN_CHARS_MAX = 64

const HIT_NAMES = {
  cid: ['subid', 'sub_id', 'clickid'],
  payout: ['payout', 'revenue', 'profit'],
  txid: ['tid'],
  status: ['status', 'type'],
  ...subNames('sub_id_'),
}
/** Statuses of Keitaro that are kinds of conversion: here they are events. */
const EVENT_WORDS = new Set(['registration', 'deposit', 'rebill'])
/** Lists of words that a status is translated by. */
const STATUS_LISTS = ['lead_status', 'sale_status', 'rejected_status', 'ignore_status']

/** What a campaign's link may carry, whatever its traffic source. */
export const KEITARO_VISIT_NAMES: VisitNames = {
  ...numberedSubs('sub_id_'),
  keyword: 'token:keyword',
  cost: 'cost',
  external_id: 'external_id',
}

/** Keitaro's postback `/{key}/postback`, and the click on a lander, `/?_lp=1`. */
export function findKeitaroRoute(path: string, rawQuery: string): DialectRoute | undefined {
  if (path === '/') return isKeitaroClick(rawQuery) ? CLICK : undefined
  const key = path.endsWith('/postback') ? POSTBACK_PATH.exec(path)?.[1] : undefined
  if (key === undefined) return undefined
  return {
    methods: HIT_METHODS,
    handle: (context, exchange) => handleKeitaroPostback(context, exchange, key),
  }
}

/** Whether `/` is asked as a lander's link asks it. */
export function isKeitaroClick(rawQuery: string): boolean {
  return CLICK_THROUGH.test(rawQuery)
}

/** A campaign's link is `/{alias}`. */
export function keitaroLegacyId(alias: string): string {
  return `${SYSTEM}:${alias}`
}

const CLICK: DialectRoute = { methods: LINK_METHODS, handle: handleClickThrough }

/** `_token` is the visit's id when the lander was given it so, `offer_id` one of the path's offers. */
async function handleClickThrough(context: EdgeContext, exchange: Exchange): Promise<void> {
  const sent = parseQuery(exchange.rawQuery)
  const query = { ...sent, names: sent.names.map((name) => (name === '_token' ? 'cid' : name)) }
  const legacyId = `${SYSTEM}:${firstValue(sent, 'offer_id')}`
  const offer = context.snapshots.index.offersByLegacyId.get(legacyId)
  await followLegacyClick(context, exchange, {
    query,
    ...(offer === undefined ? {} : { offerId: offer.offer.id }),
  })
}

/** The key in the path is the sender's secret: it is checked where the network has one. */
async function handleKeitaroPostback(context: EdgeContext, exchange: Exchange, key: string): Promise<void> {
  const hit = await readHit(context, exchange, 'postback', dialectOf(key))
  if (hit !== undefined) sendAnswer(exchange, hit, await judgeHit(context, hit))
}

/** `return=OK` is answered OK whenever the conversion needs not be sent again. */
function sendAnswer(exchange: Exchange, hit: Hit, answer: HitAnswer): void {
  const wanted = firstFilled(hit.params, ['return'])
  const isTaken = !['malformed', 'unauthorized', 'overloaded'].includes(answer.outcome)
  if (isTaken && /^[\w .:=-]+$/.test(wanted)) sendText(exchange, 200, wanted.slice(0, RETURN_CHARS_MAX))
  else sendPostbackAnswer(exchange, hit, answer)
}

function dialectOf(key: string): HitDialect {
  return { system: SYSTEM, rename: (params) => rename(params, key) }
}

function rename(params: HitParamList, key: string): HitParamList {
  const renamed = renameParams(params, HIT_NAMES, { system: SYSTEM })
  const status = firstFilled(renamed, ['status']).toLowerCase()
  const isEvent = EVENT_WORDS.has(status) && !isTranslated(params, status)
  const inEvents = isEvent ? renamed.map(([name, value]) => eventForStatus(name, value)) : renamed
  return inEvents.some(([name]) => name === 'token') ? inEvents : [...inEvents, ['token', key]]
}

function eventForStatus(name: string, value: string): readonly [string, string] {
  return name === 'status' ? ['event', value.toLowerCase()] : [name, value]
}

/** `lead_status=registration` says that the word is a status after all. */
function isTranslated(params: HitParamList, status: string): boolean {
  const words = STATUS_LISTS.flatMap((list) => firstFilled(params, [list]).toLowerCase().split(/,|%2c/))
  return words.some((word) => word.trim() === status)
}
