import type { Flow, Optimization, WeightedRef } from '../domain/flow.ts'
import type { Db } from '../store/transaction.ts'
import { landerIdsOf, listPaths, loadInUse, offerIdsOf } from './flow-references.ts'
import type { FieldError } from './problem.ts'

type CheckedFlow = Flow & { readonly optimization: Optimization | null }

/** Everything that is wrong with a flow: what it says, and what it names that the workspace does not have in use. */
export async function findFlowErrors(
  db: Db,
  workspace: string,
  flow: CheckedFlow,
): Promise<readonly FieldError[]> {
  return [
    ...findRepeatedIds(flow),
    ...findEmptyWeights(flow),
    ...findUselessOptimization(flow),
    ...(await findMissingRefs(db, workspace, flow)),
  ]
}

/** Visitors are shared by the ids of paths and of what is in them, and rules are told apart by theirs. */
function findRepeatedIds(flow: Flow): readonly FieldError[] {
  const paths = listPaths(flow)
  return [
    ...repeated(flow.rules.map((rule, index) => ({ id: rule.id, field: `rules.${index}.id` }))),
    ...repeated(paths.map(({ path, field }) => ({ id: path.id, field: `${field}.id` }))),
    ...listRefs(flow).flatMap(({ field, refs }) =>
      repeated(refs.map((ref, index) => ({ id: ref.id, field: `${field}.${index}.id` }))),
    ),
  ]
}

function repeated(items: readonly { readonly id: string; readonly field: string }[]): readonly FieldError[] {
  const seen = new Set<string>()
  return items
    .filter(({ id }) => seen.size === seen.add(id).size)
    .map(({ id, field }) => ({ field, message: `"${id}" is here twice` }))
}

/** Nothing could ever be chosen from such a list. */
function findEmptyWeights(flow: Flow): readonly FieldError[] {
  const lists = [
    { field: 'paths', refs: flow.paths },
    ...flow.rules.map((rule, index) => ({ field: `rules.${index}.paths`, refs: rule.paths })),
    ...listRefs(flow),
  ]
  return lists
    .filter(({ refs }) => refs.length > 0 && refs.every((ref) => !(ref.weight > 0)))
    .map(({ field }) => ({ field, message: 'the weights sum to zero: give one of them a share' }))
}

function findUselessOptimization(flow: CheckedFlow): readonly FieldError[] {
  if (flow.optimization === null) return []
  const { level } = flow.optimization
  const paths = [flow.paths, ...flow.rules.map((rule) => rule.paths)]
  const lists = level === 'paths' ? paths : listPaths(flow).map(({ path }) => path[level])
  if (lists.some((list) => list.length >= 2)) return []
  const message = `nothing to optimise: no list of ${level} has two to choose from`
  return [{ field: 'optimization.level', message }]
}

async function findMissingRefs(db: Db, workspace: string, flow: Flow): Promise<readonly FieldError[]> {
  const offers = await loadInUse(db, 'offers', { workspace, ids: offerIdsOf(flow) })
  const landers = await loadInUse(db, 'landers', { workspace, ids: landerIdsOf(flow) })
  return listRefs(flow).flatMap(({ field, what, refs }) => {
    const inUse = what === 'offer' ? offers : landers
    return refs.flatMap(({ id }, index) =>
      inUse.has(id) ? [] : [{ field: `${field}.${index}.id`, message: `there is no ${what} "${id}"` }],
    )
  })
}

type ListedRefs = {
  readonly field: string
  readonly what: 'offer' | 'lander'
  readonly refs: readonly WeightedRef[]
}

function listRefs(flow: Flow): readonly ListedRefs[] {
  return listPaths(flow).flatMap(({ field, path }) => [
    { field: `${field}.offers`, what: 'offer' as const, refs: path.offers },
    { field: `${field}.landers`, what: 'lander' as const, refs: path.landers },
  ])
}
