import { Anchor, Button, Drawer, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { networkCatalogue, sourceCatalogue } from '../catalogue.ts'
import {
  type AffiliateNetwork,
  type Campaign,
  campaigns,
  networks,
  type Offer,
  offers,
  sources,
  type TrafficSource,
} from '../resources.ts'
import { testConversionTexts } from '../texts-flow.ts'
import { startTexts as words } from '../texts-start.ts'
import { CopyField } from './copy-field.tsx'
import { NetworkSnippets } from './network-snippets.tsx'
import { StartCatalogue } from './start-catalogue.tsx'
import { NameForm } from './start-form.tsx'
import { StartOffer } from './start-offer.tsx'
import type { StepPlan } from './start-steps.tsx'
import { StartVerify, testPostbackOf } from './start-verify.tsx'
import { TestConversion } from './test-conversion.tsx'

/** What of a tracker's chain is there. */
export type TrackerChain = {
  readonly source: TrafficSource | undefined
  readonly network: AffiliateNetwork | undefined
  readonly offer: Offer | undefined
  readonly campaign: Campaign | undefined
}

/** From a source to a campaign that is seen to work. */
export function trackerSteps(chain: TrackerChain): readonly StepPlan[] {
  const { source, network, offer, campaign } = chain
  return [
    {
      ...words.source,
      param: 'source',
      resource: sources,
      item: source,
      form: (go) => (
        <StartCatalogue
          catalogue={sourceCatalogue}
          onMade={go}
          make={async (name) => go((await sources.create({ name })).id)}
        />
      ),
    },
    {
      ...words.affiliateNetwork,
      param: 'network',
      resource: networks,
      item: network,
      form: (go) => (
        <StartCatalogue
          catalogue={networkCatalogue}
          onMade={go}
          make={async (name) => go((await networks.create({ name })).id)}
        />
      ),
    },
    {
      ...words.offer,
      param: 'offer',
      resource: offers,
      fits: (item) => item.affiliateNetworkId === network?.id,
      item: offer,
      form: (go) => network && <StartOffer network={network} onMade={go} />,
    },
    {
      ...words.campaign,
      param: 'campaign',
      resource: campaigns,
      fits: (item) => item.trafficSourceId === source?.id,
      item: campaign,
      form: (go) => source && offer && <CampaignForm source={source} offer={offer} go={go} />,
    },
    {
      ...words.verify,
      what: '',
      item: undefined,
      form: () => campaign && network && <Finish campaign={campaign} network={network} />,
    },
  ]
}

type CampaignFormProps = {
  readonly source: TrafficSource
  readonly offer: Offer
  readonly go: (id: string) => Promise<unknown>
}

function CampaignForm({ source, offer, go }: CampaignFormProps) {
  return (
    <NameForm
      label={words.campaign.name}
      initial={`${offer.name} / ${source.name}`}
      create={async (name) => {
        const paths = [{ offers: [{ id: offer.id, weight: 1 }] }]
        await go((await campaigns.create({ name, trafficSourceId: source.id, paths })).id)
      }}
    />
  )
}

type FinishProps = { readonly campaign: Campaign; readonly network: AffiliateNetwork }

function Finish({ campaign, network }: FinishProps) {
  const [opened, { open, close }] = useDisclosure()
  return (
    <Stack gap="xl">
      <CopyField label={words.verify.link} value={campaign.link} description={words.verify.linkHint} />
      <NetworkSnippets network={network} />
      <StartVerify
        watched={{ campaignId: campaign.id }}
        link={campaign.link}
        testPostback={(clickId) => testPostbackOf(network.postbackUrl, clickId)}
        reportHint={words.verify.conversionReady}
        done={<Anchor href={`/campaigns/${campaign.id}`}>{words.verify.toCampaign}</Anchor>}
      />
      <div>
        <Button variant="default" onClick={open}>
          {words.verify.alternative}
        </Button>
        <Text size="sm" c="dimmed" mt={6}>
          {words.verify.alternativeHint}
        </Text>
      </div>
      <Drawer opened={opened} onClose={close} title={testConversionTexts.title} position="right" size="lg">
        <TestConversion way={{ campaignId: campaign.id }} />
      </Drawer>
    </Stack>
  )
}
