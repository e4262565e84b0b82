import { SegmentedControl, Text } from '@mantine/core'
import { LOCALE } from '../format.ts'
import { Failure } from '../parts/loaded.tsx'
import { OverviewChart, type OverviewRange } from '../parts/overview-chart.tsx'
import { type TopKind, type TwoDays, useOverview, useTwoDays } from '../parts/overview-data.ts'
import { type Against, fullHoursOf, type OverviewMetric } from '../parts/overview-figures.ts'
import { OverviewHealth } from '../parts/overview-health.tsx'
import classes from '../parts/overview-layout.module.css'
import { OverviewLive } from '../parts/overview-live.tsx'
import { OverviewTiles, TilesSkeleton } from '../parts/overview-tiles.tsx'
import { OverviewToDos } from '../parts/overview-to-dos.tsx'
import { OverviewTop } from '../parts/overview-top.tsx'
import { Page } from '../parts/page.tsx'
import { setQuery, usePlace } from '../router.tsx'
import { useMe } from '../session.ts'
import { isKey } from '../texts.ts'
import { overviewTexts as words } from '../texts-overview.ts'

/** How today goes, whether all works, and what happens now. */
export function Overview() {
  const { metric, range, against, top } = useChoices()
  const days = useTwoDays(against)
  const { data: overview } = useOverview()
  const isNetwork = overview !== undefined && overview.network !== null
  return (
    <Page title={words.title} actions={<AgainstChoice against={against} />}>
      {days.error !== null && days.data === undefined && (
        <Failure error={days.error} onRetry={() => void days.refetch()} />
      )}
      <div>
        {days.data === undefined ? <TilesSkeleton /> : <OverviewTiles days={days.data} chosen={metric} />}
        <Until days={days.data} against={against} />
      </div>
      <OverviewChart days={days.data} metric={metric} range={range} against={against} />
      <div className={classes.columns}>
        <OverviewTop kind={top} metric={metric} range={range} isNetwork={isNetwork} />
        <div className={classes.side}>
          {isNetwork && overview.network !== null && <OverviewToDos toDos={overview.network} />}
          <OverviewHealth />
          <OverviewLive />
        </div>
      </div>
    </Page>
  )
}

type Choices = {
  readonly metric: OverviewMetric
  readonly range: OverviewRange
  readonly against: Against
  readonly top: TopKind
}

function useChoices(): Choices {
  const { query } = usePlace()
  const [metric, range, against, top] = ['metric', 'range', 'against', 'top'].map((name) => query.get(name))
  return {
    metric: isKey(words.metrics, metric) ? metric : 'visits',
    range: isKey(words.ranges, range) ? range : 'today',
    against: isKey(words.againsts, against) ? against : 'yesterday',
    top: isKey(words.tops, top) ? top : 'campaign',
  }
}

function AgainstChoice({ against }: { readonly against: Against }) {
  return (
    <SegmentedControl
      aria-label={words.against}
      size="xs"
      data={Object.entries(words.againsts).map(([value, label]) => ({ value, label }))}
      value={against}
      onChange={(chosen) => setQuery({ against: chosen === 'week' ? chosen : undefined })}
    />
  )
}

/** What exactly the figures say. */
function Until({ days, against }: { readonly days: TwoDays | undefined; readonly against: Against }) {
  const { timeZone } = useMe().workspace
  if (days === undefined) return <Text size="xs">{'\u00a0'}</Text>
  const time = new Intl.DateTimeFormat(LOCALE, { timeStyle: 'short', timeZone })
  const hours = fullHoursOf(days.today, days.now)
  const end = time.format(days.today.startAt + hours * HOUR_MS)
  return (
    <Text size="xs" c="dimmed" mt={8}>
      {words.until(time.format(days.now))}{' '}
      {hours === 0 ? words.noHours : words.fullHours(words.days[against], end)}
    </Text>
  )
}

const HOUR_MS = 3_600_000
