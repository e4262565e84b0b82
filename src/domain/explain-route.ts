import { type ConditionTools, compileCondition } from './condition.ts'
import {
  compileFlow,
  decideRoute,
  type RouteDecision,
  type RouteLookups,
  type RouteRequest,
} from './decide-route.ts'
import type { Condition, ConditionTest, Flow, FlowPath, FlowRule, WeightedRef } from './flow.ts'
import type { VisitFacts } from './visit-facts.ts'

/** A decision and what led to it. */
export type RouteTrace = {
  readonly decision: RouteDecision
  /** Every rule of the flow, in order. */
  readonly rules: readonly RuleTrace[]
  /** The paths that the visitor was shared among. */
  readonly paths: readonly PathTrace[]
}

export type RuleTrace = {
  readonly ruleId: string
  readonly name: string
  /** `not_reached`: a rule before it decided. `broken`: it can not be compiled, and never matches. */
  readonly verdict: 'matched' | 'not_matched' | 'disabled' | 'not_reached' | 'broken'
  readonly tests: readonly TestTrace[]
}

export type TestTrace = ConditionTest & {
  /** Where in the condition, e.g. `all.1.any.0`; '' for a rule of one test. */
  readonly path: string
  /** What the visitor has; '' when unknown. */
  readonly actual: string
  readonly holds: boolean
}

export type PathTrace = {
  readonly pathId: string
  readonly weight: number
  /** One of its offers takes the visitor. */
  readonly isOpen: boolean
  readonly landers: readonly RefTrace[]
  readonly offers: readonly RefTrace[]
}

/** `isUsable`: the lander is in use; the offer takes the visitor. */
export type RefTrace = WeightedRef & { readonly isUsable: boolean }

/** What decideRoute decides, and why: for a dry run, not for the hot path. */
export function explainRoute(
  request: Omit<RouteRequest, 'flow'> & { readonly flow: Flow },
  tools: ConditionTools,
): RouteTrace {
  const { flow, facts, lookups } = request
  const compiled = compileFlow(flow, tools)
  const decision = decideRoute({ ...request, flow: compiled })
  const broken = new Set(compiled.problems.map(({ ruleId }) => ruleId))
  const decider = flow.rules.findIndex((rule) => rule.id === decision.ruleId)
  const rules = flow.rules.map((rule, index) => {
    const verdict = verdictOf(rule, { index, decider, isBroken: broken.has(rule.id) })
    const isTried = verdict === 'matched' || verdict === 'not_matched'
    const tests = isTried ? explainCondition(rule.when, { facts, tools, path: '' }) : []
    return { ruleId: rule.id, name: rule.name, verdict, tests }
  })
  const paths = flow.rules[decider]?.paths ?? flow.paths
  return { decision, rules, paths: paths.map((path) => explainPath(path, lookups)) }
}

function verdictOf(
  rule: FlowRule,
  { index, decider, isBroken }: { index: number; decider: number; isBroken: boolean },
): RuleTrace['verdict'] {
  if (!rule.enabled) return 'disabled'
  if (isBroken) return 'broken'
  if (index === decider) return 'matched'
  return decider !== -1 && index > decider ? 'not_reached' : 'not_matched'
}

function explainCondition(
  condition: Condition,
  {
    facts,
    tools,
    path,
  }: { readonly facts: VisitFacts; readonly tools: ConditionTools; readonly path: string },
): readonly TestTrace[] {
  if (!('field' in condition)) {
    const [name, list] = 'all' in condition ? ['all', condition.all] : ['any', condition.any]
    const prefix = path === '' ? name : `${path}.${name}`
    return list.flatMap((child, index) =>
      explainCondition(child, { facts, tools, path: `${prefix}.${index}` }),
    )
  }
  const compiled = compileCondition(condition, tools)
  const holds = compiled.ok && compiled.matches(facts)
  return [{ ...condition, path, actual: facts.value(condition.field), holds }]
}

function explainPath(path: FlowPath, lookups: RouteLookups): PathTrace {
  const offers = path.offers.map((offer) => ({ ...offer, isUsable: lookups.takes(offer.id) }))
  const landers = path.landers.map((lander) => ({ ...lander, isUsable: lookups.hasLander(lander.id) }))
  const isOpen = path.weight > 0 && offers.some((offer) => offer.weight > 0 && offer.isUsable)
  return { pathId: path.id, weight: path.weight, isOpen, landers, offers }
}
