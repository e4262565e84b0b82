import { z } from 'zod'
import type { TargetHealth } from '../store/target-health-view.ts'
import { timeField, toTime } from './fields.ts'

export const healthSchema = z
  .object({
    failingSince: timeField
      .nullable()
      .describe('The first failure since the last success; null while it is well'),
    failuresInRow: z.int(),
    lastSuccessAt: timeField.nullable(),
    lastFailureAt: timeField.nullable(),
    lastError: z.string().describe("'' after a success"),
  })
  .meta({ id: 'TargetHealth' })

/** @param health undefined for a target that was never called. */
export function toHealthView(health: TargetHealth | undefined): z.input<typeof healthSchema> {
  return {
    failingSince: toNullableTime(health?.failingSince),
    failuresInRow: health?.failuresInRow ?? 0,
    lastSuccessAt: toNullableTime(health?.lastSuccessAt),
    lastFailureAt: toNullableTime(health?.lastFailureAt),
    lastError: health?.lastError ?? '',
  }
}

function toNullableTime(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : toTime(ms)
}
