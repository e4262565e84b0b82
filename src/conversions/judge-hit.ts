import type { ClickIdKey } from '../domain/click-id.ts'
import type { Hit, HitStep } from '../domain/hit.ts'
import { type ParsedHit, parseHit } from '../domain/hit-params.ts'
import type { FoundVisit } from '../ledger/find-in-ledger.ts'
import type { JudgedHit } from '../store/hits.ts'
import type { Configuration } from '../store/load-configuration.ts'
import type { Db } from '../store/transaction.ts'
import { checkEveryRule, findBrokenRule } from './check-rules.ts'
import { CONVERSION_LIMITS } from './conversion-limits.ts'
import type { Court } from './court.ts'
import { buildContext, type HitContext } from './hit-context.ts'
import { readReport } from './read-report.ts'
import { type Candidates, listCandidates, networkOfToken, resolveVisit } from './resolve-visit.ts'
import { preview, previewCap, settle } from './settle.ts'

const CLICK_ID_CHARS_MAX = 64

/** A hit as read, before anything was looked up. */
export type ReadHit = {
  readonly hit: Hit
  readonly parsed: ParsedHit
  readonly candidates: Candidates
}

/** A hit with the visits that it may mean. */
export type PreparedHit = ReadHit & { readonly visits: ReadonlyMap<string, FoundVisit> }

/** What a judgement adds to a hit. */
type Verdict = Pick<JudgedHit, 'outcome' | 'reason'> & Partial<JudgedHit>

export function readHit(hit: Hit, key: ClickIdKey): ReadHit {
  const parsed = parseHit(hit.params)
  return { hit, parsed, candidates: listCandidates(hit, parsed.fields, key) }
}

/**
 * Judges one hit and enters it, with what it causes, into the docket. The transaction holds the locks of the
 * hit's id and of its click ids. Of SQL only the counters of caps are touched here.
 */
export async function judgeHit(db: Db, prepared: PreparedHit, court: Court): Promise<JudgedHit> {
  const { hit, parsed, candidates, visits } = prepared
  if (hit.problem !== undefined)
    return toJudged(prepared, court, { outcome: 'malformed', reason: hit.problem })
  if (!parsed.ok) return toJudged(prepared, court, { outcome: 'malformed', reason: parsed.reason })

  const resolution = resolveVisit(candidates, parsed.fields, visits, court.configuration)
  const context = resolution.found
    ? buildContext(hit, parsed.fields, resolution, court.configuration)
    : undefined
  if (context === undefined) {
    const reason = resolution.found ? 'the workspace of the visit is gone' : resolution.reason
    return toJudged(prepared, court, unmatchedVerdict(prepared, reason, court.now))
  }
  const found = placeOf(context)
  if (parsed.fields.test)
    return toJudged(prepared, court, { ...found, ...(await testVerdict(db, context, court)) })
  return toJudged(prepared, court, { ...found, ...(await countingVerdict(db, context, court)) })
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
  return await settle(db, { context, report, court })
}

/** `test=1`: every rule is checked and explained, and nothing is counted. */
async function testVerdict(db: Db, context: HitContext, court: Court): Promise<Verdict> {
  const click = `${context.visit.visit.click_id} by ${context.method}`
  const steps: HitStep[] = [{ step: 'visit', ok: true, detail: click }]
  for (const { step, ok, detail } of checkEveryRule(context)) steps.push({ step, ok, detail })
  const cap = await previewCap(db, context)
  if (cap !== undefined) {
    steps.push({ step: 'cap', ok: cap.used < cap.max, detail: `${cap.used} of ${cap.max} used today` })
  }
  const report = readReport(context)
  if (report !== undefined) {
    const decision = preview(context, report, court)
    const detail = 'reason' in decision ? decision.reason : `would ${decision.kind} it`
    steps.push({ step: 'duplicate', ok: decision.kind !== 'refuse' && decision.kind !== 'duplicate', detail })
  }
  const failed = steps.find((step) => !step.ok)
  return { outcome: 'test', reason: failed === undefined ? '' : `${failed.step}: ${failed.detail}`, steps }
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

function placeOf({ workspace, visit, method, network }: HitContext): Partial<JudgedHit> {
  return {
    workspace: workspace.id,
    clickId: visit.visit.click_id,
    attribution: method,
    affiliateNetworkId: network?.id ?? '',
  }
}

function toJudged(
  { hit, parsed, candidates }: ReadHit,
  court: Pick<Court, 'configuration' | 'now'>,
  verdict: Verdict,
): JudgedHit {
  const network = networkOfToken(parsed.fields.token, court.configuration)
  const sent = candidates.genuine[0]?.clickId ?? parsed.fields.cid
  return {
    id: hit.id,
    workspace: network?.workspace ?? onlyWorkspace(court.configuration),
    kind: hit.kind,
    receivedAt: hit.at,
    judgedAt: court.now,
    attribution: 'none',
    clickId: sent.replace(/\p{Cc}/gu, '').slice(0, CLICK_ID_CHARS_MAX),
    conversionId: '',
    affiliateNetworkId: network?.id ?? '',
    ip: hit.ip,
    request: hit,
    steps: [],
    rematchAt: null,
    ...verdict,
  }
}

/** A hit that names nobody belongs to the only workspace there is; among several to none. */
function onlyWorkspace({ workspaces }: Configuration): string {
  const [first, second] = workspaces.keys()
  return first !== undefined && second === undefined ? first : ''
}
