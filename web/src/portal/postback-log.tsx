import { Anchor, Button, Text } from '@mantine/core'
import { useAddressFilter, useDayRange } from '../address-filter.ts'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatMoney } from '../format.ts'
import { DeliveryBadge } from '../parts/badges.tsx'
import type { Column } from '../parts/data-table.tsx'
import { LogScreen } from '../parts/log-screen.tsx'
import { Note } from '../parts/note.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { When } from '../parts/when.tsx'
import { usePlace } from '../router.tsx'
import { isKey, texts } from '../texts.ts'
import { portalTexts } from '../texts-portal.ts'
import { DAY_FIELDS } from './filter-fields.ts'

type Entry = components['schemas']['PortalPostbackLogEntry']
const words = portalTexts.log

const COLUMNS: readonly Column<Entry>[] = [
  { key: 'time', header: words.time, cell: (row) => <When at={row.createdAt} /> },
  { key: 'state', header: words.state, cell: (row) => <DeliveryBadge state={row.state} /> },
  {
    key: 'event',
    header: words.event,
    cell: (row) => (
      <>
        {conversionText(row)}
        <Shortened text={row.offerName} width={180} />
      </>
    ),
  },
  {
    key: 'url',
    header: words.url,
    cell: (row) => (
      <>
        <Text size="sm" truncate maw={380} title={row.url || row.body}>
          {row.url || row.body}
        </Text>
        <Text size="sm" c="dimmed" maw={380}>
          {row.reason}
        </Text>
      </>
    ),
  },
  {
    key: 'payout',
    header: words.payout,
    numeric: true,
    cell: (row) => formatMoney(row.payout, row.currency),
  },
]

/** Every postback and pixel: what was sent, and why one was not. */
export function PostbackLog() {
  const { query: address } = usePlace()
  const conversionId = address.get('conversion') ?? ''
  const postbackId = address.get('postback') ?? ''
  const range = useDayRange(useAddressFilter(['from', 'to']))
  const only = {
    ...(conversionId === '' ? {} : { conversionId }),
    ...(postbackId === '' ? {} : { postbackId }),
  }
  return (
    <LogScreen<Entry>
      name={`portal/postback-log ${conversionId} ${postbackId}`}
      texts={words}
      icon="hits"
      filter={{ name: 'state', label: words.state, any: words.anyState, choices: texts.delivery }}
      fields={DAY_FIELDS}
      list={({ limit, cursor, filter }) => {
        const state = isKey(texts.delivery, filter) ? { state: filter } : {}
        const query = { limit, ...only, ...range, ...state, ...(cursor === undefined ? {} : { cursor }) }
        return answerOf(api.GET('/api/v1/portal/postback-log', { params: { query } }))
      }}
      href={({ id }) => `/portal/postback-log/${id}`}
      banner={() =>
        Object.keys(only).length > 0 && (
          <Note tone="look">
            {conversionId === '' ? words.onePostback : words.one}{' '}
            <Anchor href="/portal/postback-log" inherit underline="always">
              {words.all}
            </Anchor>
          </Note>
        )
      }
      emptyAction={
        <Button component="a" href="/portal/global-postback" variant="default">
          {portalTexts.global.title}
        </Button>
      }
      columns={COLUMNS}
    />
  )
}

/** "sale, Approved" */
export function conversionText({ event, status }: Pick<Entry, 'event' | 'status'>): string {
  return status === '' ? event : `${event}, ${texts.status[status].toLowerCase()}`
}
