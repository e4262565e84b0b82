import type { Path } from './parts/flow-paths.tsx'
import type { Flow, FlowBody } from './resources.ts'

export type Rule = {
  /** Absent until it is saved. */
  readonly id?: string
  readonly name: string
  readonly enabled: boolean
  /** As the API has it; conditions.ts reads and writes it. */
  readonly when: unknown
  readonly paths: readonly Path[]
}

/** A flow in a form: what a campaign of its own and a shared flow have in common. */
export type FlowValues = {
  readonly rules: readonly Rule[]
  readonly paths: readonly Path[]
  readonly sticky: Flow['sticky']
  readonly optimization: Flow['optimization']
}

type FlowFields = Required<Pick<FlowBody, 'rules' | 'paths' | 'sticky' | 'optimization'>>

export function toFlowBody({ rules, paths, sticky, optimization }: FlowValues): FlowFields {
  return {
    rules: rules.map((rule) => ({ ...rule, paths: toPathBodies(rule.paths) })),
    paths: toPathBodies(paths),
    sticky,
    optimization,
  }
}

/** What saving made of the rules and paths, ids above all: without them the next save would make them anew. */
export function withSaved(
  now: FlowValues,
  sent: FlowValues,
  saved: Pick<FlowValues, 'rules' | 'paths'>,
): Pick<FlowValues, 'rules' | 'paths'> {
  return {
    // What was changed while it was being saved is kept as it is now.
    rules: now.rules === sent.rules ? saved.rules : now.rules,
    paths: now.paths === sent.paths ? saved.paths : now.paths,
  }
}

function toPathBodies(paths: readonly Path[]): FlowFields['paths'] {
  return paths.map((path) => ({ ...path, landers: [...path.landers], offers: [...path.offers] }))
}
