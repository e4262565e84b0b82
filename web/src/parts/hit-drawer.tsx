import { Anchor, Button, Drawer, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useOpened } from '../address-filter.ts'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatTime } from '../format.ts'
import { toHitText } from '../hit-text.ts'
import { useNames } from '../resource.ts'
import { networks, useActorName } from '../resources.ts'
import { advertisers, affiliates } from '../resources-network.ts'
import { useMayChange, useMe } from '../session.ts'
import { isKey, texts } from '../texts.ts'
import { dialectNames, hitTexts as words } from '../texts-inspector.ts'
import { OutcomeBadge } from './badges.tsx'
import { Facts } from './facts.tsx'
import { Loaded } from './loaded.tsx'
import { MatchHit } from './match-hit.tsx'
import { RawText } from './raw-text.tsx'

type Hit = components['schemas']['Hit']

/** The hit that the address names, over the list: what became of it, why, and the request as it came. */
export function HitDrawer() {
  const { id, close } = useOpened()
  const query = useQuery({
    queryKey: ['hits', 'one', id],
    queryFn: () => answerOf(api.GET('/api/v1/hits/{id}', { params: { path: { id } } })),
    enabled: id !== '',
  })
  return (
    <Drawer opened={id !== ''} onClose={close} position="right" size="lg" title={words.one}>
      <Loaded query={query}>{(hit) => <HitView hit={hit} />}</Loaded>
    </Drawer>
  )
}

function HitView({ hit }: { readonly hit: Hit }) {
  const { timeZone } = useMe().workspace
  const mayChange = useMayChange()
  const { outcome, explanation, clickId, conversionId, steps, rematchAt } = hit
  return (
    <Stack gap="md">
      <div>
        <Group gap="sm">
          <Text fw={600}>{texts.hitKind[hit.kind]}</Text>
          <OutcomeBadge outcome={outcome} />
        </Group>
        <Text size="sm" mt={6}>
          {explanation}
        </Text>
        {rematchAt !== null && (
          <Text size="sm" c="dimmed">
            {words.triedAgain(formatTime(rematchAt, timeZone))}
          </Text>
        )}
      </div>
      <Group gap="xs">
        {clickId !== '' && outcome !== 'unmatched' && (
          <Button
            component="a"
            size="xs"
            variant="default"
            href={`/visits/${encodeURIComponent(clickId)}?entry=hit-${hit.id}`}
          >
            {words.story}
          </Button>
        )}
        {outcome === 'unmatched' && mayChange && <MatchHit hit={hit} />}
      </Group>
      <HitFacts hit={hit} conversionId={conversionId} />
      <RawText title={words.request}>{toHitText(hit)}</RawText>
      {steps.length > 0 && (
        <RawText title={words.steps}>
          {steps.map(({ step, ok, detail }) => `${ok ? '✓' : '✗'} ${step}: ${detail}`).join('\n')}
        </RawText>
      )}
    </Stack>
  )
}

function HitFacts({ hit, conversionId }: { readonly hit: Hit; readonly conversionId: string }) {
  const { timeZone } = useMe().workspace
  const networkName = useNames(networks)
  const advertiserName = useNames(advertisers)
  const affiliateName = useNames(affiliates)
  const actorName = useActorName()
  const { attribution, affiliateNetworkId, advertiserId, affiliateId, dialect, reportedBy } = hit
  return (
    <Facts
      facts={[
        [words.received, formatTime(hit.receivedAt, timeZone)],
        [words.judged, formatTime(hit.judgedAt, timeZone)],
        [words.found, isKey(words.attributions, attribution) ? words.attributions[attribution] : attribution],
        [texts.hits.clickId, hit.clickId],
        [words.network, affiliateNetworkId === '' ? '' : networkName(affiliateNetworkId)],
        [words.advertiser, advertiserId === '' ? '' : advertiserName(advertiserId)],
        [words.affiliate, affiliateId === '' ? '' : affiliateName(affiliateId)],
        [words.dialect, isKey(dialectNames, dialect) ? dialectNames[dialect] : dialect],
        [words.reportedBy, reportedBy === '' ? '' : actorName(reportedBy)],
        [
          words.conversion,
          conversionId === '' ? (
            ''
          ) : (
            <Anchor key="conversion" inherit href={`/conversions?open=${conversionId}`}>
              {words.openConversion}
            </Anchor>
          ),
        ],
      ]}
    />
  )
}
