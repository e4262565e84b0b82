import { SegmentedControl, Stack, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatCount, formatMoney } from '../format.ts'
import { StatusBadge } from '../parts/badges.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Day } from '../parts/day.tsx'
import { Facts } from '../parts/facts.tsx'
import { LoadMore } from '../parts/load-more.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page, Section } from '../parts/page.tsx'
import { ReconcileApply } from '../parts/reconcile-apply.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { StateBadge } from '../parts/state-badge.tsx'
import { useNames } from '../resource.ts'
import { advertisers } from '../resources-network.ts'
import { type PathParams, setQuery, usePlace } from '../router.tsx'
import { useMayChange } from '../session.ts'
import { isKey, toOptions } from '../texts.ts'
import { reconcileTexts as words } from '../texts-billing.ts'

type Compared = components['schemas']['ReconciliationWithOutcomes']
type Row = components['schemas']['ReconciliationRows']['items'][number]
type Kind = Row['kind']
/** What asks for work comes first. */
const KINDS = ['different', 'missing', 'unknown', 'problem', 'found'] as const

/** One comparison: both sides by kind, the rows, and applying it. */
export function ReconciliationScreen({ params }: { readonly params: PathParams }) {
  const id = params.id ?? ''
  const mayChange = useMayChange()
  const query = useQuery({
    queryKey: ['reconciliations', 'one', id],
    queryFn: () => answerOf(api.GET('/api/v1/reconciliations/{id}', { params: { path: { id } } })),
  })
  return (
    <Page title={query.data?.name ?? words.title} back={{ href: '/reconciliations', label: words.title }}>
      <Loaded query={query}>
        {(compared) => (
          <>
            <About compared={compared} />
            <KindTable compared={compared} />
            {mayChange && <ReconcileApply compared={compared} />}
            <Rows compared={compared} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function About({ compared }: { readonly compared: Compared }) {
  const advertiserName = useNames(advertisers)
  const { from, to, amountIs, state, advertiserId, outcomes } = compared
  const became = Object.entries(outcomes).map(([outcome, count]) => `${outcome}: ${formatCount(count)}`)
  return (
    <Facts
      facts={[
        [words.advertiser, advertiserName(advertiserId)],
        [
          words.period,
          <span key="period">
            <Day at={from} /> – <Day at={to} isEnd />
          </span>,
        ],
        [words.amountIs, words.amounts[amountIs]],
        [words.state, <StateBadge key="state" state={state} words={words.states} />],
        [words.outcomes, became.join(', ')],
      ]}
    />
  )
}

function KindTable({ compared }: { readonly compared: Compared }) {
  const { kinds, currency } = compared
  return (
    <DataTable
      label={words.title}
      rows={KINDS}
      rowKey={(kind) => kind}
      columns={[
        {
          key: 'kind',
          header: '',
          cell: (kind) => (
            <>
              <Text size="sm" fw={500}>
                {words.kinds[kind]}
              </Text>
              <Text size="xs" c="dimmed" visibleFrom="xs">
                {words.kindHints[kind]}
              </Text>
            </>
          ),
        },
        {
          key: 'rows',
          header: words.rowsHeader,
          numeric: true,
          cell: (kind) => formatCount(kinds[kind].rows),
        },
        {
          key: 'ours',
          header: words.ours,
          numeric: true,
          cell: (kind) => formatMoney(kinds[kind].ours, currency),
        },
        {
          key: 'theirs',
          header: words.theirs,
          numeric: true,
          cell: (kind) => formatMoney(kinds[kind].theirs, currency),
        },
      ]}
    />
  )
}

/** The rows of one kind; first of the one that asks for most work. */
function Rows({ compared }: { readonly compared: Compared }) {
  const { id, kinds, updatedAt } = compared
  const given = usePlace().query.get('rows')
  const kind: Kind = isKey(words.kinds, given) ? given : mostWork(kinds)
  const query = useInfiniteQuery({
    queryKey: ['reconciliations', 'rows', id, kind, updatedAt, compared.outcomes],
    queryFn: ({ pageParam }) => {
      const params = { path: { id }, query: { kind, after: pageParam } }
      return answerOf(api.GET('/api/v1/reconciliations/{id}/rows', { params }))
    },
    initialPageParam: 0,
    getNextPageParam: (page) => page.nextAfter ?? undefined,
  })
  return (
    <Section title={words.rowsTitle}>
      <div style={{ overflowX: 'auto' }}>
        <SegmentedControl
          aria-label={words.rowsTitle}
          data={toOptions(words.kinds)}
          value={kind}
          onChange={(chosen) => setQuery({ rows: chosen })}
          size="xs"
        />
      </div>
      <Loaded query={query}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.items)
          if (rows.length === 0) return <Text c="dimmed">{words.noRows}</Text>
          return (
            <Stack gap="md">
              <RowTable rows={rows} compared={compared} />
              <LoadMore query={query} />
            </Stack>
          )
        }}
      </Loaded>
    </Section>
  )
}

/** Differences first: what is alike asks for nothing. */
function mostWork(kinds: Compared['kinds']): Kind {
  const work = ['different', 'missing', 'unknown', 'problem'] as const
  return work.find((each) => kinds[each].rows > 0) ?? 'found'
}

function RowTable({ rows, compared }: { readonly rows: readonly Row[]; readonly compared: Compared }) {
  return (
    <DataTable
      label={words.rowsTitle}
      rows={rows}
      rowKey={(row) => String(row.n)}
      columns={[
        { key: 'n', header: words.row, cell: (row) => row.n },
        {
          key: 'txid',
          header: words.transaction,
          cell: (row) => (
            <Shortened text={row.ours?.txid || row.theirs.txid || row.theirs.cid || ''} width={160} />
          ),
        },
        {
          key: 'ours',
          header: words.ours,
          cell: (row) =>
            row.ours && (
              <>
                <Text size="sm">{formatMoney(row.ours.amount, compared.currency, 6)}</Text>
                <StatusBadge status={row.ours.status} />
              </>
            ),
        },
        {
          key: 'theirs',
          header: words.theirs,
          cell: (row) => (
            <Text size="sm">
              {[row.theirs.amount, row.theirs.currency, row.theirs.status].filter(Boolean).join(' ')}
            </Text>
          ),
        },
        { key: 'detail', header: words.detail, cell: (row) => <Text size="sm">{row.detail}</Text> },
        { key: 'outcome', header: words.outcome, cell: (row) => row.outcome },
      ]}
    />
  )
}
