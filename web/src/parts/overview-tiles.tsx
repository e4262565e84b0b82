import { Skeleton, Text, UnstyledButton, VisuallyHidden } from '@mantine/core'
import { setQuery } from '../router.tsx'
import { useMe } from '../session.ts'
import { isKey } from '../texts.ts'
import { overviewTexts as words } from '../texts-overview.ts'
import { Icon } from './icon.tsx'
import type { TwoDays } from './overview-data.ts'
import {
  type Difference,
  differenceOf,
  figureOf,
  fullHoursOf,
  type OverviewMetric,
  sumOf,
} from './overview-figures.ts'
import { formatDifference, formatFigure } from './overview-format.ts'
import classes from './overview-tiles.module.css'
import { Sparkline } from './sparkline.tsx'

const METRICS = Object.keys(words.metrics).filter((name) => isKey(words.metrics, name))

type OverviewTilesProps = { readonly days: TwoDays; readonly chosen: OverviewMetric }

/** Today in a few figures. Each chooses what the chart and the list under it show. */
export function OverviewTiles({ days, chosen }: OverviewTilesProps) {
  const { currency } = useMe().workspace
  const { today, before, now } = days
  const full = fullHoursOf(today, now)
  const [total, soFar, then] = [
    sumOf(today.hours),
    sumOf(today.hours.slice(0, full)),
    sumOf(before.hours.slice(0, full)),
  ]
  return (
    <fieldset className={classes.tiles} aria-label={words.measures}>
      {METRICS.map((metric) => (
        <UnstyledButton
          key={metric}
          className={classes.tile}
          aria-pressed={metric === chosen}
          onClick={() => setQuery({ metric: metric === 'visits' ? undefined : metric })}
        >
          <span className={classes.name}>{words.metrics[metric]}</span>
          <span className={classes.value}>{formatFigure(figureOf(total, metric), metric, currency)}</span>
          <DifferenceText
            metric={metric}
            difference={full === 0 ? undefined : differenceOf(metric, soFar, then)}
          />
          <Sparkline
            label={words.sparkline(words.metrics[metric])}
            values={today.hours.slice(0, full + 1).map((hour) => figureOf(hour, metric))}
          />
        </UnstyledButton>
      ))}
    </fieldset>
  )
}

type DifferenceTextProps = { readonly metric: OverviewMetric; readonly difference: Difference | undefined }

function DifferenceText({ metric, difference }: DifferenceTextProps) {
  const { currency } = useMe().workspace
  if (difference === undefined) return <span className={classes.difference}>{'\u00a0'}</span>
  const text = formatDifference(difference, metric, currency)
  if (difference.kind === 'none' || difference.kind === 'new')
    return <span className={classes.difference}>{text}</span>
  const isMore = difference.by > 0
  // To have spent more is neither good nor bad.
  const tone = metric === 'cost' ? undefined : isMore ? 'good' : 'bad'
  return (
    <span className={classes.difference} data-tone={tone}>
      <Icon name={isMore ? 'up' : 'down'} size={11} />
      <span aria-hidden="true">{text}</span>
      <VisuallyHidden component="span">{isMore ? words.more(text) : words.less(text)}</VisuallyHidden>
    </span>
  )
}

/** As high as the tiles, so that nothing jumps when they come. */
export function TilesSkeleton() {
  return (
    <div className={classes.tiles} aria-busy="true">
      {METRICS.map((metric) => (
        <div key={metric} className={classes.tile}>
          <Text className={classes.name}>{words.metrics[metric]}</Text>
          <Skeleton height={84} mt={6} radius="sm" />
        </div>
      ))}
    </div>
  )
}
