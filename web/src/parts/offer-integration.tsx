import { Anchor, Button, SegmentedControl, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import type { Offer } from '../resources.ts'
import { networkTexts } from '../texts-catalogue.ts'
import { integrationTexts as words } from '../texts-terms.ts'
import { CopyField } from './copy-field.tsx'
import { Loaded } from './loaded.tsx'
import { Note } from './note.tsx'
import { Section } from './page.tsx'

type Integration = components['schemas']['OfferIntegration']
type Protocol = NonNullable<Integration['protocol']>
const SCHEMES = ['https', 'http'] as const
type Scheme = (typeof SCHEMES)[number]

/** What the advertiser of an offer puts in place, and the link that tests it. */
export function OfferIntegration({ offer }: { readonly offer: Offer }) {
  const { id } = offer
  // Prices do not matter to it, but protocol, goals and token do; so it is asked anew after every change.
  const query = useQuery({
    queryKey: ['offers', id, 'integration', offer.updatedAt],
    queryFn: () => answerOf(api.GET('/api/v1/offers/{id}/integration', { params: { path: { id } } })),
    gcTime: 0,
  })
  return (
    <Section title={words.title} aside={words.aside}>
      <Loaded query={query}>
        {(integration) =>
          integration.protocol !== null && (
            <Snippets
              integration={integration}
              protocol={integration.protocol}
              advertiserId={offer.advertiserId}
            />
          )
        }
      </Loaded>
    </Section>
  )
}

type SnippetsProps = {
  readonly integration: Integration
  readonly protocol: Protocol
  readonly advertiserId: string
}

function Snippets({ integration, protocol, advertiserId }: SnippetsProps) {
  const { events, landingScript, carriesToken } = integration
  const [scheme, setScheme] = useState<Scheme>('https')
  const [at, setAt] = useState(0)
  const event = events[at] ?? events[0]
  if (event === undefined) return null
  return (
    <>
      {!carriesToken && (
        <Note tone="look">
          {words.noToken}{' '}
          <Anchor href={`/advertisers/${advertiserId}`} underline="always">
            {words.toAdvertiser}
          </Anchor>
        </Note>
      )}
      {events.length > 1 && (
        <Select
          label={words.event}
          data={events.map(({ event: key, name }, index) => ({
            value: String(index),
            label: key === '' ? words.defaultEvent : name || key,
          }))}
          value={String(at)}
          onChange={(chosen) => setAt(Number(chosen))}
          allowDeselect={false}
        />
      )}
      <SegmentedControl
        aria-label={networkTexts.scheme}
        data={[...SCHEMES]}
        value={scheme}
        onChange={(chosen) => setScheme(chosen === 'http' ? 'http' : 'https')}
        size="xs"
        maw={180}
      />
      <Codes {...{ event, scheme, protocol, landingScript }} />
    </>
  )
}

type CodesProps = Pick<Integration, 'landingScript'> & {
  readonly event: Integration['events'][number]
  readonly scheme: Scheme
  readonly protocol: Protocol
}

/** What is copied for one event, and the link that tests it. */
function Codes({ event, scheme, protocol, landingScript }: CodesProps) {
  return (
    <>
      <CopyField
        label={words.snippets[protocol]}
        value={event.snippet[scheme]}
        description={words.snippetHint[protocol]}
      />
      {protocol !== 'postback' && (
        <CopyField
          label={words.postback}
          value={event.postbackUrl[scheme]}
          description={words.postbackHint}
        />
      )}
      {event.firstPartyPixel !== '' && (
        <>
          <CopyField
            label={words.firstParty}
            value={event.firstPartyPixel}
            description={words.firstPartyHint}
          />
          <CopyField label={words.landing} value={landingScript} description={words.landingHint} />
        </>
      )}
      <CopyField label={words.test} value={event.testUrl} description={words.testHint} />
      <Button
        component="a"
        href={event.testUrl}
        target="_blank"
        rel="noreferrer"
        variant="default"
        w="fit-content"
      >
        {words.openTest}
      </Button>
    </>
  )
}
