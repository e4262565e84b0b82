import { Anchor, Text, TextInput } from '@mantine/core'
import { formatPrice } from '../format.ts'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { Empty } from '../parts/empty.tsx'
import { Icon } from '../parts/icon.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { type NetworkOffer, networkOffers } from '../parts/network-offers.ts'
import { Page } from '../parts/page.tsx'
import { StateBadge } from '../parts/state-badge.tsx'
import { useItems } from '../resource.ts'
import { setQuery, usePlace } from '../router.tsx'
import { texts } from '../texts.ts'
import { networkOfferTexts as words } from '../texts-coupons.ts'
import { moderationTexts } from '../texts-network.ts'
import { termsTexts } from '../texts-terms.ts'

const COLUMNS: readonly Column<NetworkOffer>[] = [
  { key: 'name', header: words.name, cell: (offer) => <Name offer={offer} /> },
  {
    key: 'status',
    header: words.status,
    cell: ({ status }) => <StateBadge state={status} words={termsTexts.statusNow} />,
  },
  {
    key: 'visibility',
    header: words.visibility,
    cell: ({ visibility }) => termsTexts.visibilities[visibility],
  },
  {
    key: 'countries',
    header: words.countries,
    cell: ({ countries }) => countries.join(', ') || words.everywhere,
  },
  {
    key: 'kinds',
    header: words.kinds,
    cell: ({ kinds }) => kinds.map((kind) => moderationTexts.types[kind]).join(', '),
  },
  {
    key: 'payout',
    header: words.payout,
    numeric: true,
    cell: ({ payout, currency }) => formatPrice(payout, currency),
  },
]

/** What an affiliate manager can propose to its affiliates: what they are paid, and not what comes in. */
export function NetworkOffers() {
  const query = useItems(networkOffers)
  const search = usePlace().query.get('q') ?? ''
  return (
    <Page title={words.title} lead={words.lead}>
      <TextInput
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        value={search}
        onChange={(event) => setQuery({ q: event.currentTarget.value })}
        leftSection={<Icon name="story" size={14} />}
        maw={280}
      />
      <Loaded query={query}>
        {(items) => {
          const wanted = search.trim().toLocaleLowerCase()
          const rows = items.filter(({ name }) => name.toLocaleLowerCase().includes(wanted))
          if (rows.length === 0) {
            return items.length === 0 ? (
              <Empty icon="offer" title={words.emptyTitle} text={words.emptyText} />
            ) : (
              <Empty icon="story" title={texts.filter.nothing} text={texts.filter.nothingText} />
            )
          }
          return <DataTable label={words.title} rows={rows} rowKey={(offer) => offer.id} columns={COLUMNS} />
        }}
      </Loaded>
    </Page>
  )
}

function Name({ offer: { name, previewUrl } }: { readonly offer: NetworkOffer }) {
  return (
    <>
      <Text size="sm" fw={500}>
        {name}
      </Text>
      {previewUrl !== '' && (
        <Anchor href={previewUrl} target="_blank" rel="noreferrer" size="xs">
          {words.preview}
        </Anchor>
      )}
    </>
  )
}
