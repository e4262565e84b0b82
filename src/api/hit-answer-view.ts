import { z } from 'zod'
import type { HitAnswer } from '../domain/hit.ts'

/** What became of a hit, as its sender is told. */
export const hitAnswerSchema = z
  .object({
    hit: z.string(),
    outcome: z.string().describe('recorded, updated, duplicate, rejected, unmatched or malformed'),
    reason: z.string().describe("Why; '' when there is nothing to say"),
    conversion: z.string().describe("Its id; '' when there is none"),
  })
  .meta({ id: 'HitAnswer' })

export function toHitAnswerView(answer: HitAnswer): z.input<typeof hitAnswerSchema> {
  const { hit, outcome, reason = '', conversion = '' } = answer
  return { hit, outcome, reason, conversion }
}
