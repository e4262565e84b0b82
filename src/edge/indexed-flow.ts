import type { Logger } from 'pino'
import { type CompiledFlow, compileFlow } from '../domain/decide-route.ts'
import type { Flow, FlowPath } from '../domain/flow.ts'
import type { VisitFacts } from '../domain/visit-facts.ts'
import type { ClientFacts } from './client-facts.ts'
import { compileRegex } from './compile-regex.ts'
import { NarrowedRules } from './narrowed-rules.ts'
import type { IndexedOffer } from './snapshot-index.ts'

type FlowSurroundings = {
  /** The campaign's or shared flow's id. */
  readonly id: string
  readonly offers: ReadonlyMap<string, IndexedOffer>
  readonly log: Logger
}

/**
 * A flow as visits go through it: a campaign's own, or one that campaigns share. What it needs is made ready for its
 * first visitor: of thousands of flows few have visitors between two edits, and to make all of them ready would hold up
 * every visitor of the moment.
 */
export class IndexedFlow {
  readonly flow: Flow
  readonly #surroundings: FlowSurroundings
  #rules: NarrowedRules | undefined
  #needsVisit: boolean | undefined

  constructor(flow: Flow, surroundings: FlowSurroundings) {
    this.flow = flow
    this.#surroundings = surroundings
  }

  /** Compiled, for one visitor. */
  compiledFor(client: ClientFacts, facts: VisitFacts): CompiledFlow {
    this.#rules ??= this.#compile()
    return this.#rules.narrow(client, facts)
  }

  /** One of its offers has macros that a click can fill only from what is remembered of its visit. */
  get needsVisit(): boolean {
    this.#needsVisit ??= this.#findNeed()
    return this.#needsVisit
  }

  /** One of its paths, those of its rules too. */
  path(id: string): FlowPath | undefined {
    for (const path of pathsOf(this.flow)) if (path.id === id) return path
    return undefined
  }

  #compile(): NarrowedRules {
    const compiled = compileFlow(this.flow, { compileRegex })
    const { id, log } = this.#surroundings
    for (const problem of compiled.problems) {
      log.error({ flow: id, ...problem }, 'a rule that cannot be compiled never matches')
    }
    return new NarrowedRules(compiled, this.flow.rules)
  }

  /** An offer that is a campaign may lead to any other, and its rules may look at the visit's parameters. */
  #findNeed(): boolean {
    for (const path of pathsOf(this.flow)) {
      for (const { id } of path.offers) {
        const indexed = this.#surroundings.offers.get(id)
        if (indexed !== undefined && (indexed.target?.needsVisit ?? true)) return true
      }
    }
    return false
  }
}

function* pathsOf(flow: Flow): Generator<FlowPath> {
  for (const rule of flow.rules) yield* rule.paths
  yield* flow.paths
}
