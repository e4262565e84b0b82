import { Anchor, Group, Skeleton } from '@mantine/core'
import { type CampaignDays, figuresIn, NO_DAYS, type Span } from '../campaign-figures.ts'
import type { Campaign } from '../resources.ts'
import { texts } from '../texts.ts'
import { campaignTexts as words } from '../texts-campaigns.ts'
import classes from './campaign-cards.module.css'
import { CampaignFigures, CampaignTrend } from './campaign-figures-list.tsx'
import { StatusSwitch } from './campaign-status-switch.tsx'

type CampaignCardsProps = {
  readonly items: readonly Campaign[]
  readonly span: Span
  /** By campaign; undefined until the first answer. */
  readonly known: ReadonlyMap<string, CampaignDays> | undefined
}

/** Campaigns one under the other, for a phone: every number is seen without moving anything sideways. */
export function CampaignCards({ items, span, known }: CampaignCardsProps) {
  return (
    <ul className={classes.cards} aria-label={texts.campaigns.title}>
      {items.map((campaign) => {
        const days = known?.get(campaign.id) ?? NO_DAYS
        return (
          <li key={campaign.id} className={classes.card}>
            <Group justify="space-between" wrap="nowrap" gap="sm">
              <Anchor href={`/campaigns/${campaign.id}`} className={classes.name ?? ''}>
                {campaign.name}
              </Anchor>
              <CampaignTrend name={campaign.name} days={days} />
            </Group>
            {known === undefined ? (
              <Skeleton height={84} mt="xs" />
            ) : (
              <CampaignFigures figures={figuresIn(days, span)} label={words.spans[span]} />
            )}
            <div className={classes.status}>
              <StatusSwitch campaign={campaign} />
            </div>
          </li>
        )
      })}
    </ul>
  )
}
