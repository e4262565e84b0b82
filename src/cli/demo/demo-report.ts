import { z } from 'zod'
import type { ApiClient } from './api-client.ts'
import type { DemoRow } from './demo-table.ts'

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

/** The tracker's own report, by campaign id. The days around today: a demo may run over midnight. */
export async function readReport(api: ApiClient): Promise<ReadonlyMap<string, CampaignReport>> {
  const day = (offset: number) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10)
  const answer = await api.post('/reports', {
    from: day(-1),
    to: day(1),
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
export async function waitUntilSettled(look: () => Promise<readonly DemoRow[]>): Promise<readonly DemoRow[]> {
  const startedAt = performance.now()
  for (;;) {
    const rows = await look()
    if (rows.every((row) => row.agrees) || performance.now() - startedAt > SETTLE_MS_MAX) return rows
    await new Promise((resolve) => setTimeout(resolve, SETTLE_STEP_MS))
  }
}
