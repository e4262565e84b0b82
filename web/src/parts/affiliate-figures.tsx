import { useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { formatCount, formatMoney } from '../format.ts'
import { addDays, todayIn } from '../report-query.ts'
import { useMe } from '../session.ts'
import { affiliatePageTexts as words } from '../texts-coupons.ts'
import classes from './affiliate-figures.module.css'
import { Lines, Loaded } from './loaded.tsx'
import { Section } from './page.tsx'
import { Sparkline } from './sparkline.tsx'

const DAYS = 30
const METRICS = ['clicks', 'conversions', 'payout'] as const

/** What an affiliate sent and earned lately, as it reads it too. */
export function AffiliateFigures({ affiliateId: id }: { readonly affiliateId: string }) {
  const { timeZone } = useMe().workspace
  const to = todayIn(timeZone)
  const days = Array.from({ length: DAYS }, (_, index) => addDays(to, index + 1 - DAYS))
  const query = useQuery({
    queryKey: ['affiliates', id, 'figures', to],
    queryFn: () => {
      const body = {
        from: days[0] ?? to,
        to,
        groupBy: ['day' as const],
        metrics: [...METRICS],
        dateBasis: 'conversion' as const,
        filters: [],
        limit: DAYS,
        offset: 0,
      }
      return answerOf(api.POST('/api/v1/affiliates/{id}/reports', { params: { path: { id } }, body }))
    },
  })
  return (
    <Section title={words.days} aside={words.daysAside}>
      <Loaded query={query} skeleton={<Lines count={3} />}>
        {({ rows, totals, currency }) => (
          <dl className={classes.figures}>
            {METRICS.map((metric) => (
              <div key={metric}>
                <dt>{words.figures[metric]}</dt>
                <dd>
                  {metric === 'payout'
                    ? formatMoney(totals[metric] ?? 0, currency)
                    : formatCount(Number(totals[metric] ?? 0))}
                </dd>
                <dd>
                  <Sparkline
                    label={words.trend(words.figures[metric])}
                    values={days.map((day) =>
                      Number(rows.find(({ keys }) => keys.day === day)?.metrics[metric] ?? 0),
                    )}
                  />
                </dd>
              </div>
            ))}
          </dl>
        )}
      </Loaded>
    </Section>
  )
}
