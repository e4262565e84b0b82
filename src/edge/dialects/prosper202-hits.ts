import type { Hit, HitAnswer, HitOutcome } from '../../domain/hit.ts'
import { parseAmount } from '../../domain/money.ts'
import type { EdgeContext } from '../edge-context.ts'
import type { Exchange, HeaderList } from '../exchange.ts'
import { judgeHit } from '../judge-hit.ts'
import { handlePixel, sendPixel } from '../pixel-handler.ts'
import { readHit } from '../read-hit.ts'
import type { SnapshotIndex } from '../snapshot-index.ts'
import { type DialectRoutes, HIT_METHODS, PIXEL_METHODS } from './dialect-route.ts'
import type { HitDialect, HitParamList } from './hit-dialect.ts'
import { firstFilled, renameParams } from './rename-params.ts'

const SYSTEM = 'prosper202'

/** The order of transaction ids is that of its conversion code; `t202txid` is of its paid versions. */
const NAMES = {
  cid: ['subid', 'sid'],
  payout: ['amount'],
  txid: ['t202txid', 'txid', 'transaction_id', 'transactionid', 'order_id', 'orderid', 'oid'],
} as const
/** Its `cid` is a campaign's internal id. */
const FOREIGN = new Set(['cid'])

const HTML: HeaderList = ['Cache-Control', 'no-store', 'Content-Type', 'text/html; charset=UTF-8']
const JSON_TYPE: HeaderList = ['Cache-Control', 'no-store', 'Content-Type', 'application/json']
const RETRY_AFTER_SECONDS = '5'

/** Paths below `/tracking202/static/` that report conversions. */
export const PROSPER202_HIT_ROUTES: DialectRoutes = {
  'static/gpb.php': { methods: HIT_METHODS, handle: handleGlobalPostback },
  'static/gpx.php': {
    methods: PIXEL_METHODS,
    handle: (context, exchange) => handlePixel(context, exchange, 'image', dialectOf(context)),
  },
  'static/upx.php': { methods: PIXEL_METHODS, handle: handleUniversalPixel },
  'static/pb.php': {
    methods: HIT_METHODS,
    handle: (context, exchange) => handleCampaignHit(context, exchange, 'postback'),
  },
  'static/px.php': {
    methods: PIXEL_METHODS,
    handle: (context, exchange) => handleCampaignHit(context, exchange, 'image'),
  },
}

/** gpb.php: the postback of every campaign. Its sender is told in Prosper202's words. */
async function handleGlobalPostback(context: EdgeContext, exchange: Exchange): Promise<void> {
  const hit = await readHit(context, exchange, 'postback', dialectOf(context))
  if (hit === undefined) return
  const answer = await judgeHit(context, hit)
  const problem = problemOf(hit, answer)
  if (problem !== undefined) sendMessage(exchange, { ...problem, error: true })
  else if (answer.outcome === 'queued') {
    sendMessage(exchange, { error: false, code: 202, msg: 'Postback successful' })
  } else exchange.send(200, HTML, '')
}

/** upx.php: the pixel for frames and scripts; a document, or JSON when there is no click. */
async function handleUniversalPixel(context: EdgeContext, exchange: Exchange): Promise<void> {
  const hit = await readHit(context, exchange, 'iframe', dialectOf(context))
  if (hit === undefined) return
  const answer = await judgeHit(context, hit)
  const problem = problemOf(hit, answer)
  if (problem !== undefined && problem.code === 404) sendMessage(exchange, { ...problem, error: true })
  else sendPixel(exchange, 'iframe', answer)
}

/** pb.php and px.php, of one campaign, without an amount: answered with nothing, whatever became of them. */
async function handleCampaignHit(
  context: EdgeContext,
  exchange: Exchange,
  kind: 'postback' | 'image',
): Promise<void> {
  const hit = await readHit(context, exchange, kind, campaignDialectOf(context))
  if (hit === undefined) return
  const answer = await judgeHit(context, hit)
  // An image that core has chosen for this visitor's browser is shown now or never.
  if (kind === 'image' && (answer.pixels ?? []).length > 0) sendPixel(exchange, kind, answer)
  else exchange.send(200, [...HTML, 'X-Trailpost-Outcome', answer.outcome], '')
}

type Problem = { readonly code: 400 | 401 | 404 | 503; readonly msg: string }

const FAILURE_CODES: Partial<Readonly<Record<HitOutcome, 400 | 401 | 503>>> = {
  malformed: 400,
  unauthorized: 401,
  overloaded: 503,
}

/** Undefined when the sender need not know more. */
function problemOf(hit: Hit, { outcome, reason = '' }: HitAnswer): Problem | undefined {
  if (outcome === 'unmatched') {
    return { code: 404, msg: namesClick(hit) ? 'Click data not found' : 'SubID not found' }
  }
  // Only t202dedupe=1 makes it say so.
  if (outcome === 'duplicate' && hit.duplicatePolicy === 'ignore') {
    return { code: 400, msg: 'Duplicate Conversion Found' }
  }
  const code = FAILURE_CODES[outcome]
  return code === undefined ? undefined : { code, msg: reason }
}

function namesClick(hit: Hit): boolean {
  return hit.params.some(([name]) => name === 'cid')
}

/** The members in the order in which Prosper202 writes them. */
function sendMessage(
  exchange: Exchange,
  { error, code, msg }: { readonly error: boolean; readonly code: number; readonly msg: string },
): void {
  const headers = code === 503 ? [...JSON_TYPE, 'Retry-After', RETRY_AFTER_SECONDS] : JSON_TYPE
  exchange.send(code, headers, JSON.stringify({ error, code, msg }))
}

/** gpb, gpx, upx: `cid` is the campaign whose cookie counts, kept on an offer as `prosper202:cid-12`. */
function dialectOf({ snapshots }: EdgeContext): HitDialect {
  return {
    system: SYSTEM,
    rename: (params) => rename(params, offerNamed(snapshots.index, `cid-${firstFilled(params, ['cid'])}`)),
    duplicatePolicy: (params) => (firstFilled(params, ['t202dedupe']) === '1' ? 'ignore' : undefined),
  }
}

/** pb, px: `acip` is the campaign's public id, kept on an offer as `prosper202:7123`. They know no amount. */
function campaignDialectOf({ snapshots }: EdgeContext): HitDialect {
  return {
    system: SYSTEM,
    rename: (params) =>
      rename(
        params.filter(([name]) => name.toLowerCase() !== 'amount'),
        offerNamed(snapshots.index, firstFilled(params, ['acip'])),
      ),
  }
}

function offerNamed(index: SnapshotIndex, legacyId: string): HitParamList {
  const offer = index.offersByLegacyId.get(`${SYSTEM}:${legacyId}`)
  return offer === undefined ? [] : [['offer', offer.offer.id]]
}

function rename(params: HitParamList, more: HitParamList): HitParamList {
  const renamed = renameParams(params, NAMES, { foreign: FOREIGN, system: SYSTEM })
  const read = renamed.flatMap(([name, value]): HitParamList => {
    if (name === 'cid') return readSubid(value)
    // What is no number is no amount to Prosper202, and the conversion counts all the same.
    if (name === 'payout' && !parseAmount(value.trim()).ok) return [[`${SYSTEM}.amount`, value]]
    return [[name, value]]
  })
  return [...read, ...more]
}

/**
 * Some senders append to the id (`ID-7871`): the leading part counts. Zero asks for the last click of the sender's
 * address, which is never done here: a conversion is worth more than a guess.
 */
function readSubid(value: string): HitParamList {
  const id = /^[0-9a-z]+/i.exec(value.trim())?.[0] ?? ''
  // What starts like no id (an unfilled macro) stays for the judge to recognise.
  if (id === '') return [['cid', value]]
  return /^0+$/.test(id) ? [[`${SYSTEM}.subid`, value]] : [['cid', id]]
}
