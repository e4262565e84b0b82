import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { answerOf, api } from './api.ts'
import { type Figures, sumOf, toDays } from './parts/overview-figures.ts'
import { addDays, todayIn } from './report-query.ts'
import { useMe } from './session.ts'
import type { campaignTexts } from './texts-campaigns.ts'

export type Span = keyof typeof campaignTexts.spans

/** What each of the last days was, today last. */
export type CampaignDays = readonly Figures[]

const DAYS = 7
const ROWS_MAX = 50_000
const REFRESH_MS = 30_000
const METRICS = ['visits', 'clicks', 'conversions', 'revenue', 'payout', 'cost', 'profit']

/**
 * The last seven days of every campaign, or of one, by day: one question answers both the figures of today and those of
 * the week.
 */
export function useCampaignDays(campaignId?: string) {
  const { timeZone } = useMe().workspace
  return useQuery({
    queryKey: ['campaign-days', campaignId],
    queryFn: () => loadDays(todayIn(timeZone), campaignId),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  })
}

export function figuresIn(days: CampaignDays, span: Span): Figures {
  return sumOf(span === 'today' ? days.slice(-1) : days)
}

/** The figures of a campaign that had no visitor. */
export const NO_DAYS: CampaignDays = Array.from({ length: DAYS }, () => sumOf([]))

async function loadDays(
  today: string,
  campaignId: string | undefined,
): Promise<ReadonlyMap<string, CampaignDays>> {
  const days = Array.from({ length: DAYS }, (_, index) => addDays(today, index + 1 - DAYS))
  const only =
    campaignId === undefined ? [] : [{ dimension: 'campaign', operator: 'is' as const, values: [campaignId] }]
  const body = {
    from: days[0] ?? today,
    to: today,
    groupBy: ['campaign', 'day'],
    metrics: METRICS,
    filters: only,
    limit: ROWS_MAX,
  }
  const { rows } = await answerOf(api.POST('/api/v1/reports', { body }))
  const byCampaign = Map.groupBy(rows, ({ keys }) => keys.campaign ?? '')
  return new Map([...byCampaign].map(([id, own]) => [id, toDays(own, days)]))
}
