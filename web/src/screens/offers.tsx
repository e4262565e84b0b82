import { formatMoney } from '../format.ts'
import { ListScreen } from '../parts/list-screen.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { useNames } from '../resource.ts'
import { campaigns, networks, offers } from '../resources.ts'
import { texts } from '../texts.ts'

export function Offers() {
  const networkName = useNames(networks)
  const campaignName = useNames(campaigns)
  return (
    <ListScreen
      resource={offers}
      texts={texts.offers}
      icon="offer"
      columns={[
        { key: 'name', header: texts.form.name, cell: (offer) => offer.name },
        {
          key: 'network',
          header: texts.offers.network,
          cell: (offer) => networkName(offer.affiliateNetworkId) || texts.none,
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
          cell: (offer) =>
            offer.payout === null ? texts.offers.payoutFromHit : formatMoney(offer.payout, offer.currency),
        },
      ]}
    />
  )
}
