import { Anchor, Button } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatMoney } from '../format.ts'
import { ConfirmButton } from '../parts/confirm-button.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Day } from '../parts/day.tsx'
import { Facts } from '../parts/facts.tsx'
import { Fold } from '../parts/fold.tsx'
import { FormProblem } from '../parts/form-footer.tsx'
import { Icon } from '../parts/icon.tsx'
import { LoadMore } from '../parts/load-more.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page, Section } from '../parts/page.tsx'
import { PayInvoices } from '../parts/pay-invoices.tsx'
import { StateBadge } from '../parts/state-badge.tsx'
import { When } from '../parts/when.tsx'
import { useNames } from '../resource.ts'
import { advertisers, affiliates, type Invoice } from '../resources-network.ts'
import type { PathParams } from '../router.tsx'
import { saveFile } from '../save-file.ts'
import { billingTexts, invoiceTexts as words } from '../texts-billing.ts'

type Line = components['schemas']['InvoiceWithLines']['groups'][number] & {
  /** Of the conversion that it is about, where it is about one alone. */
  readonly conversionId?: string
}

/** One invoice: its lines, and what can be done with it in its state. */
export function InvoiceScreen({ params }: { readonly params: PathParams }) {
  const id = params.id ?? ''
  const query = useInfiniteQuery({
    queryKey: ['invoices', 'one', id],
    queryFn: ({ pageParam }) => {
      const asked = { path: { id }, query: { afterLine: pageParam } }
      return answerOf(api.GET('/api/v1/invoices/{id}', { params: asked }))
    },
    initialPageParam: 0,
    getNextPageParam: (page) => page.nextAfterLine ?? undefined,
  })
  const invoice = query.data?.pages[0]
  const lines = query.data?.pages.flatMap((page) => page.lines) ?? []
  return (
    <Page
      title={invoice === undefined ? billingTexts.tabs.invoices : words.name(invoice.number)}
      back={{ href: `/billing/invoices${sideQuery(invoice)}`, label: words.back }}
      actions={invoice && <Actions invoice={invoice} />}
    >
      <Loaded query={query}>
        {({ pages: [first] }) =>
          first && (
            <>
              <InvoiceFacts invoice={first} />
              <Section title={words.lines}>
                <Lines lines={first.groups} currency={first.currency} />
                <Fold title={words.each} aside={words.eachAside} isUsed={false}>
                  <Lines lines={lines} currency={first.currency} />
                  <LoadMore query={query} />
                </Fold>
              </Section>
            </>
          )
        }
      </Loaded>
    </Page>
  )
}

function sideQuery(invoice: Invoice | undefined): string {
  return invoice?.side === 'advertiser' ? '?side=advertiser' : ''
}

const FILES = ['pdf', 'csv'] as const

/** Fetched, not linked: who belongs to several workspaces names one by a header, which a link can not send. */
function Files({ invoice }: { readonly invoice: Invoice }) {
  const download = useMutation({
    mutationFn: async (file: (typeof FILES)[number]) =>
      saveFile(await loadFile(invoice.id, file), `invoice-${invoice.number}.${file}`),
  })
  return (
    <>
      {FILES.map((file) => (
        <Button
          key={file}
          variant="default"
          leftSection={<Icon name="down" size={14} />}
          loading={download.isPending && download.variables === file}
          onClick={() => download.mutate(file)}
        >
          {words[file]}
        </Button>
      ))}
      <FormProblem problem={download.error?.message} />
    </>
  )
}

async function loadFile(id: string, file: (typeof FILES)[number]): Promise<Blob> {
  const init = { params: { path: { id } }, parseAs: 'blob' } as const
  return await answerOf<Blob>(
    file === 'pdf' ? api.GET('/api/v1/invoices/{id}/pdf', init) : api.GET('/api/v1/invoices/{id}/csv', init),
  )
}

/** draft ─▶ final ◀─▶ paid; what is not paid can be taken back. */
function Actions({ invoice }: { readonly invoice: Invoice }) {
  const queries = useQueryClient()
  const { id, state } = invoice
  const params = { path: { id } }
  const refresh = async () => {
    for (const name of ['invoices', 'balances']) await queries.invalidateQueries({ queryKey: [name] })
  }
  const finalize = async () => {
    await answerOf(api.POST('/api/v1/invoices/{id}/finalize', { params }))
    await refresh()
  }
  const takeBack = async (reason: string) => {
    await answerOf(api.POST('/api/v1/invoices/{id}/void', { params, body: { reason } }))
    await refresh()
  }
  return (
    <>
      <Files invoice={invoice} />
      {(state === 'draft' || state === 'final') && (
        <ConfirmButton
          label={words.void}
          title={words.void}
          text={words.voidAsk}
          reason={{ label: words.voidReason, required: true }}
          isGrave
          run={takeBack}
        />
      )}
      {state === 'draft' && (
        <ConfirmButton
          label={words.finalize}
          title={words.finalize}
          text={words.finalizeAsk}
          run={finalize}
          button={{ variant: 'filled' }}
        />
      )}
      {state === 'final' && <PayInvoices ids={[id]} label={words.payOne} />}
    </>
  )
}

function InvoiceFacts({ invoice }: { readonly invoice: Invoice }) {
  const affiliateName = useNames(affiliates)
  const advertiserName = useNames(advertisers)
  const { side, partyId, paymentRunId, issuedAt } = invoice
  const href = `/${side === 'affiliate' ? 'affiliates' : 'advertisers'}/${partyId}`
  return (
    <Facts
      facts={[
        [words.state, <StateBadge key="state" state={invoice.state} words={words.states} />],
        [words.total, formatMoney(invoice.total, invoice.currency)],
        [
          billingTexts.party[side],
          <Anchor key="party" href={href} size="sm">
            {side === 'affiliate' ? affiliateName(partyId) : advertiserName(partyId)}
          </Anchor>,
        ],
        [words.period, <Day key="to" at={invoice.periodTo} isEnd />],
        [words.created, <When key="created" at={invoice.createdAt} />],
        [words.issued, issuedAt === null ? '' : <When key="issued" at={issuedAt} />],
        [
          words.paidBy,
          paymentRunId === '' ? (
            ''
          ) : (
            <Anchor key="run" href={`/billing/payments/${paymentRunId}`} size="sm">
              {billingTexts.tabs.payments}
            </Anchor>
          ),
        ],
        [words.note, invoice.note],
      ]}
    />
  )
}

function Lines({ lines, currency }: { readonly lines: readonly Line[]; readonly currency: string }) {
  return (
    <DataTable
      label={words.lines}
      rows={lines}
      rowKey={(line) => String(lines.indexOf(line))}
      href={({ conversionId = '' }) =>
        conversionId === '' ? undefined : `/conversions?open=${conversionId}`
      }
      columns={[
        { key: 'description', header: words.line, cell: (line) => line.description },
        { key: 'quantity', header: words.quantity, numeric: true, cell: (line) => line.quantity },
        {
          key: 'amount',
          header: words.amount,
          numeric: true,
          cell: (line) => formatMoney(line.amount, currency, 6),
        },
      ]}
    />
  )
}
