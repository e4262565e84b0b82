import { Anchor } from '@mantine/core'
import type { Offer } from '../resources.ts'
import { integrationPageTexts as words } from '../texts-coupons.ts'
import { CopyField } from './copy-field.tsx'
import { Coupons } from './coupon-list.tsx'
import { OfferIntegration } from './offer-integration.tsx'
import { Section } from './page.tsx'

/** What an advertiser's offer has beside its terms: what the advertiser puts in place, and its coupons. */
export function OfferAside({ offer }: { readonly offer: Offer }) {
  return (
    <>
      <Section title={words.affiliates}>
        <CopyField label={words.id} value={offer.id} description={words.idHint} />
        <Anchor href={`/applications?offerId=${offer.id}`} size="sm" w="fit-content">
          {words.toAffiliates}
        </Anchor>
      </Section>
      <OfferIntegration offer={offer} />
      <Anchor href={`/offers/${offer.id}/integration`} size="sm" display="block">
        {words.open}
      </Anchor>
      <Coupons of={{ offerId: offer.id }} />
    </>
  )
}
