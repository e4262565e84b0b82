import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { dayOf } from '../format.ts'
import { useMe } from '../session.ts'
import { dayAfter, startOfDay } from '../zoned-day.ts'
import { ADDED, type Against, type DayByHour, type Figures, toDayByHour, toDays } from './overview-figures.ts'

const REFRESH_MS = 30_000
const DAY_MS = 86_400_000
const HOURS_MAX = 26
const DAYS_BACK: Readonly<Record<Against, number>> = { yesterday: 1, week: 7 }
/** Days of each time that the chart can show by day. */
export const DAYS_OF = { week: 7, month: 30 } as const

/** So that numbers change in place, and do not give way to a skeleton. */
const QUIETLY = { refetchInterval: REFRESH_MS, placeholderData: keepPreviousData } as const

type ReportQuestion = {
  readonly from: string
  readonly to: string
  readonly groupBy: 'hour' | 'day' | 'campaign' | 'offer' | 'affiliate'
  readonly limit: number
  readonly sort?: { readonly by: string; readonly direction: 'asc' | 'desc' }
  /** What has none of the kind, e.g. an affiliate's visits of no campaign, is not asked for. */
  readonly isNamed?: boolean
}

async function runReport({ groupBy, isNamed = false, ...question }: ReportQuestion) {
  const named = { dimension: groupBy, operator: 'is_not' as const, values: [''] }
  const body = {
    ...question,
    groupBy: [groupBy],
    metrics: [...ADDED, 'roi'],
    filters: isNamed ? [named] : [],
  }
  return await answerOf(api.POST('/api/v1/reports', { body }))
}

/** Today by hour, the day it is compared with, and when both were asked for. */
export type TwoDays = { readonly today: DayByHour; readonly before: DayByHour; readonly now: number }

export function useTwoDays(against: Against) {
  const { timeZone } = useMe().workspace
  return useQuery({
    queryKey: ['overview', 'hours', against],
    queryFn: async (): Promise<TwoDays> => {
      const now = Date.now()
      const day = dayOf(new Date(now), timeZone)
      const [today, before] = await Promise.all([
        loadDay(day, timeZone),
        loadDay(addDays(day, -DAYS_BACK[against]), timeZone),
      ])
      return { today, before, now }
    },
    ...QUIETLY,
  })
}

async function loadDay(day: string, timeZone: string): Promise<DayByHour> {
  const { rows } = await runReport({ from: day, to: day, groupBy: 'hour', limit: HOURS_MAX })
  const bounds = { startAt: +startOfDay(day, timeZone), endAt: +startOfDay(dayAfter(day), timeZone) }
  return toDayByHour(rows, bounds)
}

/** The last days with today, and as many before them; `at` are the moments at which they begin. */
export type LastDays = {
  readonly at: readonly number[]
  readonly now: readonly Figures[]
  readonly before: readonly Figures[]
}

/** @param count of days; undefined when they are not shown. */
export function useLastDays(count: number | undefined) {
  const { timeZone } = useMe().workspace
  return useQuery({
    queryKey: ['overview', 'days', count],
    queryFn: async (): Promise<LastDays> => {
      const length = count ?? 0
      const today = dayOf(new Date(), timeZone)
      const days = Array.from({ length: 2 * length }, (_, n) => addDays(today, n + 1 - 2 * length))
      const { rows } = await runReport({
        from: days[0] ?? today,
        to: today,
        groupBy: 'day',
        limit: days.length,
      })
      const figures = toDays(rows, days)
      return {
        at: days.slice(length).map((day) => +startOfDay(day, timeZone)),
        now: figures.slice(length),
        before: figures.slice(0, length),
      }
    },
    enabled: count !== undefined,
    ...QUIETLY,
  })
}

export type TopKind = 'campaign' | 'offer' | 'affiliate'

/** The first of a kind by a metric. @param days with today. */
export function useTop(kind: TopKind, metric: string, days: number, limit: number) {
  const { timeZone } = useMe().workspace
  return useQuery({
    queryKey: ['overview', 'top', kind, metric, days, limit],
    queryFn: () => {
      const to = dayOf(new Date(), timeZone)
      const from = addDays(to, 1 - days)
      return runReport({
        from,
        to,
        groupBy: kind,
        limit,
        sort: { by: metric, direction: 'desc' },
        isNamed: true,
      })
    },
    ...QUIETLY,
  })
}

/** How the workspace fares and what waits for a decision. */
export function useOverview() {
  return useQuery({
    queryKey: ['overview', 'health'],
    queryFn: () => answerOf(api.GET('/api/v1/overview')),
    ...QUIETLY,
  })
}

/** Days of the calendar: in UTC every one of them has 24 hours. */
function addDays(day: string, count: number): string {
  return new Date(Date.parse(day) + count * DAY_MS).toISOString().slice(0, 10)
}
