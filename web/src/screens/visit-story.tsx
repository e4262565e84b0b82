import { Button, Group, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { ApiProblem, answerOf, api } from '../api.ts'
import { Empty } from '../parts/empty.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { StoryTimeline } from '../parts/story-timeline.tsx'
import { VisitFacts } from '../parts/visit-facts.tsx'
import { navigate, type PathParams } from '../router.tsx'
import { texts } from '../texts.ts'

const REFRESH_MS = 10_000

/** Everything that happened to one visit, in order. */
export function VisitStory({ params }: { readonly params: PathParams }) {
  const { clickId } = params
  return (
    <Page title={texts.story.title} lead={texts.story.lead}>
      <FindForm clickId={clickId ?? ''} />
      {clickId === undefined ? (
        <Empty icon="story" title={texts.story.emptyTitle} text={texts.story.emptyText} />
      ) : (
        <Story clickId={clickId} />
      )}
    </Page>
  )
}

function FindForm({ clickId }: { readonly clickId: string }) {
  const [value, setValue] = useState(clickId)
  const find = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const wanted = value.trim()
    if (wanted !== '') navigate(`/visits/${encodeURIComponent(wanted)}`)
  }
  return (
    <form onSubmit={find}>
      <Group align="flex-end" gap="xs">
        <TextInput
          label={texts.story.clickId}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
          autoFocus={clickId === ''}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          w={340}
          maw="100%"
        />
        <Button type="submit" variant={clickId === '' ? 'filled' : 'default'}>
          {texts.story.find}
        </Button>
      </Group>
    </form>
  )
}

function Story({ clickId }: { readonly clickId: string }) {
  const query = useQuery({
    queryKey: ['story', clickId],
    queryFn: () => answerOf(api.GET('/api/v1/visits/{clickId}', { params: { path: { clickId } } })),
    refetchInterval: REFRESH_MS,
  })
  if (query.error instanceof ApiProblem && query.error.status === 404) {
    return <Empty icon="story" title={texts.story.notFoundTitle} text={texts.story.notFoundText} />
  }
  return (
    <Loaded query={query}>
      {(story) => (
        <>
          <VisitFacts visit={story.visit} />
          <StoryTimeline story={story} />
        </>
      )}
    </Loaded>
  )
}
