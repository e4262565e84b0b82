import type { Flow, FlowPath, Optimization } from '../domain/flow.ts'
import type { Configuration } from '../store/load-configuration.ts'

/** One list whose weights are optimised: paths of a flow or rule, or landers or offers of a path. */
export type Scope = {
  readonly workspace: string
  readonly ownerId: string
  readonly optimization: Optimization
  /** The rule's id or '' for paths; the path's id for its landers or offers. */
  readonly scopeId: string
  /** What is weighed, without what the user paused. Two at least. */
  readonly armIds: readonly string[]
  /** The paths whose visits tell about the arms. */
  readonly pathIds: readonly string[]
}

/** Everything in use that optimises itself. */
export function findScopes(configuration: Configuration): readonly Scope[] {
  const flows = [...configuration.flows.values()]
  // A campaign with a shared flow has none of its own.
  const campaigns = [...configuration.campaigns.values()].filter(({ flowId }) => flowId === '')
  return [...flows, ...campaigns].flatMap((owner) =>
    owner.archivedAt === null && owner.optimization !== null
      ? scopesOf(owner, { workspace: owner.workspace, ownerId: owner.id, optimization: owner.optimization })
      : [],
  )
}

type Owner = Pick<Scope, 'workspace' | 'ownerId' | 'optimization'>

function scopesOf(flow: Flow, owner: Owner): readonly Scope[] {
  const lists = [
    { scopeId: '', paths: flow.paths },
    ...flow.rules.map((rule) => ({ scopeId: rule.id, paths: rule.paths })),
  ]
  const scopes =
    owner.optimization.level === 'paths'
      ? lists.map(({ scopeId, paths }) => pathScope(owner, scopeId, paths))
      : lists.flatMap(({ paths }) => paths.map((path) => refScope(owner, path)))
  return scopes.filter(({ armIds }) => armIds.length > 1)
}

function pathScope(owner: Owner, scopeId: string, paths: readonly FlowPath[]): Scope {
  const armIds = paths.filter(({ weight }) => weight > 0).map(({ id }) => id)
  return { ...owner, scopeId, armIds, pathIds: armIds }
}

function refScope(owner: Owner, path: FlowPath): Scope {
  const refs = owner.optimization.level === 'landers' ? path.landers : path.offers
  const armIds = refs.filter(({ weight }) => weight > 0).map(({ id }) => id)
  return { ...owner, scopeId: path.id, armIds, pathIds: [path.id] }
}
