import { type ConditionTools, compileCondition, type Matches } from './condition.ts'
import type { Flow, FlowPath, Sticky, WeightedRef } from './flow.ts'
import { chooseWeighted, routePoint } from './routing.ts'
import type { VisitFacts } from './visit-facts.ts'

/** A flow made ready for the hot path. */
export type CompiledFlow = {
  /** The enabled ones that compile, in order. */
  readonly rules: readonly CompiledRule[]
  readonly paths: readonly FlowPath[]
  readonly sticky: Sticky
  /** Rules that can not be compiled; they never match. */
  readonly problems: readonly { readonly ruleId: string; readonly reason: string }[]
}

type CompiledRule = {
  readonly id: string
  readonly matches: Matches
  readonly paths: readonly FlowPath[]
}

export type RouteRequest = {
  readonly flow: CompiledFlow
  readonly facts: VisitFacts
  readonly lookups: RouteLookups
  /** What stays with the visitor: the click id, or a cookie's. */
  readonly seed: string
  /** What differs between flows that share visitors: the id of the campaign. */
  readonly salt: string
  /** The way that a returning visitor went before. */
  readonly previous?: PreviousRoute | undefined
}

export type RouteLookups = {
  /** Whether the offer exists and takes this visitor: not capped, the country is right. */
  readonly takes: (offerId: string) => boolean
  /** Where visitors go that the offer does not take; '' for none. */
  readonly fallbackOffer: (offerId: string) => string
  readonly hasLander: (landerId: string) => boolean
}

export type PreviousRoute = { readonly pathId: string; readonly landerId: string; readonly offerId: string }

/** `ruleId` is '' when no rule decided; `reason` is in short words, for the story of a visit. */
export type RouteDecision =
  | {
      readonly found: true
      readonly ruleId: string
      readonly pathId: string
      /** '' for a direct link. */
      readonly landerId: string
      readonly offerId: string
      readonly reason: string
    }
  | { readonly found: false; readonly ruleId: string; readonly reason: string }

/** Offers that stand in for each other, one after the other; longer chains end nowhere. */
export const FALLBACK_STEPS_MAX = 10

const ROUTE_REASONS = {
  default: 'default',
  rule: 'rule',
  stickyPath: ', sticky path',
  stickyLander: ', sticky lander',
  stickyOffer: ', sticky offer',
  fallbackOffer: ', fallback offer',
  noRule: 'no rule',
  noPath: 'no path',
  ruleWithoutPaths: 'rule without paths',
} as const

export function compileFlow(flow: Flow, tools: ConditionTools): CompiledFlow {
  const rules: CompiledRule[] = []
  const problems: { ruleId: string; reason: string }[] = []
  for (const rule of flow.rules) {
    if (!rule.enabled) continue
    const compiled = compileCondition(rule.when, tools)
    if (compiled.ok) rules.push({ id: rule.id, matches: compiled.matches, paths: rule.paths })
    else problems.push({ ruleId: rule.id, reason: compiled.reason })
  }
  return { rules, paths: flow.paths, sticky: flow.sticky, problems }
}

/**
 * Decides which way a visitor goes. The same seed goes the same way as long as the flow stands; a change moves only
 * the visitors it must (see chooseWeighted).
 *
 *   first enabled rule that matches, else the flow itself
 *     → its paths: the previous one where it is sticky, else by weight among those that are open
 *       → lander and offer: likewise, among those of the path
 *
 * A path is open while one of its offers takes the visitor. When none of the paths is, the fallback of an offer that
 * refused stands in. A path whose landers are all gone leads to its offer directly: a visitor who was paid for is
 * worth more there than at the fallback.
 */
export function decideRoute(request: RouteRequest): RouteDecision {
  const { flow, facts } = request
  for (const rule of flow.rules) {
    if (rule.matches(facts)) return throughRule(rule, request)
  }
  if (flow.paths.length === 0) {
    const reason = flow.rules.length === 0 ? ROUTE_REASONS.noPath : ROUTE_REASONS.noRule
    return { found: false, ruleId: '', reason }
  }
  return throughPaths(flow.paths, { ruleId: '', reason: ROUTE_REASONS.default }, request)
}

function throughRule(rule: CompiledRule, request: RouteRequest): RouteDecision {
  if (rule.paths.length === 0) {
    return { found: false, ruleId: rule.id, reason: ROUTE_REASONS.ruleWithoutPaths }
  }
  return throughPaths(rule.paths, { ruleId: rule.id, reason: ROUTE_REASONS.rule }, request)
}

type Origin = { readonly ruleId: string; readonly reason: string }

function throughPaths(paths: readonly FlowPath[], origin: Origin, request: RouteRequest): RouteDecision {
  const { lookups, seed } = request
  const kept = keptPath(paths, request)
  const path = kept ?? chooseOpenPath(paths, request)
  if (path === undefined) return throughFallbackOffer(paths, origin, request)
  const point = routePoint(seed, path.id)
  const offers = allOrThose(path.offers, (offer) => lookups.takes(offer.id))
  const keptOffer = kept && keptRef(offers, request, 'offer')
  const offer = keptOffer ?? chooseWeighted(offers, point)
  // isOpen has seen an offer with a weight; only a weight that is no number can leave none.
  if (offer === undefined) return { found: false, ruleId: origin.ruleId, reason: ROUTE_REASONS.noPath }
  const landers = allOrThose(path.landers, (lander) => lookups.hasLander(lander.id))
  const keptLander = kept && keptRef(landers, request, 'lander')
  const lander = keptLander ?? chooseWeighted(landers, point)
  return {
    found: true,
    ruleId: origin.ruleId,
    pathId: path.id,
    landerId: lander?.id ?? '',
    offerId: offer.id,
    reason: origin.reason + stickyReason(kept, keptLander, keptOffer),
  }
}

/** Names the deepest part of the way that was kept. */
function stickyReason(
  path: FlowPath | undefined,
  lander: WeightedRef | undefined,
  offer: WeightedRef | undefined,
): string {
  if (offer !== undefined) return ROUTE_REASONS.stickyOffer
  if (lander !== undefined) return ROUTE_REASONS.stickyLander
  return path === undefined ? '' : ROUTE_REASONS.stickyPath
}

function keptPath(
  paths: readonly FlowPath[],
  { flow, previous, lookups }: RouteRequest,
): FlowPath | undefined {
  if (flow.sticky === 'none' || previous === undefined) return undefined
  const kept = paths.find((path) => path.id === previous.pathId)
  return kept !== undefined && kept.weight > 0 && isOpen(kept, lookups) ? kept : undefined
}

/** Nobody asks for the other paths' offers while the visitor keeps one. */
function chooseOpenPath(
  paths: readonly FlowPath[],
  { lookups, seed, salt }: RouteRequest,
): FlowPath | undefined {
  return chooseWeighted(
    allOrThose(paths, (path) => isOpen(path, lookups)),
    routePoint(seed, salt),
  )
}

function keptRef(
  refs: readonly WeightedRef[],
  { flow, previous }: RouteRequest,
  level: 'lander' | 'offer',
): WeightedRef | undefined {
  if (previous === undefined || flow.sticky === 'path') return undefined
  if (level === 'offer' && flow.sticky !== 'offer') return undefined
  const id = level === 'offer' ? previous.offerId : previous.landerId
  return refs.find((ref) => ref.id === id && ref.weight > 0)
}

/** No path is open: the first offer that refused and has a stand-in leads there, through its path's landers. */
function throughFallbackOffer(
  paths: readonly FlowPath[],
  origin: Origin,
  { lookups, seed }: RouteRequest,
): RouteDecision {
  for (const path of paths) {
    if (!(path.weight > 0)) continue
    for (const refused of path.offers) {
      const offerId = refused.weight > 0 ? standIn(refused.id, lookups) : ''
      if (offerId === '') continue
      const landers = allOrThose(path.landers, (lander) => lookups.hasLander(lander.id))
      const landerId = chooseWeighted(landers, routePoint(seed, path.id))?.id ?? ''
      const reason = origin.reason + ROUTE_REASONS.fallbackOffer
      return { found: true, ruleId: origin.ruleId, pathId: path.id, landerId, offerId, reason }
    }
  }
  return { found: false, ruleId: origin.ruleId, reason: ROUTE_REASONS.noPath }
}

/** Follows fallbacks to the first offer that takes the visitor; a circle runs into the limit and leads nowhere. */
export function standIn(refusedId: string, lookups: RouteLookups): string {
  let id = refusedId
  for (let step = 0; step < FALLBACK_STEPS_MAX; step++) {
    id = lookups.fallbackOffer(id)
    if (id === '' || lookups.takes(id)) return id
  }
  return ''
}

function isOpen(path: FlowPath, lookups: RouteLookups): boolean {
  for (const offer of path.offers) {
    if (offer.weight > 0 && lookups.takes(offer.id)) return true
  }
  return false
}

/** The list itself when all of it is usable, as it nearly always is: nothing is allocated then. */
function allOrThose<Item>(items: readonly Item[], isUsable: (item: Item) => boolean): readonly Item[] {
  for (const item of items) {
    if (!isUsable(item)) return items.filter(isUsable)
  }
  return items
}
