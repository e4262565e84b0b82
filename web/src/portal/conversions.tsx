import { Button } from '@mantine/core'
import { clearAddressFilter, isAnyGiven, useAddressFilter } from '../address-filter.ts'
import { answerOf, api } from '../api.ts'
import { dayOf, formatMoney } from '../format.ts'
import { StatusBadge } from '../parts/badges.tsx'
import { CsvButton } from '../parts/csv-button.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { Empty } from '../parts/empty.tsx'
import { FilterBar } from '../parts/filter-bar.tsx'
import { LoadMore } from '../parts/load-more.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { When } from '../parts/when.tsx'
import { useMe } from '../session.ts'
import { texts } from '../texts.ts'
import { portalTexts } from '../texts-portal.ts'
import {
  CONVERSION_FIELDS,
  CONVERSION_FILTERS,
  type ConversionFilter,
  MORE_CONVERSION_FIELDS,
  useApiConversionFilter,
  usePortalConversions,
} from './conversion-filter.ts'
import type { PortalConversion } from './portal-data.ts'

const words = portalTexts.conversions

/** The affiliate's conversions with its payouts; a row leads to what its tracker was told. */
export function Conversions() {
  const filter = useAddressFilter(CONVERSION_FILTERS)
  const query = usePortalConversions(filter)
  return (
    <Page title={words.title} lead={words.lead} actions={<SaveCsv filter={filter} />}>
      <FilterBar values={filter} fields={CONVERSION_FIELDS} more={MORE_CONVERSION_FIELDS} />
      <Loaded query={query}>
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items)
          if (rows.length === 0) return <NoRows filter={filter} />
          return (
            <>
              <DataTable
                label={words.title}
                columns={CONVERSION_COLUMNS}
                rows={rows}
                rowKey={({ id }) => id}
                href={conversionHref}
              />
              <LoadMore query={query} />
            </>
          )
        }}
      </Loaded>
    </Page>
  )
}

type FilterProps = { readonly filter: ConversionFilter }

function NoRows({ filter }: FilterProps) {
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
        <Button component="a" href="/portal/offers" variant="default">
          {words.toOffers}
        </Button>
      }
    />
  )
}

/** All that the list finds, as a file. */
function SaveCsv({ filter }: FilterProps) {
  const { timeZone } = useMe().workspace
  const query = useApiConversionFilter(filter)
  return (
    <CsvButton
      label={words.save}
      fileName={`conversions-${dayOf(new Date(), timeZone)}.csv`}
      load={() =>
        answerOf<Blob>(api.GET('/api/v1/portal/conversions/export', { params: { query }, parseAs: 'blob' }))
      }
    />
  )
}

export function conversionHref({ id }: PortalConversion): string {
  return `/portal/postback-log?conversion=${encodeURIComponent(id)}`
}

export const CONVERSION_COLUMNS: readonly Column<PortalConversion>[] = [
  { key: 'time', header: words.time, cell: (row) => <When at={row.createdAt} /> },
  { key: 'event', header: words.event, cell: (row) => row.event },
  { key: 'status', header: words.status, cell: (row) => <StatusBadge status={row.status} /> },
  { key: 'offer', header: words.offer, cell: (row) => <Shortened text={row.offerName} width={180} /> },
  { key: 'sub1', header: words.sub1, cell: (row) => <Shortened text={row.subs.sub1 ?? ''} width={140} /> },
  {
    key: 'affClickId',
    header: words.affClickId,
    cell: (row) => <Shortened text={row.affClickId} width={140} />,
  },
  { key: 'country', header: words.country, cell: (row) => row.country },
  {
    key: 'payout',
    header: words.payout,
    numeric: true,
    cell: (row) => formatMoney(row.payout, row.currency),
  },
]
