import { Button } from '@mantine/core'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatMoney, formatTime } from '../format.ts'
import { StatusBadge } from '../parts/badges.tsx'
import { LogScreen } from '../parts/log-screen.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { useNames } from '../resource.ts'
import { campaigns, offers } from '../resources.ts'
import { useMe } from '../session.ts'
import { isKey, texts } from '../texts.ts'

type Conversion = components['schemas']['Conversion']

export function Conversions() {
  const { timeZone } = useMe().workspace
  const campaignName = useNames(campaigns)
  const offerName = useNames(offers)
  const words = texts.conversions
  return (
    <LogScreen<Conversion>
      name="conversions"
      texts={words}
      icon="conversion"
      filter={{ name: 'status', label: words.status, any: words.anyStatus, choices: texts.status }}
      list={({ limit, cursor, filter }) => {
        const status = isKey(texts.status, filter) ? { status: filter } : {}
        const query = { limit, ...(cursor === undefined ? {} : { cursor }), ...status }
        return answerOf(api.GET('/api/v1/conversions', { params: { query } }))
      }}
      href={(row) => (row.clickId === '' ? undefined : `/visits/${row.clickId}`)}
      emptyAction={
        <Button component="a" href="/affiliate-networks" variant="default">
          {words.toNetworks}
        </Button>
      }
      columns={[
        { key: 'time', header: words.time, cell: (row) => formatTime(row.createdAt, timeZone) },
        { key: 'event', header: words.event, cell: (row) => row.event },
        { key: 'status', header: words.status, cell: (row) => <StatusBadge status={row.status} /> },
        {
          key: 'campaign',
          header: words.campaign,
          cell: (row) => <Shortened text={campaignName(row.campaignId)} width={180} />,
        },
        {
          key: 'offer',
          header: words.offer,
          cell: (row) => <Shortened text={offerName(row.offerId)} width={180} />,
        },
        { key: 'txid', header: words.txid, cell: (row) => <Shortened text={row.txid} width={140} /> },
        {
          key: 'revenue',
          header: words.revenue,
          numeric: true,
          cell: (row) => formatMoney(row.revenue, row.currency),
        },
      ]}
    />
  )
}
