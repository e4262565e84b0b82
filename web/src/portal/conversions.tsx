import { Button } from '@mantine/core'
import { answerOf, api } from '../api.ts'
import { dayOf, formatMoney } from '../format.ts'
import { StatusBadge } from '../parts/badges.tsx'
import { CsvButton } from '../parts/csv-button.tsx'
import type { Column } from '../parts/data-table.tsx'
import { LogScreen } from '../parts/log-screen.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { When } from '../parts/when.tsx'
import { usePlace } from '../router.tsx'
import { useMe } from '../session.ts'
import { isKey, texts } from '../texts.ts'
import { portalTexts } from '../texts-portal.ts'
import type { PortalConversion } from './portal-data.ts'

const words = portalTexts.conversions

/** The affiliate's conversions with its payouts; a row leads to what its tracker was told. */
export function Conversions() {
  return (
    <LogScreen<PortalConversion>
      name="portal/conversions"
      texts={words}
      icon="conversion"
      filter={{ name: 'status', label: words.status, any: words.anyStatus, choices: texts.status }}
      list={({ limit, cursor, filter }) => {
        const status = isKey(texts.status, filter) ? { status: filter } : {}
        const query = { limit, ...status, ...(cursor === undefined ? {} : { cursor }) }
        return answerOf(api.GET('/api/v1/portal/conversions', { params: { query } }))
      }}
      href={conversionHref}
      actions={<SaveCsv />}
      emptyAction={
        <Button component="a" href="/portal/offers" variant="default">
          {words.toOffers}
        </Button>
      }
      columns={CONVERSION_COLUMNS}
    />
  )
}

/** All of them as a file, by the status that is chosen. */
function SaveCsv() {
  const { timeZone } = useMe().workspace
  const status = usePlace().query.get('status') ?? undefined
  const query = isKey(texts.status, status) ? { status } : {}
  return (
    <CsvButton
      label={words.save}
      fileName={`conversions-${dayOf(new Date(), timeZone)}.csv`}
      load={() =>
        answerOf<Blob>(api.GET('/api/v1/portal/conversions/export', { params: { query }, parseAs: 'blob' }))
      }
    />
  )
}

export function conversionHref({ id }: PortalConversion): string {
  return `/portal/postback-log?conversion=${encodeURIComponent(id)}`
}

export const CONVERSION_COLUMNS: readonly Column<PortalConversion>[] = [
  { key: 'time', header: words.time, cell: (row) => <When at={row.createdAt} /> },
  { key: 'event', header: words.event, cell: (row) => row.event },
  { key: 'status', header: words.status, cell: (row) => <StatusBadge status={row.status} /> },
  { key: 'offer', header: words.offer, cell: (row) => <Shortened text={row.offerName} width={180} /> },
  { key: 'sub1', header: words.sub1, cell: (row) => <Shortened text={row.subs.sub1 ?? ''} width={140} /> },
  {
    key: 'affClickId',
    header: words.affClickId,
    cell: (row) => <Shortened text={row.affClickId} width={140} />,
  },
  { key: 'country', header: words.country, cell: (row) => row.country },
  {
    key: 'payout',
    header: words.payout,
    numeric: true,
    cell: (row) => formatMoney(row.payout, row.currency),
  },
]
