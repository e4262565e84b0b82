import type { Flow, FlowPath, Optimization } from '../domain/flow.ts'
import { reweighed } from '../domain/optimized-weights.ts'
import { changeConfiguration } from './config-version.ts'
import type { Db } from './transaction.ts'

/** Weights of one list of paths, landers or offers. */
export type ScopeWeights = {
  readonly workspace: string
  /** The campaign or shared flow that the list is part of. */
  readonly ownerId: string
  /** The path whose landers or offers they are; for paths the rule's id, or '' for the flow's own. */
  readonly scopeId: string
  readonly arms: readonly { readonly id: string; readonly weight: number; readonly probabilityBest: number }[]
}

/** Owner → scope → arm → weight. */
export type OptimizedWeights = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, number>>>

export async function loadOptimizedWeights(db: Db): Promise<OptimizedWeights> {
  const rows = await db
    .selectFrom('optimized_weights')
    .select(['owner_id', 'scope_id', 'arm_id', 'weight'])
    .execute()
  const owners = new Map<string, Map<string, Map<string, number>>>()
  for (const row of rows) {
    const scopes = owners.get(row.owner_id) ?? new Map<string, Map<string, number>>()
    const arms = scopes.get(row.scope_id) ?? new Map<string, number>()
    owners.set(row.owner_id, scopes.set(row.scope_id, arms.set(row.arm_id, row.weight)))
  }
  return owners
}

/** A weight that optimisation has set. */
export type OptimizedWeight = {
  /** As in `ScopeWeights`. */
  readonly scopeId: string
  readonly armId: string
  readonly weight: number
  /** 0 to 1. */
  readonly probabilityBest: number
  /** Unix milliseconds. */
  readonly updatedAt: number
}

/** What is in force for one campaign or shared flow; nothing where it does not optimise itself. */
export async function listOptimizedWeights(
  db: Db,
  workspace: string,
  owner: Flow & Optimized,
): Promise<readonly OptimizedWeight[]> {
  if (owner.optimization === null) return []
  const rows = await db
    .selectFrom('optimized_weights')
    .select(['scope_id', 'arm_id', 'weight', 'probability_best', 'updated_at'])
    .where('workspace', '=', workspace)
    .where('owner_id', '=', owner.id)
    .orderBy('scope_id')
    .orderBy('arm_id')
    .execute()
  const inForce = armsOf(owner, owner.optimization.level)
  return rows
    .filter((row) => inForce.get(row.scope_id)?.has(row.arm_id) ?? false)
    .map((row) => ({
      scopeId: row.scope_id,
      armId: row.arm_id,
      weight: row.weight,
      probabilityBest: row.probability_best,
      updatedAt: row.updated_at,
    }))
}

/** Scope → arms that take visitors; rows of what was once there stay behind. */
function armsOf(
  { rules, paths }: Flow,
  level: Optimization['level'],
): ReadonlyMap<string, ReadonlySet<string>> {
  const lists = [{ id: '', paths }, ...rules]
  const scopes =
    level === 'paths'
      ? lists.map((list) => [list.id, list.paths] as const)
      : lists.flatMap((list) => list.paths.map((path) => [path.id, path[level]] as const))
  return new Map(
    scopes.map(([scope, arms]) => [
      scope,
      new Set(arms.filter(({ weight }) => weight > 0).map(({ id }) => id)),
    ]),
  )
}

/** Sets the weights of the lists; edges learn of them as of any change. */
export async function saveOptimizedWeights(
  db: Db,
  lists: readonly ScopeWeights[],
  now: number,
): Promise<void> {
  const rows = lists.flatMap(({ workspace, ownerId, scopeId, arms }) =>
    arms.map((arm) => ({
      workspace,
      owner_id: ownerId,
      scope_id: scopeId,
      arm_id: arm.id,
      weight: arm.weight,
      probability_best: arm.probabilityBest,
      updated_at: now,
    })),
  )
  if (rows.length === 0) return
  await changeConfiguration(db, (trx) =>
    trx
      .insertInto('optimized_weights')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['owner_id', 'scope_id', 'arm_id']).doUpdateSet((set) => ({
          weight: set.ref('excluded.weight'),
          probability_best: set.ref('excluded.probability_best'),
          updated_at: set.ref('excluded.updated_at'),
        })),
      )
      .execute(),
  )
}

/** The flow with the weights that were found for it; as it is when it does not optimise itself. */
export function withOptimizedWeights<Owner extends Flow & Optimized>(
  owner: Owner,
  weights: OptimizedWeights,
): Owner {
  const scopes = weights.get(owner.id)
  if (owner.optimization === null || scopes === undefined) return owner
  const { level } = owner.optimization
  const reweigh = (paths: readonly FlowPath[], scopeId: string) => {
    if (level === 'paths') return reweighed(paths, scopes.get(scopeId))
    return paths.map((path) => ({ ...path, [level]: reweighed(path[level], scopes.get(path.id)) }))
  }
  return {
    ...owner,
    rules: owner.rules.map((rule) => ({ ...rule, paths: reweigh(rule.paths, rule.id) })),
    paths: reweigh(owner.paths, ''),
  }
}

type Optimized = { readonly id: string; readonly optimization: Optimization | null }
