import { Button } from '@mantine/core'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatMoney } from '../format.ts'
import { AddConversion } from '../parts/add-conversion.tsx'
import { StatusBadge } from '../parts/badges.tsx'
import { BulkStatus } from '../parts/bulk-status.tsx'
import { Icon } from '../parts/icon.tsx'
import { LogScreen } from '../parts/log-screen.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { When } from '../parts/when.tsx'
import { useNames } from '../resource.ts'
import { campaigns, offers } from '../resources.ts'
import { useMayChange } from '../session.ts'
import { isKey, texts } from '../texts.ts'
import { byHandTexts, uploadTexts } from '../texts-conversions.ts'

type Conversion = components['schemas']['Conversion']

export function Conversions() {
  const campaignName = useNames(campaigns)
  const offerName = useNames(offers)
  const words = texts.conversions
  const mayChange = useMayChange()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
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
      actions={mayChange && <ByHand />}
      banner={() => <BulkStatus ids={chosen} onClear={() => setChosen(new Set())} />}
      selection={
        mayChange
          ? { chosen, onChange: setChosen, allLabel: byHandTexts.selectAll, rowLabel: byHandTexts.select }
          : undefined
      }
      emptyAction={
        <Button component="a" href="/affiliate-networks" variant="default">
          {words.toNetworks}
        </Button>
      }
      columns={[
        { key: 'time', header: words.time, cell: (row) => <When at={row.createdAt} /> },
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

/** Conversions that do not come by themselves. */
function ByHand() {
  return (
    <>
      <Button
        component="a"
        href="/conversions/upload"
        variant="default"
        leftSection={<Icon name="upload" size={14} />}
      >
        {uploadTexts.open}
      </Button>
      <AddConversion />
    </>
  )
}
