import type { HitStep } from '../domain/hit.ts'
import { formatMicros } from '../domain/money.ts'
import type { VisitChange } from '../domain/visit-change.ts'
import { parseVisitChange } from '../domain/visit-values.ts'
import type { JudgedHit } from '../store/hits.ts'
import type { Court } from './court.ts'
import type { HitContext } from './hit-context.ts'
import { computeNumbers, enterNumbers, enterVisitChange, visitChangeProblem } from './visit-changes.ts'

type Verdict = Pick<JudgedHit, 'outcome' | 'reason'> & Partial<JudgedHit>

const HONEYPOT = 'honeypot'

/**
 * A hit of kind 'update' or 'trap': it changes its visit and makes no conversion. Who knows a click id may change its
 * visit: ids are not guessable, and the browser that was given one has no other secret.
 */
export function judgeVisitHit(context: HitContext, court: Court): Verdict {
  return context.hit.kind === 'trap' ? judgeTrap(context, court) : judgeUpdate(context, court)
}

/** A link was followed that no person sees. */
function judgeTrap({ hit, visit, workspace }: HitContext, court: Court): Verdict {
  const isBot = workspace.fraud.botFlags.includes(HONEYPOT) && (visit.visit.bot ?? '') === ''
  const change: VisitChange = { addFlags: [HONEYPOT], ...(isBot && { bot: HONEYPOT }) }
  enterVisitChange(court, { id: hit.id, row: visit.visit, change })
  return { outcome: 'updated', reason: '' }
}

function judgeUpdate(context: HitContext, court: Court): Verdict {
  const { hit, fields, visit, numbers: named } = context
  const source = context.configuration.trafficSources.get(visit.visit.traffic_source_id ?? '')
  const tokenNames = source?.tokens.map(({ name }) => name) ?? []
  const change = parseVisitChange(hit.params, { tokenNames, consent: fields.consent })
  const numbers = computeNumbers(court, visit.visit, named)
  const changeProblem = visitChangeProblem(court, { row: visit.visit, change })
  const problem = changeProblem || (numbers.ok ? '' : numbers.reason)
  if (fields.test) return explain(context, change, problem)
  if (problem !== '' || !numbers.ok) return { outcome: 'rejected', reason: problem }
  const row = enterVisitChange(court, { id: hit.id, row: visit.visit, change })
  enterNumbers(court, row, numbers, hit.at)
  return { outcome: 'updated', reason: '' }
}

function explain({ visit, method, numbers }: HitContext, change: VisitChange, problem: string): Verdict {
  const told = JSON.stringify({
    ...change,
    numbers: numbers.map(({ name, mode, micros }) => `${mode} ${name} ${formatMicros(micros)}`),
  })
  const steps: HitStep[] = [
    { step: 'visit', ok: true, detail: `${visit.visit.click_id} by ${method}` },
    { step: 'values', ok: problem === '', detail: problem || told },
  ]
  return { outcome: 'test', reason: problem && `values: ${problem}`, steps }
}
