import { formatMoney, formatPrice } from '../format.ts'
import type { Facet } from '../parts/facets.tsx'
import { ListScreen } from '../parts/list-screen.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { StateBadge } from '../parts/state-badge.tsx'
import { TAG_FACET } from '../parts/tag-facet.ts'
import { useNames } from '../resource.ts'
import { campaigns, networks, type Offer, offers } from '../resources.ts'
import { advertisers } from '../resources-network.ts'
import { texts } from '../texts.ts'
import { listTexts } from '../texts-facets.ts'
import { termsTexts } from '../texts-terms.ts'

const OWNER = { name: 'owner', label: listTexts.owner, any: listTexts.anyOwner } as const
const KIND: Facet<Offer> = {
  name: 'kind',
  label: listTexts.kind,
  any: listTexts.anyKind,
  of: (offer) => {
    const kind = kindOf(offer)
    return [{ value: kind, label: listTexts.kinds[kind] }]
  },
}

function kindOf({ advertiserId, campaignId }: Offer): keyof typeof listTexts.kinds {
  if (advertiserId !== '') return 'advertiser'
  return campaignId === '' ? 'network' : 'campaign'
}

export function Offers() {
  const networkName = useNames(networks)
  const advertiserName = useNames(advertisers)
  const campaignName = useNames(campaigns)
  const ownerOf = ({ advertiserId, affiliateNetworkId }: Offer) => {
    const name = advertiserId === '' ? networkName(affiliateNetworkId) : advertiserName(advertiserId)
    const value = advertiserId || affiliateNetworkId
    return value === '' ? [] : [{ value, label: name || value }]
  }
  return (
    <ListScreen
      resource={offers}
      texts={texts.offers}
      icon="offer"
      facets={[KIND, { ...OWNER, of: ownerOf }, TAG_FACET]}
      columns={[
        { key: 'name', header: texts.form.name, cell: (offer) => offer.name },
        {
          key: 'owner',
          header: termsTexts.owner,
          cell: (offer) =>
            (offer.advertiserId === ''
              ? networkName(offer.affiliateNetworkId)
              : advertiserName(offer.advertiserId)) || texts.none,
        },
        {
          key: 'status',
          header: termsTexts.status,
          cell: (offer) => <StateBadge state={offer.statusNow} words={termsTexts.statusNow} />,
        },
        {
          key: 'url',
          header: texts.offers.url,
          cell: (offer) => (
            <Shortened text={offer.campaignId === '' ? offer.url : campaignName(offer.campaignId)} />
          ),
        },
        {
          key: 'payout',
          header: texts.offers.payout,
          numeric: true,
          sortBy: ({ terms, payout }) => Number(terms === null ? payout : (terms.payout.amount ?? 0)),
          cell: (offer) =>
            offer.terms === null ? payoutOf(offer) : formatPrice(offer.terms.payout, offer.currency),
        },
      ]}
    />
  )
}

function payoutOf({ payout, currency }: Offer): string {
  return payout === null ? texts.offers.payoutFromHit : formatMoney(payout, currency)
}
