import { formatCount } from '../format.ts'
import { useMe } from '../session.ts'
import { campaignTexts as words } from '../texts-campaigns.ts'
import classes from './campaign-figures-list.module.css'
import { type Figures, figureOf } from './overview-figures.ts'
import { formatFigure } from './overview-format.ts'
import { Sparkline } from './sparkline.tsx'

export const CAMPAIGN_METRICS = ['visits', 'conversions', 'revenue', 'cost', 'profit', 'roi'] as const
type CampaignMetric = (typeof CAMPAIGN_METRICS)[number]

/** The figures of a campaign, each under its name. */
export function CampaignFigures({ figures, label }: { readonly figures: Figures; readonly label: string }) {
  return (
    <dl className={classes.figures} aria-label={label}>
      {CAMPAIGN_METRICS.map((metric) => (
        <div key={metric}>
          <dt>{words.figures[metric]}</dt>
          <dd>
            <CampaignFigure figures={figures} metric={metric} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

type CampaignFigureProps = { readonly figures: Figures; readonly metric: CampaignMetric }

/** One figure; a loss is red as well. */
export function CampaignFigure({ figures, metric }: CampaignFigureProps) {
  const { currency } = useMe().workspace
  const value = figureOf(figures, metric)
  return (
    <span className={classes.figure} data-loss={metric === 'profit' && (value ?? 0) < 0}>
      {formatFigure(value, metric, currency)}
    </span>
  )
}

/** The visits of the last days as a line. */
export function CampaignTrend({ name, days }: { readonly name: string; readonly days: readonly Figures[] }) {
  const visits = days.map((day) => day.visits)
  return (
    <div className={classes.trend} title={words.trendHint}>
      <Sparkline values={visits} label={words.trendOf(name, visits.map(formatCount))} />
    </div>
  )
}
