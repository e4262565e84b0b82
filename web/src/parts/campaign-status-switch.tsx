import { Group, Switch, Text } from '@mantine/core'
import type { Campaign } from '../resources.ts'
import { useMayChange } from '../session.ts'
import { texts } from '../texts.ts'
import { campaignTexts as words } from '../texts-campaigns.ts'
import { useCampaignStatus } from '../use-campaign-status.ts'

/** Whether a campaign takes visitors, and changing that in its place. */
export function StatusSwitch({ campaign }: { readonly campaign: Campaign }) {
  const setStatus = useCampaignStatus()
  const isActive = campaign.status === 'active'
  return (
    <Group gap={6} wrap="nowrap">
      <Switch
        size="sm"
        aria-label={words.status.switch(campaign.name)}
        checked={isActive}
        disabled={!useMayChange()}
        onChange={() => void setStatus([campaign], isActive ? 'paused' : 'active')}
      />
      <Text size="xs" c="dimmed">
        {texts.campaigns.statuses[campaign.status]}
      </Text>
    </Group>
  )
}
