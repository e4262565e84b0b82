import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { OutcomeBadge } from '../parts/badges.tsx'
import { LogScreen } from '../parts/log-screen.tsx'
import { MatchHit, UnmatchedBanner } from '../parts/match-hit.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { When } from '../parts/when.tsx'
import { useMayChange } from '../session.ts'
import { isKey, texts } from '../texts.ts'
import { matchTexts } from '../texts-conversions.ts'

type Hit = components['schemas']['Hit']

export function Hits() {
  const mayChange = useMayChange()
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
      banner={(chosen) => chosen === 'unmatched' && mayChange && <UnmatchedBanner />}
      nothing={(chosen) =>
        chosen === 'unmatched' ? { title: matchTexts.emptyTitle, text: matchTexts.emptyText } : undefined
      }
      columns={[
        { key: 'time', header: words.time, cell: (row) => <When at={row.receivedAt} /> },
        { key: 'kind', header: words.kind, cell: (row) => texts.hitKind[row.kind] },
        { key: 'outcome', header: words.outcome, cell: (row) => <OutcomeBadge outcome={row.outcome} /> },
        { key: 'reason', header: words.reason, cell: (row) => <Shortened text={row.reason} width={190} /> },
        { key: 'click', header: words.clickId, cell: (row) => <Shortened text={row.clickId} width={180} /> },
        { key: 'ip', header: words.ip, cell: (row) => row.ip },
        {
          key: 'match',
          header: '',
          numeric: true,
          cell: (row) => row.outcome === 'unmatched' && mayChange && <MatchHit hit={row} />,
        },
      ]}
    />
  )
}
