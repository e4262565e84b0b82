import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { isAnyGiven } from '../address-filter.ts'
import { answerOf, api } from '../api.ts'
import { reasonWords } from '../attempt-words.ts'
import {
  clearDeliveryFilter,
  type DeliveryFilter,
  mayCancel,
  mayReplayState,
  useApiFilter,
  useDeliveryFilter,
} from '../delivery-query.ts'
import { formatTime } from '../format.ts'
import { DeliveryBadge } from '../parts/badges.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { DeliveryBulk } from '../parts/delivery-bulk.tsx'
import { DeliveryFilters } from '../parts/delivery-filters.tsx'
import { Empty } from '../parts/empty.tsx'
import { LoadMore } from '../parts/load-more.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { LookedTo } from '../parts/looked-to.tsx'
import { Page } from '../parts/page.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { When } from '../parts/when.tsx'
import { type Delivery, useReceiverLabel } from '../resources-notifications.ts'
import { useMayChange, useMe } from '../session.ts'
import { texts } from '../texts.ts'
import { deliveryTexts as words } from '../texts-deliveries.ts'

const PAGE_SIZE = 50
const REFRESH_MS = 5_000

/** What was sent, waits or was given up, and doing something about it. */
export function Deliveries() {
  const filter = useDeliveryFilter()
  const query = useDeliveries(filter)
  const mayChange = useMayChange()
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        mayChange && (
          <>
            {mayReplayState(filter.state) && <DeliveryBulk deed="replay" filter={filter} />}
            {mayCancel(filter) && <DeliveryBulk deed="cancel" filter={filter} />}
          </>
        )
      }
    >
      <DeliveryFilters filter={filter} />
      <Loaded query={query}>
        {({ pages }) => (
          <>
            <Rows rows={pages.flatMap(({ items }) => items)} isFiltered={isAnyGiven(filter)} />
            <LookedTo at={pages.at(-1)?.searchedTo ?? null} />
            <LoadMore query={query} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function useDeliveries(filter: DeliveryFilter) {
  const apiFilter = useApiFilter(filter)
  return useInfiniteQuery({
    queryKey: ['deliveries', filter],
    queryFn: ({ pageParam: cursor }) => {
      const query = {
        limit: PAGE_SIZE,
        ...(cursor === undefined ? {} : { cursor }),
        ...apiFilter,
        ...(filter.state === '' ? {} : { state: filter.state }),
      }
      return answerOf(api.GET('/api/v1/deliveries', { params: { query } }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    // They change as they are sent; once older pages are open, jumping rows would only disturb.
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? REFRESH_MS : false),
  })
}

function Rows({
  rows,
  isFiltered: filtered,
}: {
  readonly rows: readonly Delivery[]
  readonly isFiltered: boolean
}) {
  const columns = useColumns()
  if (rows.length === 0) return <NoRows isFiltered={filtered} />
  return (
    <DataTable
      label={words.title}
      columns={columns}
      rows={rows}
      rowKey={({ id }) => id}
      href={({ id }) => `/deliveries/${id}`}
    />
  )
}

function useColumns(): readonly Column<Delivery>[] {
  const labelOf = useReceiverLabel()
  const { timeZone } = useMe().workspace
  return [
    { key: 'time', header: words.time, cell: (row) => <When at={row.createdAt} /> },
    { key: 'state', header: words.state, cell: (row) => <DeliveryBadge state={row.state} /> },
    {
      key: 'target',
      header: words.target,
      cell: (row) => <Shortened text={labelOf(row.receiver)} width={170} />,
    },
    {
      key: 'about',
      header: words.about,
      cell: (row) => <Shortened text={row.clickId || row.conversionId} width={150} />,
    },
    {
      key: 'why',
      header: words.why,
      cell: (row) => (
        <Shortened
          text={
            row.state === 'pending' && row.attemptCount > 0
              ? words.nextAt(formatTime(row.dueAt, timeZone))
              : reasonWords(row.reason)
          }
          width={190}
        />
      ),
    },
    { key: 'attempts', header: words.attempts, numeric: true, cell: (row) => row.attemptCount },
  ]
}

function NoRows({ isFiltered: filtered }: { readonly isFiltered: boolean }) {
  if (filtered) {
    return (
      <Empty
        icon="out"
        title={texts.filter.nothing}
        text={texts.filter.nothingText}
        action={
          <Button variant="default" onClick={clearDeliveryFilter}>
            {texts.filter.clear}
          </Button>
        }
      />
    )
  }
  return (
    <Empty
      icon="out"
      title={words.emptyTitle}
      text={words.emptyText}
      action={
        <Button component="a" href="/notification-targets" variant="default">
          {words.toTargets}
        </Button>
      }
    />
  )
}
