import type { ClickIdKey } from '../domain/click-id.ts'
import type { Hit } from '../domain/hit.ts'
import { type ParsedHit, parseHit } from '../domain/hit-params.ts'
import { maskPerson } from '../domain/mask-person.ts'
import type { BrowserPixel } from '../domain/notification.ts'
import { type ParsedNumbers, parseNumbers } from '../domain/visit-values.ts'
import type { FoundVisit } from '../ledger/find-in-ledger.ts'
import type { JudgedHit } from '../store/hits.ts'
import type { Db } from '../store/transaction.ts'
import { findBrokenRule } from './check-rules.ts'
import { CONVERSION_LIMITS } from './conversion-limits.ts'
import type { Court } from './court.ts'
import { explainTest } from './explain-test.ts'
import { buildContext, type HitContext, isClickless } from './hit-context.ts'
import { judgeVisitHit } from './judge-visit-hit.ts'
import { readReport } from './read-report.ts'
import { findReplay } from './replay.ts'
import { onlyWorkspace, resolveClickless } from './resolve-clickless.ts'
import { type Candidates, listCandidates, type Resolution, resolveVisit } from './resolve-visit.ts'
import { senderOfToken } from './sender.ts'
import { settle } from './settle.ts'
import { signersOf } from './signers-of.ts'
import { computeNumbers, enterNumbers } from './visit-changes.ts'

const CLICK_ID_CHARS_MAX = 64

/** A hit as read, before anything was looked up. */
export type ReadHit = {
  readonly hit: Hit
  readonly parsed: ParsedHit
  readonly numbers: ParsedNumbers
  readonly candidates: Candidates
}

/** A hit with the visits that it may mean. */
export type PreparedHit = ReadHit & {
  readonly visits: ReadonlyMap<string, FoundVisit>
  /** An edge waits for the answer, to give it to the sender. */
  readonly edgeWaits: boolean
}

/** What a judgement adds to a hit. */
type Verdict = Pick<JudgedHit, 'outcome' | 'reason'> & Partial<JudgedHit>

export function readHit(hit: Hit, key: ClickIdKey): ReadHit {
  const parsed = parseHit(hit.params)
  const candidates = listCandidates(hit, parsed.fields, key)
  return { hit, parsed, candidates, numbers: parseNumbers(hit.params) }
}

/**
 * Judges one hit and enters it, with what it causes, into the docket. The transaction holds the locks of the
 * hit's id and of its click ids. Of SQL only the counters of caps are touched here, and what a hit without a visit needs.
 */
export async function judgeHit(db: Db, prepared: PreparedHit, court: Court): Promise<JudgedHit> {
  const { hit, parsed } = prepared
  const problem = problemOf(prepared)
  if (problem !== '') return toJudged(prepared, court, { outcome: 'malformed', reason: problem })

  const resolution = await resolve(db, prepared, court)
  const context = resolution.found ? contextOf(prepared, resolution, court) : undefined
  if (context === undefined) {
    const reason = resolution.found ? 'the workspace of the visit is gone' : resolution.reason
    return toJudged(prepared, court, unmatchedVerdict(prepared, reason, court.now))
  }
  const found = placeOf(context)
  if (hit.kind === 'update' || hit.kind === 'trap')
    return toJudged(prepared, court, { ...found, ...judgeVisitHit(context, court) })
  if (parsed.fields.test)
    return toJudged(prepared, court, { ...found, ...(await explainTest(db, context, court)) })
  return toJudged(prepared, court, { ...found, ...(await countingVerdict(db, context, court)) })
}

/** The visit that the hit means; a conversion without one may name its affiliate. */
async function resolve(db: Db, prepared: PreparedHit, { configuration }: Court): Promise<Resolution> {
  const { hit, parsed, candidates, visits } = prepared
  const { fields } = parsed
  const resolution = resolveVisit(candidates, fields, visits, configuration)
  const isAboutVisit = hit.kind === 'update' || hit.kind === 'trap'
  if (resolution.found || isAboutVisit) return resolution
  const clickless = await resolveClickless(db, { hit, fields }, configuration)
  if (clickless.found || clickless.reason === '') return clickless.found ? clickless : resolution
  return { found: false, reason: `${resolution.reason}; ${clickless.reason}` }
}

/**
 * Why the hit can not be read; '' when it can. A number of a visit that comes with a conversion and can not be read
 * is left out: the conversion is worth more. Money means nothing to an update.
 */
function problemOf({ hit, parsed, numbers }: ReadHit): string {
  if (hit.problem !== undefined) return hit.problem
  if (hit.kind === 'update' || hit.kind === 'trap') return numbers.problem
  return parsed.ok ? '' : parsed.reason
}

function contextOf(
  { hit, parsed, numbers, edgeWaits }: PreparedHit,
  resolution: Resolution & { found: true },
  { configuration, docket, now }: Court,
): HitContext | undefined {
  const { visit } = resolution
  const present = { ...resolution, visit: { ...visit, visit: docket.presentVisit(visit.visit) } }
  const isWaitedFor = edgeWaits && now - hit.at <= CONVERSION_LIMITS.pixelShownMs
  const browser = isWaitedFor ? browserOf(hit) : undefined
  return buildContext(
    { hit, fields: parsed.fields, numbers: numbers.numbers, browser },
    present,
    configuration,
  )
}

function browserOf({ kind }: Hit): BrowserPixel | undefined {
  return kind === 'image' || kind === 'iframe' || kind === 'script' ? kind : undefined
}

/** A hit that can not be judged because of an error it causes: kept, and judged again later. */
export function unjudgeable(prepared: PreparedHit, court: Court, error: unknown): JudgedHit {
  const reason = `could not be judged: ${error instanceof Error ? error.message : String(error)}`
  return toJudged(prepared, court, {
    outcome: 'unmatched',
    reason: reason.slice(0, 500),
    rematchAt: nextRematchAt(prepared.hit.at, court.now),
  })
}

async function countingVerdict(db: Db, context: HitContext, court: Court): Promise<Verdict> {
  const broken = findBrokenRule(context)
  if (broken !== undefined) return { outcome: broken.outcome, reason: broken.detail }
  const report = readReport(context)
  if (report === undefined) throw new TypeError('the rules passed a report that can not be read')
  const replay = await findReplay(db, context, court)
  if (replay !== undefined) return replay
  const settlement = await settle(db, { context, report, court })
  if (settlement.outcome === 'recorded' || settlement.outcome === 'updated') countNumbers(context, court)
  return settlement
}

/** Numbers that come with a conversion count with it, so that a repeated postback adds nothing. */
function countNumbers(context: HitContext, court: Court): void {
  const { hit, visit, numbers } = context
  if (isClickless(context)) return
  const row = court.docket.presentVisit(visit.visit)
  const change = computeNumbers(court, row, numbers)
  if (change.ok) enterNumbers(court, row, change, hit.at)
}

function unmatchedVerdict({ hit, parsed, candidates }: PreparedHit, reason: string, now: number): Verdict {
  if (parsed.fields.test) {
    return {
      outcome: 'test',
      reason: `visit: ${reason}`,
      steps: [{ step: 'visit', ok: false, detail: reason }],
    }
  }
  const mayMatch = candidates.genuine.length > 0
  return { outcome: 'unmatched', reason, rematchAt: mayMatch ? nextRematchAt(hit.at, now) : null }
}

/** The older a hit, the longer until it is tried again; null when it is too old. */
function nextRematchAt(receivedAt: number, now: number): number | null {
  const ageMs = Math.max(0, now - receivedAt)
  if (ageMs > CONVERSION_LIMITS.rematchAgeMaxMs) return null
  return now + Math.min(Math.max(ageMs, CONVERSION_LIMITS.rematchMinMs), CONVERSION_LIMITS.rematchMaxMs)
}

function placeOf({ workspace, visit, method, sender }: HitContext): Partial<JudgedHit> {
  return {
    workspace: workspace.id,
    clickId: visit.visit.click_id,
    attribution: method,
    ...idsOf(sender),
    affiliateId: visit.visit.affiliate_id ?? '',
  }
}

function idsOf(
  sender: { readonly type: 'affiliate_network' | 'advertiser'; readonly id: string } | undefined,
) {
  return {
    affiliateNetworkId: sender?.type === 'affiliate_network' ? sender.id : '',
    advertiserId: sender?.type === 'advertiser' ? sender.id : '',
  }
}

function toJudged(
  { hit, parsed, candidates }: ReadHit,
  court: Pick<Court, 'configuration' | 'now'>,
  verdict: Verdict,
): JudgedHit {
  const sender = senderOfToken(parsed.fields.token, court.configuration, '')
  const sent = candidates.genuine[0]?.clickId ?? parsed.fields.cid
  return {
    id: hit.id,
    workspace: sender?.workspace ?? onlyWorkspace(court.configuration),
    kind: hit.kind,
    receivedAt: hit.at,
    judgedAt: court.now,
    attribution: 'none',
    clickId: sent.replace(/\p{Cc}/gu, '').slice(0, CLICK_ID_CHARS_MAX),
    conversionId: '',
    ...idsOf(sender),
    affiliateId: '',
    ip: hit.ip,
    request: toKept(hit, parsed, court.configuration),
    steps: [],
    rematchAt: null,
    ...verdict,
  }
}

/** Nothing of a person is kept in plain; who signed the hit is told before its query string changes. */
function toKept(hit: Hit, { fields }: ParsedHit, configuration: Court['configuration']): Hit {
  const masked = maskPerson(hit, fields.consent)
  if (masked === hit || fields.sig === '' || hit.signedBy !== undefined) return masked
  return { ...masked, signedBy: signersOf(hit, fields, configuration) }
}
