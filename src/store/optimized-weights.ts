import type { Flow, FlowPath, Optimization, WeightedRef } from '../domain/flow.ts'
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

/** What the user paused, by a weight of 0, stays paused. */
function reweighed<Ref extends WeightedRef | FlowPath>(
  refs: readonly Ref[],
  weights: ReadonlyMap<string, number> | undefined,
): readonly Ref[] {
  if (weights === undefined) return refs
  return refs.map((ref) => (ref.weight > 0 ? { ...ref, weight: weights.get(ref.id) ?? ref.weight } : ref))
}
