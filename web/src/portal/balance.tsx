import { Anchor, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatDay, formatMoney } from '../format.ts'
import { DataTable } from '../parts/data-table.tsx'
import { FormProblem } from '../parts/form-footer.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Note } from '../parts/note.tsx'
import { Page, Section } from '../parts/page.tsx'
import { ReferralLink } from '../parts/referral-link.tsx'
import { Sums } from '../parts/sums.tsx'
import { type Listed, useItems } from '../resource.ts'
import { saveFile } from '../save-file.ts'
import { useMe } from '../session.ts'
import { portalTexts } from '../texts-portal.ts'
import { PaymentForm } from './payment-form.tsx'
import { usePortalMe } from './portal-data.ts'

type Invoice = components['schemas']['PortalInvoice']
type BalanceView = components['schemas']['PortalBalance']
const words = portalTexts.balance
const NAMES = ['pending', 'onHold', 'payable', 'invoiced', 'paid'] as const
const FILES = ['pdf', 'csv'] as const

const invoices: Listed<Invoice> = {
  name: 'portal/invoices',
  list: (query) => answerOf(api.GET('/api/v1/portal/invoices', { params: { query } })),
}

/** What is earned and when it comes, the invoices, and how the affiliate is paid. */
export function Balance() {
  const balance = useBalance()
  const me = usePortalMe()
  return (
    <Page title={words.title} lead={words.lead}>
      <Loaded query={balance}>
        {(found) => (
          <>
            <BalanceSums balance={found} />
            <NextInvoice balance={found} />
          </>
        )}
      </Loaded>
      <Text size="sm" c="dimmed" maw={720}>
        {words.explained}
      </Text>
      <Section title={words.invoices}>
        <Invoices />
      </Section>
      <Loaded query={me}>{({ id }) => <Referral affiliateId={id} />}</Loaded>
      <Section title={words.payment} aside={words.paymentAside}>
        <Loaded query={me}>{({ payment }) => <PaymentForm payment={payment} />}</Loaded>
      </Section>
    </Page>
  )
}

/** For those who know other affiliates. */
function Referral({ affiliateId }: { readonly affiliateId: string }) {
  const { workspace } = useMe()
  return (
    <Section title={words.referral} aside={words.referralAside}>
      <ReferralLink workspace={workspace.id} affiliateId={affiliateId} words={words.referralWords} />
    </Section>
  )
}

export function useBalance() {
  return useQuery({
    queryKey: ['portal/balance'],
    queryFn: () => answerOf(api.GET('/api/v1/portal/balance')),
  })
}

export function BalanceSums({ balance }: { readonly balance: BalanceView }) {
  const sums = NAMES.map((name) => ({
    label: words.names[name],
    value: formatMoney(balance[name], balance.currency),
    isBad: Number(balance[name]) < 0,
  }))
  return <Sums sums={sums} />
}

/** When money comes next, and why it may not. */
export function NextInvoice({ balance }: { readonly balance: BalanceView }) {
  const { timeZone } = useMe().workspace
  const { payable, currency, nextInvoice } = balance
  const day = formatDay(Date.parse(nextInvoice.at), timeZone)
  const isEnough = Number(payable) >= Number(nextInvoice.minimum)
  return (
    <Note tone={isEnough ? 'good' : 'look'} title={words.next}>
      {isEnough
        ? words.nextText(day, formatMoney(payable, currency))
        : words.nextBelow(day, formatMoney(nextInvoice.minimum, currency))}
    </Note>
  )
}

function Invoices() {
  const query = useItems(invoices)
  const { timeZone } = useMe().workspace
  return (
    <Loaded query={query}>
      {(items) =>
        items.length === 0 ? (
          <Text size="sm" c="dimmed">
            {words.noInvoices}
          </Text>
        ) : (
          <DataTable
            label={words.invoices}
            rows={items}
            rowKey={(invoice) => invoice.id}
            columns={[
              { key: 'number', header: words.number, cell: (invoice) => invoice.number },
              { key: 'period', header: words.period, cell: (invoice) => periodText(invoice, timeZone) },
              { key: 'state', header: words.state, cell: (invoice) => words.states[invoice.state] },
              {
                key: 'issued',
                header: words.issued,
                cell: ({ issuedAt }) => (issuedAt === null ? '' : dayText(issuedAt, timeZone)),
              },
              { key: 'files', header: words.files, cell: (invoice) => <Files invoice={invoice} /> },
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
    </Loaded>
  )
}

/** Fetched, not linked: who belongs to several workspaces names one by a header, which a link can not send. */
function Files({ invoice }: { readonly invoice: Invoice }) {
  const download = useMutation({ mutationFn: downloadInvoice })
  return (
    <Stack gap={4}>
      <Group gap="sm">
        {FILES.map((file) => (
          <Anchor
            key={file}
            component="button"
            type="button"
            size="sm"
            onClick={() => download.mutate({ invoice, file })}
            aria-label={words.download(file.toUpperCase(), invoice.number)}
          >
            {file.toUpperCase()}
          </Anchor>
        ))}
      </Group>
      <FormProblem problem={download.error?.message} />
    </Stack>
  )
}

type WantedFile = { readonly invoice: Invoice; readonly file: (typeof FILES)[number] }

async function downloadInvoice({ invoice: { id, number }, file }: WantedFile): Promise<void> {
  const init = { params: { path: { id } }, parseAs: 'blob' } as const
  const content: unknown = await answerOf(
    file === 'pdf'
      ? api.GET('/api/v1/portal/invoices/{id}/pdf', init)
      : api.GET('/api/v1/portal/invoices/{id}/csv', init),
  )
  if (content instanceof Blob) saveFile(content, `invoice-${number}.${file}`)
}

/** The last day is included; the API's end is not. */
function periodText({ periodFrom, periodTo }: Invoice, timeZone: string): string {
  const last = new Date(Date.parse(periodTo) - 1).toISOString()
  return `${dayText(periodFrom, timeZone)} – ${dayText(last, timeZone)}`
}

function dayText(at: string, timeZone: string): string {
  return formatDay(Date.parse(at), timeZone)
}
