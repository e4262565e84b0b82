import { ActionIcon, Button, Group, Popover, Skeleton, Text, Tooltip } from '@mantine/core'
import { lazy, Suspense } from 'react'
import type { Campaign } from '../resources.ts'
import { useMayChange } from '../session.ts'
import { texts } from '../texts.ts'
import { campaignTexts as words } from '../texts-campaigns.ts'
import { useCampaignStatus } from '../use-campaign-status.ts'
import classes from './campaign-link.module.css'
import { CampaignToday } from './campaign-link-figures.tsx'
import { CopyField } from './copy-field.tsx'
import { Icon } from './icon.tsx'
import { StateBadge } from './state-badge.tsx'

const QrCode = lazy(async () => ({ default: (await import('./qr-code.tsx')).QrCode }))

/** What a campaign is, above its form: its state, its link, what it brought today, and where to look further. */
export function CampaignLink({ campaign }: { readonly campaign: Campaign }) {
  return (
    <section className={classes.frame} aria-label={texts.campaigns.linkTitle}>
      <Group justify="space-between" gap="sm">
        <StateBadge state={campaign.status} words={texts.campaigns.statuses} />
        <Ways campaign={campaign} />
      </Group>
      <div className={classes.link}>
        <CopyField label={texts.campaigns.link} value={campaign.link} />
        <Group gap={4} wrap="nowrap">
          <QrButton campaign={campaign} />
          <Tooltip label={words.open} withArrow multiline maw={240}>
            <ActionIcon
              component="a"
              href={withoutMacros(campaign.link)}
              target="_blank"
              rel="noreferrer"
              variant="default"
              size={36}
              aria-label={words.open}
            >
              <Icon name="external" />
            </ActionIcon>
          </Tooltip>
        </Group>
      </div>
      <Text size="xs" c="dimmed" mt={-8}>
        {texts.campaigns.linkHint}
      </Text>
      <CampaignToday id={campaign.id} />
    </section>
  )
}

function Ways({ campaign }: { readonly campaign: Campaign }) {
  const setStatus = useCampaignStatus()
  const mayChange = useMayChange()
  const isActive = campaign.status === 'active'
  return (
    <Group gap="xs">
      <Button component="a" href={reportOf(campaign.id)} variant="subtle" size="xs">
        {words.report}
      </Button>
      <Button component="a" href={`/live?campaignId=${campaign.id}`} variant="subtle" size="xs">
        {words.live}
      </Button>
      {mayChange && (
        <>
          <Button component="a" href={`/campaigns/new?from=${campaign.id}`} variant="default" size="xs">
            {words.clone}
          </Button>
          <Button
            variant="default"
            size="xs"
            onClick={() => void setStatus([campaign], isActive ? 'paused' : 'active')}
          >
            {isActive ? words.pause : words.resume}
          </Button>
        </>
      )}
    </Group>
  )
}

function QrButton({ campaign }: { readonly campaign: Campaign }) {
  return (
    <Popover position="bottom-end" shadow="md" withArrow trapFocus>
      <Popover.Target>
        <ActionIcon variant="default" size={36} aria-label={words.qr.show} title={words.qr.show}>
          <Icon name="qr" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Suspense fallback={<Skeleton w={240} h={330} />}>
          <QrCode link={withoutMacros(campaign.link)} fileName={campaign.slug} />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  )
}

/** The last week of this campaign alone, by day. */
function reportOf(id: string): string {
  const query = new URLSearchParams({ range: 'week', by: 'day', only: JSON.stringify([['campaign', id]]) })
  return `/report?${query}`
}

function withoutMacros(link: string): string {
  return link.split('?', 1)[0] ?? link
}
