import { Button } from '@mantine/core'
import { useState } from 'react'
import { clearAddressFilter, isAnyGiven, useAddressFilter, useOpened } from '../address-filter.ts'
import type { components } from '../api-types.ts'
import { formatMoney } from '../format.ts'
import { AddConversion } from '../parts/add-conversion.tsx'
import { StatusBadge } from '../parts/badges.tsx'
import { BulkStatus } from '../parts/bulk-status.tsx'
import { ConversionDrawer } from '../parts/conversion-drawer.tsx'
import { ConversionExport } from '../parts/conversion-export.tsx'
import { useConversionFields } from '../parts/conversion-fields.tsx'
import { ConversionTotals } from '../parts/conversion-totals.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { Empty } from '../parts/empty.tsx'
import { FilterBar } from '../parts/filter-bar.tsx'
import { Icon } from '../parts/icon.tsx'
import { LoadMore } from '../parts/load-more.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { When } from '../parts/when.tsx'
import { useNames } from '../resource.ts'
import { campaigns, offers } from '../resources.ts'
import { affiliates } from '../resources-network.ts'
import { useMayChange } from '../session.ts'
import { texts } from '../texts.ts'
import { byHandTexts, conversionTexts, uploadTexts } from '../texts-conversions.ts'
import {
  CONVERSION_FILTERS,
  type ConversionFilter,
  useApiConversionFilter,
  useConversions,
  useConversionTotals,
} from '../use-conversions.ts'

type Conversion = components['schemas']['Conversion']
const words = texts.conversions

/** Every conversion: found, summed up, looked into, and decided on, one or all that match. */
export function Conversions() {
  const filter = useAddressFilter(CONVERSION_FILTERS)
  const query = useConversions(filter)
  const fields = useConversionFields()
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <>
          <Export filter={filter} />
          {useMayChange() && <ByHand />}
        </>
      }
    >
      <FilterBar values={filter} {...fields} />
      <ConversionTotals filter={filter} />
      <Loaded query={query}>
        {({ pages }) => (
          <>
            {/* Another filter shows other rows: what was chosen of the others is forgotten. */}
            <Rows
              key={JSON.stringify(filter)}
              rows={pages.flatMap(({ items }) => items)}
              filter={filter}
              hasMore={query.hasNextPage}
            />
            <LoadMore query={query} />
          </>
        )}
      </Loaded>
      <ConversionDrawer />
    </Page>
  )
}

function Export({ filter }: { readonly filter: ConversionFilter }) {
  return (
    <ConversionExport
      query={useApiConversionFilter(filter)}
      count={useConversionTotals(filter).data?.count}
    />
  )
}

type RowsProps = {
  readonly rows: readonly Conversion[]
  readonly filter: ConversionFilter
  readonly hasMore: boolean
}

function Rows({ rows, filter, hasMore }: RowsProps) {
  const columns = useColumns({ hasAffiliates: rows.some(({ affiliateId }) => affiliateId !== '') })
  const { hrefOf } = useOpened()
  const mayChange = useMayChange()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const isPage = hasMore && isAnyGiven(filter) && rows.every(({ id }) => chosen.has(id))
  return (
    <>
      <BulkStatus
        rows={rows.filter(({ id }) => chosen.has(id))}
        filter={isPage ? filter : undefined}
        onClear={() => setChosen(new Set())}
      />
      {rows.length === 0 ? (
        <NoRows filter={filter} />
      ) : (
        <DataTable
          label={words.title}
          columns={columns}
          rows={rows}
          rowKey={({ id }) => id}
          href={({ id }) => hrefOf(id)}
          selection={
            mayChange
              ? {
                  chosen,
                  onChange: setChosen,
                  allLabel: byHandTexts.selectAll,
                  rowLabel: ({ event, txid, id }) => byHandTexts.select(`${event} ${txid || id}`),
                }
              : undefined
          }
        />
      )}
    </>
  )
}

/** Of a network's conversions also whose they are and what the affiliate gets. */
function useColumns({ hasAffiliates }: { readonly hasAffiliates: boolean }): readonly Column<Conversion>[] {
  const campaignName = useNames(campaigns)
  const offerName = useNames(offers)
  const affiliateName = useNames(affiliates, { enabled: hasAffiliates })
  // What came by an affiliate's link has no campaign: one column has room for both.
  const sender: Column<Conversion> = {
    key: 'campaign',
    header: hasAffiliates ? conversionTexts.sender : words.campaign,
    cell: ({ affiliateId, campaignId }) => (
      <Shortened
        text={affiliateId === '' ? campaignName(campaignId) : affiliateName(affiliateId)}
        width={180}
      />
    ),
  }
  const payout: Column<Conversion> = {
    key: 'payout',
    header: conversionTexts.payout,
    numeric: true,
    cell: (row) => (row.affiliateId === '' ? '' : formatMoney(row.payout, row.currency)),
  }
  return [
    { key: 'time', header: words.time, cell: (row) => <When at={row.createdAt} /> },
    { key: 'event', header: words.event, cell: (row) => row.event },
    { key: 'status', header: words.status, cell: (row) => <StatusBadge status={row.status} /> },
    sender,
    {
      key: 'offer',
      header: words.offer,
      cell: (row) => <Shortened text={offerName(row.offerId)} width={180} />,
    },
    { key: 'txid', header: words.txid, cell: (row) => <Shortened text={row.txid} width={140} /> },
    {
      key: 'revenue',
      header: words.revenue,
      numeric: true,
      cell: (row) => formatMoney(row.revenue, row.currency),
    },
    ...(hasAffiliates ? [payout] : []),
  ]
}

function NoRows({ filter }: { readonly filter: ConversionFilter }) {
  if (isAnyGiven(filter)) {
    return (
      <Empty
        icon="conversion"
        title={texts.filter.nothing}
        text={texts.filter.nothingText}
        action={
          <Button variant="default" onClick={() => clearAddressFilter(CONVERSION_FILTERS)}>
            {texts.filter.clear}
          </Button>
        }
      />
    )
  }
  return (
    <Empty
      icon="conversion"
      title={words.emptyTitle}
      text={words.emptyText}
      action={
        <Button component="a" href="/affiliate-networks" variant="default">
          {words.toNetworks}
        </Button>
      }
    />
  )
}

/** Conversions that do not come by themselves. */
function ByHand() {
  return (
    <>
      <Button
        component="a"
        href="/conversions/upload"
        variant="default"
        leftSection={<Icon name="upload" size={14} />}
      >
        {uploadTexts.open}
      </Button>
      <AddConversion />
    </>
  )
}
