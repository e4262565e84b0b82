import { Anchor, Group, SegmentedControl, Text, Title } from '@mantine/core'
import { formatMoney } from '../format.ts'
import { setQuery } from '../router.tsx'
import { useMe } from '../session.ts'
import { isKey } from '../texts.ts'
import { overviewTexts as words } from '../texts-overview.ts'
import { Lines, Loaded } from './loaded.tsx'
import type { OverviewRange } from './overview-chart.tsx'
import { DAYS_OF, type TopKind, useTop } from './overview-data.ts'
import { figureOf, type OverviewMetric, toFigures } from './overview-figures.ts'
import { formatFigure } from './overview-format.ts'
import classes from './overview-top.module.css'

const SHOWN = 7

type OverviewTopProps = {
  readonly kind: TopKind
  readonly metric: OverviewMetric
  readonly range: OverviewRange
  /** Affiliates and their offers can be ranked, too. */
  readonly isNetwork: boolean
}

/** What brings most of the chosen figure. */
export function OverviewTop({ kind, metric, range, isNetwork }: OverviewTopProps) {
  const query = useTop(kind, metric, range === 'today' ? 1 : DAYS_OF[range], SHOWN)
  return (
    <section>
      <Group justify="space-between" mb="sm">
        <Title order={2}>{words.top(words.topKinds[kind], words.metrics[metric])}</Title>
        {isNetwork && (
          <SegmentedControl
            aria-label={words.topOf}
            size="xs"
            data={Object.entries(words.tops).map(([value, label]) => ({ value, label }))}
            value={kind}
            onChange={(chosen) => isKey(words.tops, chosen) && setQuery({ top: chosen })}
          />
        )}
      </Group>
      <Loaded query={query} skeleton={<Lines count={5} />}>
        {({ rows }) => {
          const known = rows.map((row) => ({
            id: row.keys[kind] ?? '',
            name: row.labels[kind] ?? '',
            figures: toFigures(row),
          }))
          if (known.length === 0) {
            return (
              <Text size="sm" c="dimmed">
                {words.topEmpty}{' '}
                <Anchor href="/start" underline="always">
                  {words.start}
                </Anchor>
              </Text>
            )
          }
          const values = known.map(({ figures }) => Math.abs(figureOf(figures, metric) ?? 0))
          const most = Math.max(...values)
          return (
            <ol className={classes.list}>
              {known.map(({ id, name, figures }, index) => (
                <TopRow
                  key={id}
                  name={name === '' ? (id === '' ? words.ofNothing : id) : name}
                  href={reportOf(kind, id, range)}
                  share={most === 0 ? 0 : (values[index] ?? 0) / most}
                  metric={metric}
                  value={figureOf(figures, metric)}
                  profit={figureOf(figures, 'profit') ?? 0}
                />
              ))}
            </ol>
          )
        }}
      </Loaded>
    </section>
  )
}

type TopRowProps = {
  readonly name: string
  readonly href: string
  /** Of the longest bar. */
  readonly share: number
  readonly metric: OverviewMetric
  readonly value: number | null
  readonly profit: number
}

function TopRow({ name, href, share, metric, value, profit }: TopRowProps) {
  const { currency } = useMe().workspace
  return (
    <li className={classes.row}>
      <span className={classes.bar} style={{ width: `${share * 100}%` }} aria-hidden="true" />
      <Anchor href={href} className={classes.name}>
        {name}
      </Anchor>
      <span className={classes.value}>{formatFigure(value, metric, currency)}</span>
      {metric !== 'profit' && (
        <span className={classes.profit} data-loss={profit < 0}>
          <span className={classes.label}>{words.profit}</span> {formatMoney(profit, currency)}
        </span>
      )}
    </li>
  )
}

/** The report of this one alone over the same time, by day. */
function reportOf(kind: TopKind, id: string, range: OverviewRange): string {
  const by = range === 'today' ? 'hour' : 'day'
  const query = new URLSearchParams({ range, by, only: JSON.stringify([[kind, id]]) })
  return `/report?${query}`
}
