import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { answerOf, api } from '../api.ts'
import type { paths } from '../api-types.ts'
import { navigate } from '../router.tsx'
import { findTexts as words } from '../texts-inspector.ts'
import { DataTable } from './data-table.tsx'
import { Empty } from './empty.tsx'
import { Loaded } from './loaded.tsx'
import { Section } from './page.tsx'
import { Shortened } from './shortened.tsx'

type Answer = paths['/api/v1/inspector/find']['get']['responses'][200]['content']['application/json']
type Found = Answer['items'][number]

/** What a pasted text leads to: the one visit at once, else a choice that says by what each was found. */
export function StoryFind({ text }: { readonly text: string }) {
  const query = useQuery({
    queryKey: ['find', text],
    queryFn: async () =>
      (await answerOf(api.GET('/api/v1/inspector/find', { params: { query: { q: text } } }))).items,
  })
  const place = query.data === undefined ? undefined : onlyPlaceOf(query.data)
  useEffect(() => {
    if (place !== undefined) navigate(place, { replace: true })
  }, [place])
  return (
    <Loaded query={query}>
      {(found) => {
        if (place !== undefined) return null
        if (found.length === 0) return <Nothing text={text} />
        return <Choice found={found} />
      }}
    </Loaded>
  )
}

function Nothing({ text }: { readonly text: string }) {
  return (
    <Empty
      icon="story"
      title={words.nothingTitle}
      text={words.nothingText}
      action={
        <Button component="a" href={`/hits?text=${encodeURIComponent(text.slice(0, 200))}`} variant="default">
          {words.searchHits}
        </Button>
      }
    />
  )
}

function Choice({ found }: { readonly found: readonly Found[] }) {
  return (
    <Section title={words.several(found.length)} aside={words.severalText}>
      <DataTable
        label={words.several(found.length)}
        rows={found}
        rowKey={({ as, id }) => `${as} ${id}`}
        href={placeOf}
        columns={[
          {
            key: 'click',
            header: words.click,
            cell: ({ clickId }) => <Shortened text={clickId || words.noVisit} width={280} />,
          },
          { key: 'as', header: words.by, cell: ({ as }) => words.as[as] },
          { key: 'id', header: '', cell: ({ id }) => <Shortened text={id} width={280} /> },
        ]}
      />
    </Section>
  )
}

/** Where all that was found leads, when that is one place. */
function onlyPlaceOf(found: readonly Found[]): string | undefined {
  const [first] = found
  if (first === undefined || found.some(({ clickId }) => clickId !== first.clickId)) return undefined
  return first.clickId === '' && found.length > 1 ? undefined : placeOf(first)
}

function placeOf({ clickId, as, id }: Found): string {
  if (clickId !== '') {
    const entry = as === 'hit' || as === 'delivery' ? `&entry=${as}-${encodeURIComponent(id)}` : ''
    return `/visits/${encodeURIComponent(clickId)}?by=${as}${entry}`
  }
  if (as === 'delivery') return `/deliveries/${encodeURIComponent(id)}`
  return as === 'hit' ? `/hits?open=${encodeURIComponent(id)}` : `/conversions?open=${encodeURIComponent(id)}`
}
