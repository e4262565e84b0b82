import { SegmentedControl, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatCount, formatMoney } from '../format.ts'
import { setQuery, usePlace } from '../router.tsx'
import { useMe } from '../session.ts'
import { isKey, texts } from '../texts.ts'
import { uploadTexts as words } from '../texts-conversions.ts'
import { DataTable } from './data-table.tsx'
import { LoadMore } from './load-more.tsx'
import { Loaded } from './loaded.tsx'
import { Note } from './note.tsx'
import { Section } from './page.tsx'
import { Shortened } from './shortened.tsx'

type Upload = Pick<components['schemas']['ConversionUpload'], 'id' | 'rows' | 'broken' | 'forecasts'>
type Row = components['schemas']['ConversionUploadWithRows']['rowsPage'][number]

const PAGE_ROWS = 50
const FORECASTS = ['recorded', 'updated', 'duplicate', 'rejected', 'unmatched'] as const
type Only = keyof typeof words.only

/** What each line of a file would do, a page at a time, all of them or those of one outcome. */
export function UploadLines({ upload }: { readonly upload: Upload }) {
  const { id, rows, broken, forecasts } = upload
  const given = usePlace().query.get('lines')
  const only: Only = isKey(words.only, given) ? given : 'all'
  const query = useInfiniteQuery({
    queryKey: ['conversion-uploads', 'lines', id, only],
    queryFn: ({ pageParam: afterLine }) => {
      const query = { afterLine, limit: PAGE_ROWS, ...toQuery(only) }
      return answerOf(api.GET('/api/v1/conversion-uploads/{id}', { params: { path: { id }, query } }))
    },
    initialPageParam: 0,
    getNextPageParam: (page) => page.nextAfterLine ?? undefined,
  })
  const looked = FORECASTS.reduce((sum, name) => sum + (forecasts[name] ?? 0), forecasts.malformed ?? 0)
  const unlooked = rows - broken - looked
  return (
    <Section title={words.lines} aside={words.linesAside}>
      <div style={{ overflowX: 'auto' }}>
        <SegmentedControl
          aria-label={words.lines}
          data={choicesOf(upload)}
          value={only}
          onChange={(chosen) => setQuery({ lines: chosen === 'all' ? undefined : chosen })}
          size="xs"
        />
      </div>
      {unlooked > 0 && <Note tone="look">{words.unlooked(formatCount(unlooked))}</Note>}
      <Loaded query={query}>
        {({ pages }) => {
          const shown = pages.flatMap((page) => page.rowsPage)
          if (shown.length === 0) return <Text c="dimmed">{words.noLines}</Text>
          return (
            <Stack gap="md">
              <LineTable rows={shown} />
              <LoadMore query={query} />
            </Stack>
          )
        }}
      </Loaded>
    </Section>
  )
}

function toQuery(only: Only) {
  if (only === 'all') return {}
  return only === 'problems' ? { only } : { forecast: only }
}

/** Those that the file has none of are left out. */
function choicesOf({ rows, broken, forecasts }: Upload) {
  const counts: Readonly<Record<string, number>> = { ...forecasts, all: rows, problems: broken }
  return (['all', ...FORECASTS, 'problems'] as const)
    .map((value) => ({ value, count: counts[value] ?? 0 }))
    .filter(({ value, count }) => value === 'all' || count > 0)
    .map(({ value, count }) => ({ value, label: `${words.only[value]} (${formatCount(count)})` }))
}

function LineTable({ rows }: { readonly rows: readonly Row[] }) {
  return (
    <DataTable
      label={words.lines}
      rows={rows}
      rowKey={(row) => String(row.line)}
      columns={[
        { key: 'line', header: words.line, cell: (row) => row.line },
        { key: 'would', header: words.would, cell: (row) => <Would row={row} /> },
        {
          key: 'whose',
          header: words.whose,
          cell: ({ params }) => <Shortened text={params.cid || params.affiliate || ''} width={160} />,
        },
        {
          key: 'txid',
          header: words.transaction,
          cell: ({ params }) => <Shortened text={params.txid ?? ''} width={140} />,
        },
        {
          key: 'amount',
          header: words.amount,
          numeric: true,
          cell: ({ params }) => [params.payout, params.currency].filter(Boolean).join(' '),
        },
      ]}
    />
  )
}

/** What becomes of it, then what that changes or why not. */
function Would({ row: { problem, forecast, outcome, reason } }: { readonly row: Row }) {
  if (problem !== '') return <Told word={words.only.problems} detail={problem} />
  if (outcome !== '') {
    return <Told word={isKey(texts.outcome, outcome) ? texts.outcome[outcome] : outcome} detail={reason} />
  }
  if (forecast === null) return <Told word={words.notLooked} detail="" />
  const { outcome: expected, reason: why, change } = forecast
  const word = isKey(words.only, expected) ? words.only[expected] : expected
  return <Told word={word} detail={why || <Change change={change} />} />
}

function Told({ word, detail }: { readonly word: string; readonly detail: ReactNode }) {
  return (
    <>
      <Text size="sm">{word}</Text>
      {detail !== '' && (
        <Text size="xs" c="dimmed" component="div">
          {detail}
        </Text>
      )}
    </>
  )
}

/** "Pending → Approved, $2.00 → $5.00"; of a new one its status and amounts alone. */
function Change({ change }: { readonly change: NonNullable<Row['forecast']>['change'] }) {
  const { currency } = useMe().workspace
  if (change === null) return null
  const { fromStatus, toStatus } = change
  const isNew = fromStatus === ''
  const money = (from: string, to: string) => {
    if (isNew || from === to) return formatMoney(to, currency)
    return words.from(formatMoney(from, currency), formatMoney(to, currency))
  }
  const status =
    isNew || fromStatus === toStatus
      ? texts.status[toStatus]
      : words.from(texts.status[fromStatus], texts.status[toStatus])
  const hasPayout = Number(change.fromPayout) !== 0 || Number(change.toPayout) !== 0
  return [
    status,
    money(change.fromRevenue, change.toRevenue),
    ...(hasPayout ? [words.payout(money(change.fromPayout, change.toPayout))] : []),
  ].join(', ')
}
