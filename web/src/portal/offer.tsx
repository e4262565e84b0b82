import { Anchor, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import layout from '../parts/form-layout.module.css'
import { Loaded } from '../parts/loaded.tsx'
import { Page, Section } from '../parts/page.tsx'
import type { PathParams } from '../router.tsx'
import { portalTexts } from '../texts-portal.ts'
import { ApplyForm } from './apply-form.tsx'
import { LinkBuilder } from './link-builder.tsx'
import { OfferCreatives } from './offer-creatives.tsx'
import { OfferFacts } from './offer-facts.tsx'
import { OfferKinds } from './offer-kinds.tsx'
import classes from './portal.module.css'
import { StandingBadge } from './portal-badges.tsx'
import { type PortalOfferDetail, portalOffers } from './portal-data.ts'

const words = portalTexts.offer

/** One offer: its link or what stands in the way of one, what it pays, what may be used and shown. */
export function PortalOfferScreen({ params: { id = '' } }: { readonly params: PathParams }) {
  const query = useQuery({
    queryKey: [portalOffers.name, id],
    queryFn: () => answerOf(api.GET('/api/v1/portal/offers/{id}', { params: { path: { id } } })),
  })
  const offer = query.data
  return (
    <Page
      title={offer?.name ?? portalTexts.offers.name}
      back={{ href: '/portal/offers', label: portalTexts.offers.title }}
      actions={offer && <StandingBadge offer={offer} />}
    >
      <Loaded query={query}>{(found) => <OfferBody offer={found} />}</Loaded>
    </Page>
  )
}

function OfferBody({ offer }: { readonly offer: PortalOfferDetail }) {
  return (
    <div className={layout.columns}>
      <Stack gap={36} className={layout.form}>
        {offer.link === '' ? (
          <ApplyForm offer={offer} />
        ) : (
          <Section title={words.linkTitle} aside={words.linkAside}>
            <LinkBuilder offer={offer} />
          </Section>
        )}
        <OfferKinds offer={offer} />
        {offer.creatives.length > 0 && <OfferCreatives offer={offer} />}
      </Stack>
      <aside className={`${layout.aside} ${offer.link === '' ? classes.first : ''}`}>
        <OfferFacts offer={offer} />
        {offer.previewUrl !== '' && (
          <Anchor href={offer.previewUrl} target="_blank" rel="noreferrer" size="sm" display="block">
            {words.preview}
          </Anchor>
        )}
      </aside>
    </div>
  )
}
