import { given, useDayRange, useOpened } from '../address-filter.ts'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatMoney } from '../format.ts'
import { StatusBadge } from '../parts/badges.tsx'
import { ConversionDrawer } from '../parts/conversion-drawer.tsx'
import { ConversionExport } from '../parts/conversion-export.tsx'
import { LogScreen } from '../parts/log-screen.tsx'
import { networkOffers } from '../parts/network-offers.ts'
import { usePartyFields } from '../parts/party-fields.ts'
import { Shortened } from '../parts/shortened.tsx'
import { When } from '../parts/when.tsx'
import { useNames } from '../resource.ts'
import { affiliates } from '../resources-network.ts'
import { usePlace } from '../router.tsx'
import { isKey, texts } from '../texts.ts'
import { conversionTexts } from '../texts-conversions.ts'
import { managedTexts } from '../texts-network.ts'

type Conversion = components['schemas']['Conversion']

/** Conversions of the affiliates that one looks after: without what the advertiser pays. */
export function ManagedConversions() {
  const affiliateName = useNames(affiliates)
  const offerName = useNames(networkOffers)
  const { query: place } = usePlace()
  const chosen = place.get('status')
  const { hrefOf } = useOpened()
  const fields = usePartyFields()
  const days = useDayRange({ from: place.get('from') ?? '', to: place.get('to') ?? '' })
  const created = {
    ...(days.from === undefined ? {} : { createdFrom: days.from }),
    ...(days.to === undefined ? {} : { createdTo: days.to }),
  }
  const parties = given({
    affiliateId: place.get('affiliateId') ?? '',
    offerId: place.get('offerId') ?? '',
  })
  const exported = { ...(isKey(texts.status, chosen) ? { status: chosen } : {}), ...parties, ...created }
  const words = { ...texts.conversions, ...managedTexts }
  return (
    <>
      <LogScreen<Conversion>
        name="conversions"
        texts={words}
        icon="conversion"
        filter={{ name: 'status', label: words.status, any: words.anyStatus, choices: texts.status }}
        fields={[
          ...fields,
          { kind: 'day', name: 'from', label: conversionTexts.from },
          { kind: 'day', name: 'to', label: conversionTexts.to },
        ]}
        list={({ limit, cursor, filter }) => {
          const status = isKey(texts.status, filter) ? { status: filter } : {}
          const query = {
            limit,
            ...(cursor === undefined ? {} : { cursor }),
            ...status,
            ...parties,
            ...created,
          }
          return answerOf(api.GET('/api/v1/conversions', { params: { query } }))
        }}
        href={({ id }) => hrefOf(id)}
        actions={<ConversionExport query={exported} />}
        columns={[
          { key: 'time', header: words.time, cell: (row) => <When at={row.createdAt} /> },
          {
            key: 'affiliate',
            header: words.affiliate,
            cell: (row) => <Shortened text={affiliateName(row.affiliateId)} width={180} />,
          },
          {
            key: 'offer',
            header: words.offer,
            cell: (row) => <Shortened text={offerName(row.offerId)} width={180} />,
          },
          { key: 'event', header: words.event, cell: (row) => row.event },
          { key: 'status', header: words.status, cell: (row) => <StatusBadge status={row.status} /> },
          { key: 'txid', header: words.txid, cell: (row) => <Shortened text={row.txid} width={140} /> },
          {
            key: 'payout',
            header: words.payout,
            numeric: true,
            cell: (row) => formatMoney(row.payout, row.currency),
          },
        ]}
      />
      <ConversionDrawer />
    </>
  )
}
