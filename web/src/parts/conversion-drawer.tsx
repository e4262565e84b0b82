import { Button, Drawer, Group, Stack, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useOpened } from '../address-filter.ts'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatMoney, formatTime } from '../format.ts'
import { useNames } from '../resource.ts'
import { campaigns, networks, offers, sources } from '../resources.ts'
import { advertisers, affiliates } from '../resources-network.ts'
import { useMayChange, useMe } from '../session.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { byHandTexts, conversionTexts as words } from '../texts-conversions.ts'
import { hitTexts } from '../texts-inspector.ts'
import { StatusBadge } from './badges.tsx'
import { ConfirmButton } from './confirm-button.tsx'
import { AdjustAmounts } from './conversion-adjust.tsx'
import { ConversionHistory } from './conversion-history.tsx'
import { Facts } from './facts.tsx'
import { Loaded } from './loaded.tsx'
import { networkOffers } from './network-offers.ts'

type Conversion = components['schemas']['ConversionWithHistory']
type Status = Conversion['status']

/** The conversion that the address names, over the list: what it is worth, how it came, and what happened to it. */
export function ConversionDrawer() {
  const { id, close } = useOpened()
  const query = useQuery({
    queryKey: ['conversions', 'one', id],
    queryFn: () => answerOf(api.GET('/api/v1/conversions/{id}', { params: { path: { id } } })),
    enabled: id !== '',
  })
  return (
    <Drawer opened={id !== ''} onClose={close} position="right" size="lg" title={words.one}>
      <Loaded query={query}>{(conversion) => <ConversionView conversion={conversion} />}</Loaded>
    </Drawer>
  )
}

function ConversionView({ conversion }: { readonly conversion: Conversion }) {
  const { event, status, revenue, currency, clickId, hitId, reason } = conversion
  const { role } = useMe().workspace
  const mayDecide = useMayChange() && role !== 'affiliate_manager'
  return (
    <Stack gap="md">
      <div>
        <Group gap="sm">
          <Text fw={600} size="lg">
            {event}
          </Text>
          <StatusBadge status={status} />
          {revenue !== '' && <Text fw={600}>{formatMoney(revenue, currency)}</Text>}
        </Group>
        {reason !== '' && (
          <Text size="sm" c="dimmed" mt={4}>
            {reason}
          </Text>
        )}
      </div>
      <Group gap="xs">
        {clickId !== '' && role !== 'affiliate_manager' && (
          <Button component="a" size="xs" variant="default" href={`/visits/${encodeURIComponent(clickId)}`}>
            {hitTexts.story}
          </Button>
        )}
        {role !== 'affiliate_manager' && (
          <Button component="a" size="xs" variant="default" href={`/hits?open=${encodeURIComponent(hitId)}`}>
            {words.hit}
          </Button>
        )}
        {mayDecide && <Decisions conversion={conversion} />}
      </Group>
      <ConversionFacts conversion={conversion} />
      <ConversionHistory history={conversion.history} currency={currency} />
    </Stack>
  )
}

const DECISIONS: readonly Status[] = ['approved', 'pending', 'rejected']

function Decisions({ conversion }: { readonly conversion: Conversion }) {
  const queries = useQueryClient()
  const { id, status } = conversion
  const params = { path: { id } }
  return (
    <>
      {toOptions(words.decide).map(
        ({ value, label }) =>
          DECISIONS.some((each) => each === value) &&
          value !== status && (
            <ConfirmButton
              key={value}
              label={label}
              title={words.decideTitle(label)}
              text={words.decideText}
              reason={{ label: byHandTexts.reason, hint: byHandTexts.reasonHint, required: true }}
              isGrave={value === 'rejected'}
              button={{ size: 'xs' }}
              run={async (reason) => {
                if (!isKey(texts.status, value)) return
                await answerOf(
                  api.PATCH('/api/v1/conversions/{id}', { params, body: { status: value, reason } }),
                )
                await queries.invalidateQueries({ queryKey: ['conversions'] })
              }}
            />
          ),
      )}
      <AdjustAmounts conversion={conversion} />
    </>
  )
}

function ConversionFacts({ conversion }: { readonly conversion: Conversion }) {
  const { timeZone } = useMe().workspace
  // An affiliate manager may list its affiliates and what they can run, and nothing else.
  const isManager = useMe().workspace.role === 'affiliate_manager'
  const ofStaff = { enabled: !isManager }
  const offerName = useNames(offers, ofStaff)
  const networkOfferName = useNames(networkOffers, { enabled: isManager })
  const names = {
    campaign: useNames(campaigns, ofStaff),
    source: useNames(sources, ofStaff),
    offer: isManager ? networkOfferName : offerName,
    network: useNames(networks, ofStaff),
    affiliate: useNames(affiliates),
    advertiser: useNames(advertisers, ofStaff),
  }
  const { currency, originalAmount, originalCurrency, attribution, payableAt } = conversion
  const money = (amount: string) =>
    amount === '' || Number(amount) === 0 ? '' : formatMoney(amount, currency)
  const isForeign = originalCurrency !== currency && originalAmount !== ''
  return (
    <Facts
      facts={[
        [words.recorded, formatTime(conversion.createdAt, timeZone)],
        [words.visited, formatTime(conversion.visitAt, timeZone)],
        [texts.conversions.txid, conversion.txid],
        [texts.conversions.campaign, names.campaign(conversion.campaignId)],
        [words.source, names.source(conversion.trafficSourceId)],
        [texts.conversions.offer, names.offer(conversion.offerId)],
        [words.network, names.network(conversion.affiliateNetworkId)],
        [words.affiliate, names.affiliate(conversion.affiliateId)],
        [words.advertiser, names.advertiser(conversion.advertiserId)],
        [words.externalId, conversion.externalId],
        [words.revenue, money(conversion.revenue)],
        [words.reported, isForeign ? formatMoney(originalAmount, originalCurrency) : ''],
        [words.rate, isForeign ? conversion.rate : ''],
        [words.cost, money(conversion.cost)],
        [words.payout, money(conversion.payout)],
        [words.sale, money(conversion.sale)],
        [words.agreement, conversion.agreement],
        [words.payable, payableAt === null ? '' : words.payableFrom(formatTime(payableAt, timeZone))],
        [words.params, writeParams(conversion.params)],
        [
          hitTexts.found,
          isKey(hitTexts.attributions, attribution) ? hitTexts.attributions[attribution] : attribution,
        ],
        [texts.conversions.clickId, conversion.clickId],
        [words.id, conversion.id],
      ]}
    />
  )
}

/** "p1: gold · p2: 2026" */
function writeParams(params: Conversion['params']): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}: ${value}`)
    .join(' · ')
}
