import { offers } from '../resources.ts'
import { affiliates } from '../resources-network.ts'
import { useMe } from '../session.ts'
import { partyTexts as words } from '../texts-network.ts'
import type { FilterField } from './filter-bar.tsx'
import { networkOffers } from './network-offers.ts'

/** An affiliate and an offer to narrow a list by; an affiliate manager chooses among what it may list. */
export function usePartyFields(): readonly FilterField[] {
  const isManager = useMe().workspace.role === 'affiliate_manager'
  return [
    {
      kind: 'thing',
      name: 'affiliateId',
      label: words.affiliate,
      any: words.anyAffiliate,
      resource: affiliates,
    },
    {
      kind: 'thing',
      name: 'offerId',
      label: words.offer,
      any: words.anyOffer,
      resource: isManager ? networkOffers : offers,
    },
  ]
}
