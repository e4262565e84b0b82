import { Anchor } from '@mantine/core'
import type { Offer } from '../resources.ts'
import { integrationPageTexts as words } from '../texts-coupons.ts'
import { Coupons } from './coupon-list.tsx'
import { OfferIntegration } from './offer-integration.tsx'

/** What an advertiser's offer has beside its terms: what the advertiser puts in place, and its coupons. */
export function OfferAside({ offer }: { readonly offer: Offer }) {
  return (
    <>
      <OfferIntegration offer={offer} />
      <Anchor href={`/offers/${offer.id}/integration`} size="sm" display="block">
        {words.open}
      </Anchor>
      <Coupons of={{ offerId: offer.id }} />
    </>
  )
}
