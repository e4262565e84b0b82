import { Group, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatMoney, formatShare } from '../format.ts'
import type { AskedReport, ReportRow } from '../report-data.ts'
import { type Dimension, splitDimension } from '../report-names.ts'
import type { SplitMetric } from '../report-query.ts'
import { toReportFilters } from '../report-values.ts'
import { useMe } from '../session.ts'
import { texts } from '../texts.ts'
import type { ReportColumn } from './report-cells.tsx'
import classes from './split-column.module.css'

const words = texts.report
const MONEY_PLACES = 4
const WIDTH = 190
/** As many as the API compares. */
const ARMS_MAX = 50
/** From here on one may stop the test; below it, chance still explains the difference. */
const SURE = 0.95

type Arm = components['schemas']['SplitReport']['arms'][number]

/**
 * How sure it is that a row is the best one; undefined where rows are no arms of a split test. Rows without a visit
 * take no part: of what nobody has seen anything is possible, also that it is the best.
 */
export function useSplitColumn(asked: AskedReport, rows: readonly ReportRow[]): ReportColumn | undefined {
  const { currency } = useMe().workspace
  const dimension = splitDimension(asked)
  const keys = rows
    .filter(({ metrics }) => Number(metrics.visits) > 0)
    .flatMap(({ keys }) => (dimension === undefined ? [] : [keys[dimension] ?? '']))
    .slice(0, ARMS_MAX)
  const { from, to, filters, splitBy, timeZone } = asked
  const split = useQuery({
    queryKey: ['split', dimension, keys, from, to, filters, splitBy, timeZone],
    queryFn: () => loadSplit(asked, dimension ?? 'path', keys),
    enabled: keys.length > 1,
    placeholderData: keepPreviousData,
  })
  if (dimension === undefined) return undefined
  const arms = keys.length > 1 ? (split.data?.arms ?? []) : []
  const scale = scaleOf(arms)
  return {
    id: 'split',
    label: words.split,
    hint: words.splitHint,
    isNumeric: false,
    width: WIDTH,
    sortBy: undefined,
    total: '',
    cell: ({ row }) => {
      const arm = arms.find(({ key }) => key === row.keys[dimension])
      if (arm === undefined) return null
      return <Verdict arm={arm} metric={asked.splitBy} currency={currency} scale={scale} />
    },
  }
}

type Scale = { readonly least: number; readonly most: number }

/** All intervals are drawn on one scale, so that one sees which overlap. */
function scaleOf(arms: readonly Arm[]): Scale {
  const least = Math.min(...arms.map(({ low }) => Number(low)))
  const most = Math.max(...arms.map(({ high }) => Number(high)))
  return { least, most: most > least ? most : least + 1 }
}

type VerdictProps = {
  readonly arm: Arm
  readonly metric: SplitMetric
  readonly currency: string
  readonly scale: Scale
}

function Verdict({ arm, metric, currency, scale }: VerdictProps) {
  const isMoney = metric === 'epv' || metric === 'epc'
  const say = (value: string) =>
    isMoney ? formatMoney(value, currency, MONEY_PLACES) : formatShare(Number(value))
  const isSure = arm.probabilityBest >= SURE
  return (
    <div className={classes.verdict}>
      <Group gap={8} wrap="nowrap">
        <Text size="sm" fw={isSure ? 600 : 400} w={40} ta="end">
          {formatShare(arm.probabilityBest, 0)}
        </Text>
        <Interval arm={arm} scale={scale} isSure={isSure} />
      </Group>
      <Text size="xs" c="dimmed">
        {words.splitRange(say(arm.low), say(arm.high))}
      </Text>
    </div>
  )
}

const PICTURE_WIDTH = 110
const PICTURE_HEIGHT = 12

/** Where the rate lies with 95 % probability, and what it is believed to be. The words beside it say the same. */
function Interval({
  arm,
  scale,
  isSure,
}: {
  readonly arm: Arm
  readonly scale: Scale
  readonly isSure: boolean
}) {
  const at = (value: string) =>
    ((Number(value) - scale.least) / (scale.most - scale.least)) * (PICTURE_WIDTH - 4) + 2
  const middle = PICTURE_HEIGHT / 2
  return (
    <svg
      width={PICTURE_WIDTH}
      height={PICTURE_HEIGHT}
      className={classes.interval}
      data-sure={isSure || undefined}
      aria-hidden="true"
    >
      <line x1={0} x2={PICTURE_WIDTH} y1={middle} y2={middle} className={classes.scale} />
      <line x1={at(arm.low)} x2={at(arm.high)} y1={middle} y2={middle} className={classes.range} />
      <circle cx={at(arm.estimate)} cy={middle} r={3.5} />
    </svg>
  )
}

function loadSplit(asked: AskedReport, dimension: Dimension, keys: readonly string[]) {
  const { from, to, timeZone, splitBy, filters } = asked
  const arms = { dimension, operator: 'in' as const, values: [...keys] }
  const body = {
    from,
    to,
    timeZone,
    dimension,
    metric: splitBy,
    filters: [...toReportFilters(filters), arms],
  }
  return answerOf(api.POST('/api/v1/reports/split', { body }))
}
