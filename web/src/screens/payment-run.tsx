import { Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { formatMoney } from '../format.ts'
import { ConfirmButton } from '../parts/confirm-button.tsx'
import { CsvButton } from '../parts/csv-button.tsx'
import { Day } from '../parts/day.tsx'
import { Facts } from '../parts/facts.tsx'
import { InvoiceTable } from '../parts/invoices.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page, Section } from '../parts/page.tsx'
import { StateBadge } from '../parts/state-badge.tsx'
import type { PaymentRun } from '../resources-network.ts'
import type { PathParams } from '../router.tsx'
import { billingTexts, paymentTexts as words } from '../texts-billing.ts'

const INVOICES_MAX = 200

/** One payment: which invoices it paid, and taking it back. */
export function PaymentRunScreen({ params }: { readonly params: PathParams }) {
  const id = params.id ?? ''
  const queries = useQueryClient()
  const query = useQuery({
    queryKey: ['payment-runs', id],
    queryFn: () => answerOf(api.GET('/api/v1/payment-runs/{id}', { params: { path: { id } } })),
  })
  const cancel = async () => {
    await answerOf(api.POST('/api/v1/payment-runs/{id}/cancel', { params: { path: { id } } }))
    for (const name of ['payment-runs', 'invoices', 'balances']) {
      await queries.invalidateQueries({ queryKey: [name] })
    }
  }
  const run = query.data
  return (
    <Page
      title={run === undefined ? billingTexts.tabs.payments : words.name(run.reference || run.method)}
      back={{ href: '/billing/payments', label: billingTexts.tabs.payments }}
      actions={
        run?.state === 'paid' && (
          <>
            <CsvButton
              label={words.csv}
              fileName={`payment-run-${run.id}.csv`}
              load={() => loadCsv(run.id)}
            />
            <ConfirmButton
              label={words.cancel}
              title={words.cancel}
              text={words.cancelAsk}
              isGrave
              run={cancel}
            />
          </>
        )
      }
    >
      <Loaded query={query}>{(found) => <RunView run={found} />}</Loaded>
    </Page>
  )
}

async function loadCsv(id: string): Promise<Blob> {
  const params = { path: { id } }
  return await answerOf<Blob>(api.GET('/api/v1/payment-runs/{id}/csv', { params, parseAs: 'blob' }))
}

function RunView({ run }: { readonly run: PaymentRun }) {
  const { id: paymentRun, side } = run
  const query = useQuery({
    queryKey: ['invoices', 'of', paymentRun],
    queryFn: () => {
      const params = { query: { paymentRun, side, limit: INVOICES_MAX } }
      return answerOf(api.GET('/api/v1/invoices', { params }))
    },
  })
  return (
    <>
      <Facts
        facts={[
          [words.state, <StateBadge key="state" state={run.state} words={words.states} />],
          [words.total, formatMoney(run.total, run.currency)],
          [billingTexts.side, billingTexts.sides[side]],
          [words.method, run.method],
          [words.reference, run.reference],
          [words.paidAt, <Day key="paid" at={run.paidAt} />],
        ]}
      />
      <Section title={words.invoices}>
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Text c="dimmed">{words.noInvoices}</Text>
            ) : (
              <InvoiceTable rows={items} side={side} />
            )
          }
        </Loaded>
      </Section>
    </>
  )
}
