import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatTime } from '../format.ts'
import { OutcomeBadge } from '../parts/badges.tsx'
import { LogScreen } from '../parts/log-screen.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { useMe } from '../session.ts'
import { isKey, texts } from '../texts.ts'

type Hit = components['schemas']['Hit']

export function Hits() {
  const { timeZone } = useMe().workspace
  const words = texts.hits
  return (
    <LogScreen<Hit>
      name="hits"
      texts={words}
      icon="hits"
      filter={{ name: 'outcome', label: words.outcome, any: words.anyOutcome, choices: texts.outcome }}
      list={({ limit, cursor, filter }) => {
        const outcome = isKey(texts.outcome, filter) ? { outcome: filter } : {}
        const query = { limit, ...(cursor === undefined ? {} : { cursor }), ...outcome }
        return answerOf(api.GET('/api/v1/hits', { params: { query } }))
      }}
      href={(row) => (row.clickId === '' ? undefined : `/visits/${row.clickId}`)}
      columns={[
        { key: 'time', header: words.time, cell: (row) => formatTime(row.receivedAt, timeZone) },
        { key: 'kind', header: words.kind, cell: (row) => texts.hitKind[row.kind] },
        { key: 'outcome', header: words.outcome, cell: (row) => <OutcomeBadge outcome={row.outcome} /> },
        { key: 'reason', header: words.reason, cell: (row) => <Shortened text={row.reason} width={300} /> },
        { key: 'click', header: words.clickId, cell: (row) => <Shortened text={row.clickId} width={240} /> },
        { key: 'ip', header: words.ip, cell: (row) => row.ip },
      ]}
    />
  )
}
