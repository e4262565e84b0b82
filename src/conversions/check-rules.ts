import { formatMicros } from '../domain/money.ts'
import { addressProblem, referrerProblem, signatureProblem, tokenProblem } from './check-sender.ts'
import type { HitContext } from './hit-context.ts'
import { checkClickless, checkOffer, checkProtocol } from './network-rules.ts'
import { readAmount, readEvent, readStatus } from './read-report.ts'
import { isReportedByMember } from './reported-by-member.ts'
import { type RuleResult, toResult } from './rule-result.ts'

type Rule = (context: HitContext) => RuleResult

/** In the order of PROTOCOL section 2, "Judging": the first to fail decides. Pure, and cheap before dear. */
const RULES: readonly Rule[] = [
  checkToken,
  checkSignature,
  checkAddress,
  checkReferrer,
  checkEvent,
  checkStatus,
  checkWindow,
  checkAmount,
]
/** Of an advertiser's offer. The time since the visit is looked at for new conversions alone: refunds come late. */
const RULES_OF_ADVERTISERS: readonly Rule[] = [
  checkToken,
  checkSignature,
  checkAddress,
  checkReferrer,
  checkOffer,
  checkProtocol,
  checkClickless,
  checkEvent,
  checkStatus,
  checkAmount,
]
/** Of what a member reports: there is no sender, and a conversion of months ago is what an upload is for. */
const RULES_OF_MEMBERS: readonly Rule[] = [checkClickless, checkEvent, checkStatus, checkAmount]

/** The first rule that the hit breaks; undefined when it keeps all. */
export function findBrokenRule(context: HitContext): RuleResult | undefined {
  for (const rule of rulesOf(context)) {
    const result = rule(context)
    if (!result.ok) return result
  }
  return undefined
}

/** Every rule's word, for `test=1`. */
export function checkEveryRule(context: HitContext): readonly RuleResult[] {
  return rulesOf(context).map((rule) => rule(context))
}

function rulesOf({ hit, sender }: HitContext): readonly Rule[] {
  if (isReportedByMember(hit)) return RULES_OF_MEMBERS
  return sender?.type === 'advertiser' ? RULES_OF_ADVERTISERS : RULES
}

/** An advertiser's pixel stands in pages that everybody reads, so that it neither carries nor needs the token. */
function checkToken({ hit, fields, sender }: HitContext): RuleResult {
  const isPublic = sender?.type === 'advertiser' && hit.kind !== 'postback'
  if (sender === undefined || sender.token === '' || isPublic) return toResult('token', '', 'not required')
  return toResult('token', tokenProblem(fields, sender), 'right', 'unauthorized')
}

function checkSignature({ hit, fields, sender }: HitContext): RuleResult {
  const secret = sender?.signingSecret ?? ''
  const isProven = sender !== undefined && hit.signedBy?.includes(sender.id) === true
  const problem = isProven ? '' : signatureProblem(hit, fields, secret)
  return toResult('signature', problem, secret === '' ? 'not required' : 'right', 'unauthorized')
}

/** A pixel comes from the visitor's address: the list is about servers. */
function checkAddress({ hit, sender }: HitContext): RuleResult {
  const list = hit.kind === 'postback' ? (sender?.ipAllowlist ?? []) : []
  const problem = addressProblem(hit.ip, list)
  return toResult('address', problem, list.length === 0 ? 'any allowed' : `${hit.ip} is allowed`, 'rejected')
}

/** A server sends no referrer: the list is about pages. */
function checkReferrer({ hit, sender }: HitContext): RuleResult {
  const list = hit.kind === 'postback' ? [] : (sender?.referrerAllowlist ?? [])
  const problem = referrerProblem(hit.referrer, list)
  return toResult('referrer', problem, list.length === 0 ? 'any allowed' : 'allowed', 'rejected')
}

function checkEvent(context: HitContext): RuleResult {
  const event = readEvent(context)
  return event.ok ? toResult('event', '', event.value) : toResult('event', event.reason)
}

function checkStatus(context: HitContext): RuleResult {
  const status = readStatus(context)
  return status.ok ? toResult('status', '', status.value) : toResult('status', status.reason)
}

export function checkWindow({ hit, visit, sender }: HitContext): RuleResult {
  // Clocks of two machines differ: a conversion is never earlier than its visit.
  const tookMs = Math.max(0, hit.at - visit.visit.visit_at)
  const minMs = sender?.clickToConversionMinMs ?? 0
  const maxMs = sender?.clickToConversionMaxMs ?? 0
  const took = `${Math.round(tookMs / 1_000)} s after the visit`
  if (tookMs < minMs) return toResult('window', `too soon: ${took}, at least ${minMs / 1_000} s are expected`)
  if (maxMs > 0 && tookMs > maxMs)
    return toResult('window', `too late: ${took}, ${maxMs / 1_000} s are allowed`)
  return toResult('window', '', took)
}

function checkAmount(context: HitContext): RuleResult {
  const amount = readAmount(context)
  if (!amount.ok) return toResult('amount', amount.reason)
  const { originalMicros, originalCurrency, micros, problem } = amount.value
  const here = `${formatMicros(micros)} ${context.workspace.currency}`
  const sent = `${formatMicros(originalMicros)} ${originalCurrency}`
  if (problem !== '')
    return toResult('amount', '', `${sent}, which only a flat price can do with: ${problem}`)
  return toResult('amount', '', here === sent ? here : `${sent} = ${here}`)
}
