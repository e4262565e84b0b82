import { Button } from '@mantine/core'
import { clearAddressFilter, isAnyGiven, useAddressFilter, useOpened } from '../address-filter.ts'
import type { components } from '../api-types.ts'
import { OutcomeBadge } from '../parts/badges.tsx'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { Empty } from '../parts/empty.tsx'
import { FilterBar } from '../parts/filter-bar.tsx'
import { HitDrawer } from '../parts/hit-drawer.tsx'
import { useHitFields } from '../parts/hit-fields.tsx'
import { LoadMore } from '../parts/load-more.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { LookedTo } from '../parts/looked-to.tsx'
import { MatchHit } from '../parts/match-hit.tsx'
import { Page, Section } from '../parts/page.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { UnmatchedCauses } from '../parts/unmatched-causes.tsx'
import { When } from '../parts/when.tsx'
import { useMayChange } from '../session.ts'
import { texts } from '../texts.ts'
import { matchTexts } from '../texts-conversions.ts'
import { causeTexts, hitTexts } from '../texts-inspector.ts'
import { HIT_FILTERS, type HitFilter, useHits } from '../use-hits.ts'

type Hit = components['schemas']['Hit']
const words = texts.hits

/** Everything that arrived, found by any of its fields; unmatched hits by their causes too. */
export function Hits() {
  const filter = useAddressFilter(HIT_FILTERS)
  const query = useHits(filter)
  const fields = useHitFields()
  const isInbox = filter.outcome === 'unmatched'
  const list = (
    <Loaded query={query}>
      {({ pages }) => (
        <>
          <HitRows rows={pages.flatMap(({ items }) => items)} filter={filter} />
          <LookedTo at={pages.at(-1)?.searchedTo ?? null} />
          <LoadMore query={query} />
        </>
      )}
    </Loaded>
  )
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <Button component="a" href="/live" variant="default">
          {hitTexts.live}
        </Button>
      }
    >
      <FilterBar values={filter} {...fields} />
      {isInbox ? (
        <>
          <UnmatchedCauses />
          <Section title={causeTexts.list}>{list}</Section>
        </>
      ) : (
        list
      )}
      <HitDrawer />
    </Page>
  )
}

function HitRows({ rows, filter }: { readonly rows: readonly Hit[]; readonly filter: HitFilter }) {
  const { hrefOf } = useOpened()
  const columns = useColumns()
  if (rows.length === 0) return <NoRows filter={filter} />
  return (
    <DataTable
      label={words.title}
      columns={columns}
      rows={rows}
      rowKey={({ id }) => id}
      href={({ id }) => hrefOf(id)}
    />
  )
}

function useColumns(): readonly Column<Hit>[] {
  const mayChange = useMayChange()
  return [
    { key: 'time', header: words.time, cell: (row) => <When at={row.receivedAt} /> },
    { key: 'kind', header: words.kind, cell: (row) => texts.hitKind[row.kind] },
    { key: 'outcome', header: words.outcome, cell: (row) => <OutcomeBadge outcome={row.outcome} /> },
    { key: 'reason', header: words.reason, cell: (row) => <Shortened text={row.reason} width={260} /> },
    { key: 'click', header: words.clickId, cell: (row) => <Shortened text={row.clickId} width={150} /> },
    { key: 'ip', header: words.ip, cell: (row) => row.ip },
    {
      key: 'match',
      header: '',
      numeric: true,
      cell: (row) => row.outcome === 'unmatched' && mayChange && <MatchHit hit={row} />,
    },
  ]
}

function NoRows({ filter }: { readonly filter: HitFilter }) {
  if (!isAnyGiven(filter)) return <Empty icon="hits" title={words.emptyTitle} text={words.emptyText} />
  const { outcome, ...rest } = filter
  const isEmptyInbox = outcome === 'unmatched' && !isAnyGiven(rest)
  return (
    <Empty
      icon={isEmptyInbox ? 'check' : 'hits'}
      title={isEmptyInbox ? matchTexts.emptyTitle : texts.filter.nothing}
      text={isEmptyInbox ? matchTexts.emptyText : texts.filter.nothingText}
      action={
        <Button variant="default" onClick={() => clearAddressFilter(HIT_FILTERS)}>
          {texts.filter.clear}
        </Button>
      }
    />
  )
}
