import { Tabs } from '@mantine/core'
import { Balances } from '../parts/balances.tsx'
import { Invoices } from '../parts/invoices.tsx'
import { Page } from '../parts/page.tsx'
import { PaymentRuns } from '../parts/payment-runs.tsx'
import { navigate, type PathParams } from '../router.tsx'
import { useMe } from '../session.ts'
import { isKey } from '../texts.ts'
import { billingTexts as words } from '../texts-billing.ts'

/** The money between the network, its affiliates and its advertisers. */
export function Billing({ params }: { readonly params: PathParams }) {
  const { role } = useMe().workspace
  const tab = isKey(words.tabs, params.tab) ? params.tab : 'balances'
  // Invoices name accounts and addresses, so they are for managers of the workspace.
  if (role !== 'owner' && role !== 'manager') {
    return (
      <Page title={words.title}>
        <Balances />
      </Page>
    )
  }
  return (
    <Page title={words.title}>
      <Tabs value={tab} onChange={(chosen) => navigate(`/billing/${chosen ?? ''}`)} keepMounted={false}>
        <Tabs.List>
          {Object.entries(words.tabs).map(([value, label]) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="balances" pt="lg">
          <Balances />
        </Tabs.Panel>
        <Tabs.Panel value="invoices" pt="lg">
          <Invoices />
        </Tabs.Panel>
        <Tabs.Panel value="payments" pt="lg">
          <PaymentRuns />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
