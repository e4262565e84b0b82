import type { ConditionField } from './flow.ts'

/** What conditions see of a visitor. Values are found when they are asked for: most rules look at one or two. */
export type VisitFacts = {
  /** In the ledger's words; '' when unknown. */
  readonly value: (field: ConditionField) => string
}
