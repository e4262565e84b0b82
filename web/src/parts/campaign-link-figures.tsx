import { Text } from '@mantine/core'
import { figuresIn, NO_DAYS, useCampaignDays } from '../campaign-figures.ts'
import { campaignTexts as words } from '../texts-campaigns.ts'
import { CampaignFigures } from './campaign-figures-list.tsx'
import classes from './campaign-link.module.css'
import { Failure, Lines } from './loaded.tsx'

/** What one campaign brought today. */
export function CampaignToday({ id }: { readonly id: string }) {
  const { data, error, refetch } = useCampaignDays(id)
  if (data === undefined && error !== null) return <Failure error={error} onRetry={() => void refetch()} />
  return (
    <div className={classes.today}>
      <Text size="sm" fw={600}>
        {words.today}
      </Text>
      {data === undefined ? (
        <Lines count={2} />
      ) : (
        <CampaignFigures figures={figuresIn(data.get(id) ?? NO_DAYS, 'today')} label={words.today} />
      )}
    </div>
  )
}
