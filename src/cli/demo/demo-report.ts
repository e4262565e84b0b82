import { z } from 'zod'
import type { ApiClient } from './api-client.ts'

export type CampaignReport = {
  readonly visits: number
  readonly clicks: number
  /** Conversions, and events that do not count as such. */
  readonly conversions: number
  readonly revenueMicros: number
}

const DAY_MS = 86_400_000
const SETTLE_MS_MAX = 30_000
const SETTLE_STEP_MS = 500
const MICROS = 1_000_000

const answerSchema = z.object({
  rows: z.array(
    z.object({
      keys: z.object({ campaign: z.string() }),
      metrics: z.object({
        visits: z.coerce.number(),
        clicks: z.coerce.number(),
        conversions: z.coerce.number(),
        events: z.coerce.number(),
        revenue: z.coerce.number(),
      }),
    }),
  ),
})

/** The days around today: a demo may run over midnight. */
export function dayAround(nowMs: number): { readonly from: string; readonly to: string } {
  const day = (offset: number) => new Date(nowMs + offset * DAY_MS).toISOString().slice(0, 10)
  return { from: day(-1), to: day(1) }
}

/** The tracker's own report, by campaign id. */
export async function readReport(api: ApiClient): Promise<ReadonlyMap<string, CampaignReport>> {
  const answer = await api.post('/reports', {
    ...dayAround(Date.now()),
    timeZone: 'UTC',
    groupBy: ['campaign'],
    metrics: ['visits', 'clicks', 'conversions', 'events', 'revenue'],
  })
  return new Map(
    answerSchema.parse(answer).rows.map(({ keys, metrics }) => [
      keys.campaign,
      {
        visits: metrics.visits,
        clicks: metrics.clicks,
        conversions: metrics.conversions + metrics.events,
        revenueMicros: Math.round(metrics.revenue * MICROS),
      },
    ]),
  )
}

/** Looks until everybody agrees, at most for SETTLE_MS_MAX; then the last look stands. */
export async function waitUntilSettled<Row extends { readonly agrees: boolean }>(
  look: () => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const startedAt = performance.now()
  for (;;) {
    const rows = await look()
    if (rows.every((row) => row.agrees) || performance.now() - startedAt > SETTLE_MS_MAX) return rows
    await new Promise((resolve) => setTimeout(resolve, SETTLE_STEP_MS))
  }
}
