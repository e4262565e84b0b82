import type { Logger } from 'pino'
import { type CompiledFlow, compileFlow } from '../domain/decide-route.ts'
import type { Flow, FlowPath, FlowRule } from '../domain/flow.ts'
import { compileRegex } from './compile-regex.ts'

/** A flow as visits go through it: a campaign's own, or one that campaigns share. */
export class IndexedFlow {
  readonly flow: Flow
  /** The campaign's or shared flow's id. */
  readonly id: string
  readonly #log: Logger
  #compiled: CompiledFlow | undefined

  constructor(flow: Flow, id: string, log: Logger) {
    this.flow = flow
    this.id = id
    this.#log = log
  }

  /**
   * Compiled for its first visitor: of thousands of flows few have visitors between two edits, and compiling all of
   * them would hold up every visitor of the moment.
   */
  get compiled(): CompiledFlow {
    if (this.#compiled === undefined) {
      this.#compiled = compileFlow(this.flow, { compileRegex })
      for (const problem of this.#compiled.problems) {
        this.#log.error({ flow: this.id, ...problem }, 'a rule that cannot be compiled never matches')
      }
    }
    return this.#compiled
  }

  /** One of its paths, those of its rules too. */
  path(id: string): FlowPath | undefined {
    for (const path of pathsOf(this.flow)) if (path.id === id) return path
    return undefined
  }
}

/** Every path of a flow: those of its rules, switched off or not, and its own. */
export function* pathsOf(flow: {
  readonly rules: readonly FlowRule[]
  readonly paths: readonly FlowPath[]
}): Generator<FlowPath> {
  for (const rule of flow.rules) yield* rule.paths
  yield* flow.paths
}
