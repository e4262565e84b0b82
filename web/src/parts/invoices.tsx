import { Anchor, Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { formatMoney } from '../format.ts'
import { useNames } from '../resource.ts'
import { advertisers, affiliates, type Invoice, type Side } from '../resources-network.ts'
import { setQuery, usePlace } from '../router.tsx'
import { isKey, texts, toOptions } from '../texts.ts'
import { billingTexts, invoiceTexts as words } from '../texts-billing.ts'
import { decisionTexts } from '../texts-network.ts'
import { useChosen } from '../use-chosen.ts'
import { DataTable, type Selection } from './data-table.tsx'
import { Day } from './day.tsx'
import { Empty } from './empty.tsx'
import { FormProblem } from './form-footer.tsx'
import { Icon } from './icon.tsx'
import { JobProgress } from './job-progress.tsx'
import { LoadMore } from './load-more.tsx'
import { Loaded } from './loaded.tsx'
import { PayInvoices } from './pay-invoices.tsx'
import { ItemSelect } from './pickers.tsx'
import { SideChoice, useSide } from './side-choice.tsx'
import { StateBadge } from './state-badge.tsx'

const PAGE_SIZE = 50

/** Invoices of one side; final ones are chosen and paid together. */
export function Invoices() {
  const side = useSide()
  const given = usePlace().query.get('state')
  const state = isKey(words.states, given) ? given : undefined
  const party = usePlace().query.get('party') ?? ''
  const { chosen, choose, clear } = useChosen(`${side} ${state} ${party}`)
  const query = useInfiniteQuery({
    queryKey: ['invoices', side, state, party],
    queryFn: ({ pageParam }) => {
      const cursor = pageParam === undefined ? {} : { cursor: pageParam }
      const filter = {
        side,
        ...(state === undefined ? {} : { state }),
        ...(party === '' ? {} : { party }),
      }
      const params = { query: { limit: PAGE_SIZE, ...filter, ...cursor } }
      return answerOf(api.GET('/api/v1/invoices', { params }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })
  const selection: Selection<Invoice> | undefined =
    state === 'final'
      ? {
          chosen,
          onChange: choose,
          allLabel: decisionTexts.selectAll,
          rowLabel: ({ number }) => decisionTexts.select(words.name(number)),
        }
      : undefined
  return (
    <Stack gap="md">
      <Group gap="xs" justify="space-between">
        <Group gap="xs">
          <SideChoice />
          <Select
            aria-label={words.state}
            placeholder={words.anyState}
            data={toOptions(words.states)}
            value={state ?? null}
            onChange={(value) => setQuery({ state: value ?? undefined })}
            clearable
            w={150}
          />
          <PartySelect side={side} party={party} />
        </Group>
        <DraftAll key={side} side={side} />
      </Group>
      <Loaded query={query}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.items)
          if (rows.length === 0) return <Nothing isFiltered={state !== undefined || party !== ''} />
          const ids = rows.map(({ id }) => id).filter((id) => chosen.has(id))
          return (
            <>
              {state === 'final' && <PayInvoices ids={ids} onDone={clear} />}
              <InvoiceTable rows={rows} side={side} selection={selection} />
              <LoadMore query={query} />
            </>
          )
        }}
      </Loaded>
    </Stack>
  )
}

function PartySelect({ side, party }: { readonly side: Side; readonly party: string }) {
  const all = { value: party, hiddenLabel: true, label: billingTexts.party[side] }
  const onChange = (chosen: string) => setQuery({ party: chosen || undefined })
  return side === 'affiliate' ? (
    <ItemSelect {...all} resource={affiliates} placeholder={words.anyParty.affiliate} onChange={onChange} />
  ) : (
    <ItemSelect {...all} resource={advertisers} placeholder={words.anyParty.advertiser} onChange={onChange} />
  )
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  return isFiltered ? (
    <Empty icon="story" title={texts.filter.nothing} text={texts.filter.nothingText} />
  ) : (
    <Empty icon="invoice" title={words.emptyTitle} text={words.emptyText} />
  )
}

type InvoiceTableProps = {
  readonly rows: readonly Invoice[]
  readonly side: Side
  readonly selection?: Selection<Invoice> | undefined
}

export function InvoiceTable({ rows, side, selection }: InvoiceTableProps) {
  const affiliateName = useNames(affiliates)
  const advertiserName = useNames(advertisers)
  const nameOf = side === 'affiliate' ? affiliateName : advertiserName
  return (
    <DataTable
      label={billingTexts.tabs.invoices}
      rows={rows}
      rowKey={(invoice) => invoice.id}
      selection={selection}
      columns={[
        {
          key: 'number',
          header: words.number,
          cell: (invoice) => (
            <Anchor href={`/billing/invoices/${invoice.id}`} size="sm" fw={500}>
              {words.name(invoice.number)}
            </Anchor>
          ),
        },
        { key: 'party', header: billingTexts.party[side], cell: (invoice) => nameOf(invoice.partyId) },
        {
          key: 'state',
          header: words.state,
          cell: (invoice) => <StateBadge state={invoice.state} words={words.states} />,
        },
        { key: 'period', header: words.period, cell: (invoice) => <Day at={invoice.periodTo} isEnd /> },
        {
          key: 'total',
          header: words.total,
          numeric: true,
          cell: (invoice) => formatMoney(invoice.total, invoice.currency),
        },
      ]}
    />
  )
}

/** Drafts for everybody who is due, by a job. */
function DraftAll({ side }: { readonly side: Side }) {
  const queries = useQueryClient()
  const [opened, { open, close }] = useDisclosure()
  const run = useMutation({
    mutationFn: () => answerOf(api.POST('/api/v1/invoices/run', { body: { side } })),
  })
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: ['invoices'] })
    void queries.invalidateQueries({ queryKey: ['balances'] })
  }
  const finish = () => {
    run.reset()
    close()
  }
  return (
    <>
      <Button leftSection={<Icon name="plus" size={14} />} onClick={open}>
        {words.run}
      </Button>
      <Modal
        opened={opened}
        onClose={finish}
        title={`${words.runTitle}: ${billingTexts.sides[side]}`}
        centered
      >
        <Stack gap="md">
          <Text>{words.runText}</Text>
          <FormProblem problem={run.error?.message} />
          {run.data === undefined ? (
            <Group>
              <Button loading={run.isPending} onClick={() => run.mutate()}>
                {words.runDo}
              </Button>
            </Group>
          ) : (
            <>
              <JobProgress id={run.data.id} onEnd={refresh} />
              <Group>
                <Button variant="default" onClick={finish}>
                  {words.close}
                </Button>
              </Group>
            </>
          )}
        </Stack>
      </Modal>
    </>
  )
}
