import { createSeededRandom } from '../domain/random-draws.ts'
import { judgeSplit, type SplitArm, weightsOf } from '../domain/split-test.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { type LoopOptions, runRetriedLoop } from '../ledger/retried-loop.ts'
import type { ReportRequest } from '../reports/report-request.ts'
import { runReport } from '../reports/run-report.ts'
import { SPLIT_METRICS, toSplitArm } from '../reports/split-arms.ts'
import { loadConfiguration } from '../store/load-configuration.ts'
import {
  loadOptimizedWeights,
  type OptimizedWeights,
  type ScopeWeights,
  saveOptimizedWeights,
} from '../store/optimized-weights.ts'
import type { Db } from '../store/transaction.ts'
import { findScopes, type Scope } from './find-scopes.ts'
import { OPTIMIZATION_LIMITS } from './optimization-limits.ts'

const DAY_MS = 86_400_000
/** Always the same draws: weights move when the data does, and not with every throw of the dice. */
const SEED = 1

export type OptimizationDeps = {
  readonly db: Db
  readonly ledger: Pick<Ledger, 'query'>
  /** Unix milliseconds. */
  readonly clock: () => number
}

/**
 * Sets the weights of everything that optimises itself, from what the ledger says of the last days. The edge keeps
 * choosing by weights, so that optimising costs a redirect nothing, and a lost core leaves the last ones in force.
 * @returns how many lists got new weights.
 * @throws what the store and the ledger throw; nothing has changed then.
 */
export async function optimizeFlows({ db, ledger, clock }: OptimizationDeps): Promise<number> {
  const scopes = findScopes(await loadConfiguration(db))
  if (scopes.length === 0) return 0
  const inForce = await loadOptimizedWeights(db)
  const changed: ScopeWeights[] = []
  for (const scope of scopes) {
    const weights = await weigh(scope, ledger, clock())
    if (differs(weights, inForce)) changed.push(weights)
  }
  await saveOptimizedWeights(db, changed, clock())
  return changed.length
}

/** Does so once a minute until the signal aborts. */
export async function runOptimization(
  deps: OptimizationDeps & Pick<LoopOptions, 'signal' | 'onError'> & { readonly onChange: () => void },
): Promise<void> {
  const round = async () => {
    if ((await optimizeFlows(deps)) > 0) deps.onChange()
    return OPTIMIZATION_LIMITS.roundMs
  }
  const retry = { firstMs: OPTIMIZATION_LIMITS.retryMinMs, maxMs: OPTIMIZATION_LIMITS.retryMaxMs }
  await runRetriedLoop(round, { ...deps, retry })
}

async function weigh(scope: Scope, ledger: Pick<Ledger, 'query'>, now: number): Promise<ScopeWeights> {
  const { optimization, workspace, ownerId, scopeId } = scope
  const arms = await loadArms(scope, ledger, now)
  const verdicts = judgeSplit(optimization.metric, arms, createSeededRandom(SEED))
  const weights = weightsOf(verdicts, optimization.floorPercent)
  return {
    workspace,
    ownerId,
    scopeId,
    arms: verdicts.map(({ id, probabilityBest }) => ({ id, weight: weights.get(id) ?? 0, probabilityBest })),
  }
}

/** Conversions count by the day of their visit: the arms are compared on the same visits. */
async function loadArms(
  scope: Scope,
  ledger: Pick<Ledger, 'query'>,
  now: number,
): Promise<readonly SplitArm[]> {
  const { level, windowDays } = scope.optimization
  const dimension = level.slice(0, -1)
  const request: ReportRequest = {
    workspace: scope.workspace,
    from: dayOf(now - (windowDays - 1) * DAY_MS),
    to: dayOf(now),
    timeZone: 'UTC',
    dateBasis: 'click',
    groupBy: [dimension],
    metrics: SPLIT_METRICS,
    filters: [
      { dimension: 'path', operator: 'in', values: scope.pathIds },
      { dimension, operator: 'in', values: scope.armIds },
    ],
  }
  const { rows } = await runReport(ledger, request, AbortSignal.timeout(OPTIMIZATION_LIMITS.reportTimeoutMs))
  const seen = new Map(rows.map((row) => [row.keys[dimension], row.metrics]))
  return scope.armIds.map((id) => toSplitArm(id, seen.get(id)))
}

function differs(weights: ScopeWeights, inForce: OptimizedWeights): boolean {
  const known = inForce.get(weights.ownerId)?.get(weights.scopeId)
  return weights.arms.some(({ id, weight }) => {
    const before = known?.get(id)
    return before === undefined || Math.abs(before - weight) >= OPTIMIZATION_LIMITS.changePercentMin
  })
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
