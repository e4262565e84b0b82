import { figuresIn, NO_DAYS, useCampaignDays } from '../campaign-figures.ts'
import { useMe } from '../session.ts'
import { campaignTexts as words } from '../texts-campaigns.ts'
import classes from './campaign-link.module.css'
import { Failure, Lines } from './loaded.tsx'
import { figureOf } from './overview-figures.ts'
import { formatFigure } from './overview-format.ts'

const FIGURES = ['visits', 'conversions', 'revenue', 'cost', 'profit', 'roi'] as const

/** What one campaign brought today. */
export function CampaignToday({ id }: { readonly id: string }) {
  const { currency } = useMe().workspace
  const { data, error, refetch } = useCampaignDays(id)
  if (data === undefined && error !== null) return <Failure error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Lines count={1} />
  const figures = figuresIn(data.get(id) ?? NO_DAYS, 'today')
  return (
    <dl className={classes.figures} aria-label={words.today}>
      {FIGURES.map((metric) => (
        <div key={metric}>
          <dt>{words.figures[metric]}</dt>
          <dd>{formatFigure(figureOf(figures, metric), metric, currency)}</dd>
        </div>
      ))}
    </dl>
  )
}
