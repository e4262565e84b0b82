import { useQuery } from '@tanstack/react-query'
import { createContext } from 'react'
import { reweighed } from '../../src/domain/optimized-weights.ts'
import { answerOf, api } from './api.ts'
import type { FlowValues } from './flow-values.ts'

/** The optimiser's own round takes as long. */
const REFRESH_MS = 60_000

/** Whose flow it is. */
export type FlowOwner = { readonly kind: 'campaign' | 'flow'; readonly id: string }

type Level = NonNullable<FlowValues['optimization']>['level']
type Weighted = { readonly id?: string | undefined; readonly weight: number }

/** Where a list of paths, landers or offers is. */
export type WeightScope = {
  readonly level: Level
  /** As the API has it: the rule's id, '' outside of rules, or the path's id; undefined until it is saved. */
  readonly id: string | undefined
}

/** The share that something gets by a weight set by itself; undefined where the weights of the form are in force. */
export type SetShareOf = (scope: WeightScope, one: Weighted, among: readonly Weighted[]) => number | undefined

export const SetShares = createContext<SetShareOf>(() => undefined)

/**
 * The shares that optimisation has set, of what is saved and of the level that the form optimises.
 * @param owner undefined until it is saved.
 */
export function useSetShares(
  owner: FlowOwner | undefined,
  optimization: FlowValues['optimization'],
): SetShareOf {
  const level = optimization?.level
  const { data } = useQuery({
    queryKey: ['set-weights', owner?.kind, owner?.id, level],
    enabled: owner !== undefined && level !== undefined,
    refetchInterval: REFRESH_MS,
    queryFn: async () => (owner === undefined ? [] : await loadSetWeights(owner)),
  })
  if (level === undefined || data === undefined) return () => undefined
  return (scope, one, among) => {
    if (scope.level !== level) return undefined
    const own = data.filter(({ scopeId }) => scopeId === scope.id)
    const weights = new Map(own.map(({ armId, weight }) => [armId, weight]))
    if (one.weight === 0 || one.id === undefined || !weights.has(one.id)) return undefined
    const total = reweighed(among, weights).reduce((sum, { weight }) => sum + weight, 0)
    return total === 0 ? undefined : (weights.get(one.id) ?? 0) / total
  }
}

async function loadSetWeights({ kind, id }: FlowOwner) {
  const params = { params: { path: { id } } }
  const asked =
    kind === 'campaign'
      ? api.GET('/api/v1/campaigns/{id}/weights', params)
      : api.GET('/api/v1/flows/{id}/weights', params)
  return (await answerOf(asked)).items
}
