import { z } from 'zod'
import { CORRECTION_LIMITS } from '../corrections/correction-limits.ts'
import type { CostAnswer } from '../corrections/cost-answer.ts'
import type { CostBreakdown } from '../corrections/cost-breakdown.ts'
import { oldestUndoable } from '../corrections/cost-order.ts'
import { formatMicros } from '../domain/money.ts'
import { haveCostRows, type StoredCostCorrection, undoesOf } from '../store/cost-corrections.ts'
import type { ApiDeps } from './api-deps.ts'
import { timeField, toTime } from './fields.ts'

const answerFields = {
  visits: z.int(),
  costBefore: z.string(),
  costAfter: z.string(),
  difference: z.string(),
  currency: z.string().describe("The workspace's, of all amounts"),
  rows: z.int().describe('Rows added to the ledger'),
  dimensions: z
    .array(z.string())
    .describe('What the new cost can be told apart by; fewer where there are too many combinations'),
}
const answerSchema = z.object(answerFields)

const lineSchema = z.object({
  campaignId: z.string().describe("'' for visits of none, and where dimensions has no campaign"),
  day: z.iso.date().describe("In the correction's time zone"),
  visits: z.int(),
  costBefore: z.string(),
  costAfter: z.string(),
  difference: z.string(),
})

export const costPreviewSchema = z.object({
  preview: z.literal(true),
  ...answerFields,
  lines: z
    .array(lineSchema)
    .describe(
      `By campaign and day, the largest differences first; at most ${CORRECTION_LIMITS.costLinesMax}`,
    ),
  more: z
    .object({ lines: z.int(), difference: z.string() })
    .describe('Lines that are left out, and the sum of their differences'),
})

const undoFields = {
  undoes: z.string().nullable().describe('Id of the correction that this one takes back'),
  undoneBy: z.string().nullable().describe('Id of the correction that takes this one back'),
}

export const costAppliedSchema = z.object({
  preview: z.literal(false),
  id: z.string(),
  key: z.string(),
  ...answerFields,
  ...undoFields,
  createdAt: timeField,
})

export const costListedSchema = z
  .object({
    id: z.string(),
    key: z.string(),
    amount: z.string().describe("What it added, in the workspace's currency"),
    rows: z.int(),
    actor: z.string(),
    request: z.unknown(),
    answer: z.unknown(),
    ...undoFields,
    canUndo: z
      .boolean()
      .describe(
        `For ${CORRECTION_LIMITS.costUndoDays} days; a later correction of the same visits must be undone before`,
      ),
    createdAt: timeField,
  })
  .meta({ id: 'CostCorrection' })

type Previewed = { readonly answer: CostAnswer; readonly breakdown: CostBreakdown }

export function toCostPreviewView({ answer, breakdown }: Previewed): z.input<typeof costPreviewSchema> {
  const { dimensions, ...sums } = answer
  const { lines, more } = breakdown
  return { preview: true, ...sums, dimensions: [...dimensions], lines: [...lines], more }
}

/** @param undo what has taken it back. */
export function toCostAppliedView(
  { id, key, answer, undoes, createdAt }: StoredCostCorrection,
  undo: StoredCostCorrection | undefined,
): z.input<typeof costAppliedSchema> {
  const view = answerSchema.parse(answer)
  return {
    preview: false,
    id,
    key,
    ...view,
    undoes,
    undoneBy: undo?.id ?? null,
    createdAt: toTime(createdAt),
  }
}

/** Corrections of one page, with what became of them. */
export async function toCostListedViews(
  { store, clock }: Pick<ApiDeps, 'store' | 'clock'>,
  corrections: readonly StoredCostCorrection[],
): Promise<z.input<typeof costListedSchema>[]> {
  const ids = corrections.map(({ id }) => id)
  const undoneBy = await undoesOf(store.db, ids)
  const kept = await haveCostRows(store.db, ids)
  const oldest = oldestUndoable(clock())
  return corrections.map((correction) => {
    const { id, key, amountMicros, rows, actor, request, answer, undoes, createdAt } = correction
    const undo = undoneBy.get(id) ?? null
    const canUndo = undoes === null && undo === null && kept.has(id) && createdAt >= oldest
    const amount = formatMicros(amountMicros)
    const what = { id, key, amount, rows, actor, request, answer, undoes }
    return { ...what, undoneBy: undo, canUndo, createdAt: toTime(createdAt) }
  })
}
