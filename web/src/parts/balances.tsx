import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { formatMoney } from '../format.ts'
import type { Balance, Side } from '../resources-network.ts'
import { navigate } from '../router.tsx'
import { useMe } from '../session.ts'
import { billingTexts as words } from '../texts-billing.ts'
import { AdjustButton } from './adjustment-form.tsx'
import { type Column, DataTable } from './data-table.tsx'
import { Empty } from './empty.tsx'
import { LoadMore } from './load-more.tsx'
import { Loaded } from './loaded.tsx'
import { SideChoice, useSide } from './side-choice.tsx'

const PAGE_SIZE = 50
const AMOUNTS = ['pending', 'onHold', 'payable', 'drafted', 'invoiced', 'paid'] as const

/** What everybody has earned, or owes; and drafting an invoice of it. */
export function Balances() {
  const { role } = useMe().workspace
  const side = useSide()
  const query = useInfiniteQuery({
    queryKey: ['balances', side],
    queryFn: ({ pageParam }) => {
      const cursor = pageParam === undefined ? {} : { cursor: pageParam }
      return answerOf(
        api.GET('/api/v1/balances', { params: { query: { side, limit: PAGE_SIZE, ...cursor } } }),
      )
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })
  const mayBill = role === 'owner' || role === 'manager'
  return (
    <Stack gap="md">
      {role !== 'affiliate_manager' && (
        <div>
          <SideChoice />
        </div>
      )}
      <Text c="dimmed">{words.sidesHint[side]}</Text>
      <Loaded query={query}>
        {({ pages }) => {
          // Who has something due goes first.
          const rows = pages
            .flatMap((page) => page.items)
            .toSorted((a, b) => Number(b.payable) - Number(a.payable))
          if (rows.length === 0) {
            return <Empty icon="invoice" title={words.noParties[side]} text={words.noPartiesText} />
          }
          return (
            <>
              <BalanceTable rows={rows} side={side} mayBill={mayBill} />
              <LoadMore query={query} />
            </>
          )
        }}
      </Loaded>
    </Stack>
  )
}

type BalanceTableProps = {
  readonly rows: readonly Balance[]
  readonly side: Side
  readonly mayBill: boolean
}

function BalanceTable({ rows, side, mayBill }: BalanceTableProps) {
  // Advertisers are billed at once: the hold is the affiliates' side.
  const amounts = AMOUNTS.filter((name) => side === 'affiliate' || name !== 'onHold')
  const columns: Column<Balance>[] = [
    {
      key: 'name',
      header: words.party[side],
      cell: (row) => (
        <Anchor href={`/${side === 'affiliate' ? 'affiliates' : 'advertisers'}/${row.partyId}`} size="sm">
          {row.name}
        </Anchor>
      ),
    },
    ...amounts.map((name) => ({
      key: name,
      header: words[name],
      numeric: true,
      cell: (row: Balance) => <Amount row={row} name={name} />,
    })),
    ...(mayBill
      ? [
          {
            key: 'actions',
            header: words.actions,
            numeric: true,
            cell: (row: Balance) => <Actions row={row} side={side} />,
          },
        ]
      : []),
  ]
  return <DataTable label={words.tabs.balances} rows={rows} rowKey={(row) => row.partyId} columns={columns} />
}

/** Nothing is quieter than something; what is due stands out. */
function Amount({ row, name }: { readonly row: Balance; readonly name: (typeof AMOUNTS)[number] }) {
  const amount = Number(row[name])
  const isDue = name === 'payable' && amount !== 0
  return (
    <Text
      size="sm"
      span
      fw={isDue ? 600 : 400}
      {...(amount === 0 ? { c: 'dimmed' } : amount < 0 ? { c: 'red' } : {})}
    >
      {formatMoney(row[name], row.currency)}
    </Text>
  )
}

function Actions({ row, side }: { readonly row: Balance; readonly side: Side }) {
  const queries = useQueryClient()
  const draft = useMutation({
    mutationFn: () => answerOf(api.POST('/api/v1/invoices', { body: { side, partyId: row.partyId } })),
    onSuccess: async (invoice) => {
      await queries.invalidateQueries({ queryKey: ['balances'] })
      navigate(`/billing/invoices/${invoice.id}`)
    },
  })
  const mayDraft = Number(row.payable) - Number(row.drafted) > 0
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      {draft.error !== null && (
        <Text size="xs" c="red" role="alert">
          {draft.error.message}
        </Text>
      )}
      {mayDraft && (
        <Button size="compact-xs" variant="default" loading={draft.isPending} onClick={() => draft.mutate()}>
          {words.invoice}
        </Button>
      )}
      <AdjustButton side={side} party={{ id: row.partyId, name: row.name }} isSmall />
    </Group>
  )
}
