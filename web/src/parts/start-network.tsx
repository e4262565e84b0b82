import { Anchor, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { affiliateLink } from '../../../src/domain/affiliate-link.ts'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { type Offer, offers } from '../resources.ts'
import { type Advertiser, type Affiliate, advertisers, affiliates } from '../resources-network.ts'
import { startTexts as words } from '../texts-start.ts'
import { CopyField } from './copy-field.tsx'
import { Loaded } from './loaded.tsx'
import { OfferIntegration } from './offer-integration.tsx'
import { NameForm } from './start-form.tsx'
import { StartNetworkOffer } from './start-network-offer.tsx'
import type { StepPlan } from './start-steps.tsx'
import { StartVerify, testPostbackOf } from './start-verify.tsx'

/** What of a network's chain is there. */
export type NetworkChain = {
  readonly advertiser: Advertiser | undefined
  readonly offer: Offer | undefined
  readonly affiliate: Affiliate | undefined
}

/** From an advertiser to an affiliate whose link is seen to work. */
export function networkSteps({ advertiser, offer, affiliate }: NetworkChain): readonly StepPlan[] {
  return [
    {
      ...words.advertiser,
      param: 'advertiser',
      resource: advertisers,
      item: advertiser,
      form: (go) => (
        <NameForm
          label={words.advertiser.name}
          create={async (name) => go((await advertisers.create({ name })).id)}
        />
      ),
    },
    {
      ...words.networkOffer,
      param: 'networkOffer',
      resource: offers,
      fits: (item) => item.advertiserId === advertiser?.id,
      item: offer,
      form: (go) => advertiser && <StartNetworkOffer advertiser={advertiser} onMade={go} />,
    },
    {
      ...words.affiliate,
      param: 'affiliate',
      resource: affiliates,
      item: affiliate,
      form: (go) => (
        <NameForm
          label={words.affiliate.name}
          create={async (name) => go((await affiliates.create({ name, status: 'active' })).id)}
        />
      ),
    },
    {
      ...words.verify,
      title: words.verify.networkTitle,
      what: '',
      item: undefined,
      form: () => offer && affiliate && <Finish offer={offer} affiliate={affiliate} />,
    },
  ]
}

type Integration = components['schemas']['OfferIntegration']
type FinishProps = { readonly offer: Offer; readonly affiliate: Affiliate }

function Finish({ offer, affiliate }: FinishProps) {
  const { id } = offer
  const query = useQuery({
    queryKey: ['offers', id, 'integration', offer.updatedAt],
    queryFn: () => answerOf(api.GET('/api/v1/offers/{id}/integration', { params: { path: { id } } })),
  })
  return (
    <Loaded query={query}>
      {(integration) => {
        const { origin } = new URL(integration.globalPostbackUrl)
        const link = affiliateLink({ origin, offerId: id, affiliateId: affiliate.id, params: [] })
        return (
          <Stack gap="xl">
            <CopyField
              label={words.verify.affiliateLink}
              value={link}
              description={words.verify.affiliateLinkHint}
            />
            <OfferIntegration offer={offer} />
            <StartVerify
              watched={{ offerId: id, affiliateId: affiliate.id }}
              link={link}
              testPostback={(clickId) => testPostbackOf(reportUrlOf(integration, origin), clickId)}
              reportHint={words.verify.conversionReadyAdvertiser}
              done={<Anchor href={`/offers/${id}`}>{words.verify.toOffer}</Anchor>}
            />
          </Stack>
        )
      }}
    </Loaded>
  )
}

/** Where the advertiser reports to: its postback, or what its pixel loads. */
function reportUrlOf({ protocol, events, globalPostbackUrl }: Integration, origin: string): string {
  const [first] = events
  if (first === undefined || protocol === 'postback') return globalPostbackUrl
  const scheme = origin.startsWith('https:') ? 'https' : 'http'
  const source = /src="([^"]+)"/.exec(first.snippet[scheme])?.[1]
  return source?.replaceAll('&amp;', '&') ?? globalPostbackUrl
}
