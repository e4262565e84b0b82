import { formatMoney, formatPrice } from '../format.ts'
import { ListScreen } from '../parts/list-screen.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { StateBadge } from '../parts/state-badge.tsx'
import { useNames } from '../resource.ts'
import { campaigns, networks, type Offer, offers } from '../resources.ts'
import { advertisers } from '../resources-network.ts'
import { texts } from '../texts.ts'
import { termsTexts } from '../texts-terms.ts'

export function Offers() {
  const networkName = useNames(networks)
  const advertiserName = useNames(advertisers)
  const campaignName = useNames(campaigns)
  return (
    <ListScreen
      resource={offers}
      texts={texts.offers}
      icon="offer"
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
