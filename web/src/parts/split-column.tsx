import { Group, Progress, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatMoney, formatShare } from '../format.ts'
import { type Dimension, type ReportQuery, type SplitMetric, splitDimension } from '../report-query.ts'
import { toReportFilters } from '../report-values.ts'
import { useMe } from '../session.ts'
import { texts } from '../texts.ts'
import type { Column } from './data-table.tsx'
import type { ReportRow } from './report-table.tsx'
import classes from './split-column.module.css'

const words = texts.report
const MONEY_PLACES = 4
/** As many as the API compares. */
const ARMS_MAX = 50
/** From here on one may stop the test; below it, chance still explains the difference. */
const SURE = 0.95

type Arm = components['schemas']['SplitReport']['arms'][number]

/**
 * How sure it is that a row is the best one; undefined where rows are no arms of a split test. Rows without a visit
 * take no part: of what nobody has seen anything is possible, also that it is the best.
 */
export function useSplitColumn(
  query: ReportQuery,
  rows: readonly ReportRow[],
): Column<ReportRow> | undefined {
  const { currency, timeZone } = useMe().workspace
  const dimension = splitDimension(query)
  const keys = rows
    .filter(({ metrics }) => Number(metrics.visits) > 0)
    .flatMap(({ keys }) => (dimension === undefined ? [] : [keys[dimension] ?? '']))
    .slice(0, ARMS_MAX)
  const split = useQuery({
    queryKey: ['split', dimension, keys, query.from, query.to, query.only, query.splitBy, timeZone],
    queryFn: () => loadSplit({ ...query, dimension: dimension ?? 'path', keys }, timeZone),
    enabled: keys.length > 1,
    placeholderData: keepPreviousData,
  })
  if (dimension === undefined) return undefined
  const arms = keys.length > 1 ? (split.data?.arms ?? []) : []
  return {
    key: 'split',
    header: <span title={words.splitHint}>{words.split}</span>,
    cell: ({ keys }) => {
      const arm = arms.find(({ key }) => key === keys[dimension])
      if (arm === undefined) return null
      return <Verdict arm={arm} metric={query.splitBy} currency={currency} />
    },
  }
}

type VerdictProps = { readonly arm: Arm; readonly metric: SplitMetric; readonly currency: string }

function Verdict({ arm, metric, currency }: VerdictProps) {
  const isMoney = metric === 'epv' || metric === 'epc'
  const say = (value: string) =>
    isMoney ? formatMoney(value, currency, MONEY_PLACES) : formatShare(Number(value))
  const isSure = arm.probabilityBest >= SURE
  return (
    <div className={classes.verdict}>
      <Group gap={8} wrap="nowrap">
        <Progress
          value={arm.probabilityBest * 100}
          w={48}
          size="sm"
          color={isSure ? 'trail' : 'gray'}
          aria-hidden
        />
        <Text size="sm" fw={isSure ? 600 : 400}>
          {formatShare(arm.probabilityBest, 0)}
        </Text>
      </Group>
      <Text size="xs" c="dimmed">
        {words.splitRange(say(arm.low), say(arm.high))}
      </Text>
    </div>
  )
}

type SplitQuery = ReportQuery & { readonly dimension: Dimension; readonly keys: readonly string[] }

function loadSplit({ from, to, only, splitBy, dimension, keys }: SplitQuery, timeZone: string) {
  const filters = [...toReportFilters(only), { dimension, operator: 'in' as const, values: [...keys] }]
  const body = { from, to, timeZone, dimension, metric: splitBy, filters }
  return answerOf(api.POST('/api/v1/reports/split', { body }))
}
