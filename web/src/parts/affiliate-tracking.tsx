import { Anchor, Text } from '@mantine/core'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { type Listed, useItems, useNames } from '../resource.ts'
import { useMe } from '../session.ts'
import { affiliatePageTexts as words } from '../texts-coupons.ts'
import { moderationTexts } from '../texts-network.ts'
import { DataTable } from './data-table.tsx'
import { Empty } from './empty.tsx'
import { Loaded } from './loaded.tsx'
import { networkOffers } from './network-offers.ts'
import { Section } from './page.tsx'
import { Shortened } from './shortened.tsx'
import { StateBadge } from './state-badge.tsx'

type Target = components['schemas']['ModeratedTarget']

/** Postbacks and pixels of an affiliate, and what the network decided about each. */
export function AffiliateTracking({ affiliateId }: { readonly affiliateId: string }) {
  const query = useItems(targetsOf(affiliateId))
  const offerName = useNames(networkOffers)
  const isManager = useMe().workspace.role === 'affiliate_manager'
  const states = { ...moderationTexts.choices, disabled: words.off }
  return (
    <Section title={words.tracking} aside={words.trackingAside}>
      <Loaded query={query}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon="pixel" title={words.tabs.tracking} text={words.noTracking} />
          ) : (
            <DataTable
              label={words.tabs.tracking}
              rows={items}
              rowKey={(target) => target.id}
              href={(target) => (isManager ? undefined : `/notification-targets/${target.id}`)}
              columns={[
                {
                  key: 'type',
                  header: words.kind,
                  cell: ({ type, offerId }) => (
                    <>
                      {moderationTexts.types[type]}
                      <Text size="xs" c="dimmed">
                        {offerId === '' ? moderationTexts.allOffers : offerName(offerId)}
                      </Text>
                    </>
                  ),
                },
                {
                  key: 'target',
                  header: words.target,
                  cell: ({ url, code }) => <Shortened text={url || code} width={380} />,
                },
                {
                  key: 'state',
                  header: words.state,
                  cell: (target) => <State target={target} words={states} />,
                },
              ]}
            />
          )
        }
      </Loaded>
    </Section>
  )
}

type StateProps = { readonly target: Target; readonly words: Readonly<Record<string, string>> }

/** Switched off comes before what was decided; why stands below it. */
function State({ target, words: states }: StateProps) {
  const { status, moderation, disabledReason, moderationReason } = target
  const isOff = status === 'disabled'
  const reason = isOff ? disabledReason : moderationReason
  return (
    <>
      <StateBadge state={isOff ? 'disabled' : moderation} words={states} />
      {reason !== '' && (
        <Text size="xs" c="dimmed" maw={260}>
          {reason}
        </Text>
      )}
      {!isOff && moderation === 'pending' && (
        <Anchor href="/pixel-moderation" size="xs" display="block">
          {words.toModeration}
        </Anchor>
      )}
    </>
  )
}

function targetsOf(affiliateId: string): Listed<Target> {
  return {
    name: `pixel-moderation of ${affiliateId}`,
    list: ({ limit, cursor }) => {
      const page = cursor === undefined ? { limit } : { limit, cursor }
      const query = { ...page, affiliateId, moderation: 'any' as const }
      return answerOf(api.GET('/api/v1/pixel-moderation', { params: { query } }))
    },
  }
}
