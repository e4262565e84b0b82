import { Anchor, Button } from '@mantine/core'
import { formatMoney } from '../format.ts'
import { useItems } from '../resource.ts'
import { paymentRuns } from '../resources-network.ts'
import { billingTexts, paymentTexts as words } from '../texts-billing.ts'
import { DataTable } from './data-table.tsx'
import { Day } from './day.tsx'
import { Empty } from './empty.tsx'
import { Loaded } from './loaded.tsx'
import { StateBadge } from './state-badge.tsx'

/** Money that went, and the invoices that it paid. */
export function PaymentRuns() {
  const query = useItems(paymentRuns)
  return (
    <Loaded query={query}>
      {(items) =>
        items.length === 0 ? (
          <Empty
            icon="cost"
            title={words.emptyTitle}
            text={words.emptyText}
            action={
              <Button component="a" href="/billing/invoices?state=final" variant="default">
                {words.toInvoices}
              </Button>
            }
          />
        ) : (
          <DataTable
            label={billingTexts.tabs.payments}
            rows={items}
            rowKey={(run) => run.id}
            columns={[
              {
                key: 'reference',
                header: words.reference,
                cell: (run) => (
                  <Anchor href={`/billing/payments/${run.id}`} size="sm" fw={500}>
                    {run.reference || run.method}
                  </Anchor>
                ),
              },
              { key: 'side', header: billingTexts.side, cell: (run) => billingTexts.sides[run.side] },
              { key: 'method', header: words.method, cell: (run) => run.method },
              { key: 'paid', header: words.paidAt, cell: (run) => <Day at={run.paidAt} /> },
              {
                key: 'state',
                header: words.state,
                cell: (run) => <StateBadge state={run.state} words={words.states} />,
              },
              {
                key: 'total',
                header: words.total,
                numeric: true,
                cell: (run) => formatMoney(run.total, run.currency),
              },
            ]}
          />
        )
      }
    </Loaded>
  )
}
