import { Button, CopyButton, Group, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { ApiProblem, answerOf, api } from '../api.ts'
import { Empty } from '../parts/empty.tsx'
import { Icon } from '../parts/icon.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Page, Section } from '../parts/page.tsx'
import { StoryFind } from '../parts/story-find.tsx'
import { StoryPicture } from '../parts/story-picture.tsx'
import { StoryTimeline } from '../parts/story-timeline.tsx'
import { VisitFacts } from '../parts/visit-facts.tsx'
import { navigate, type PathParams, usePlace } from '../router.tsx'
import type { Story } from '../story-entry.ts'
import { isKey, texts } from '../texts.ts'
import { timelineTexts, findTexts as words } from '../texts-inspector.ts'

const REFRESH_MS = 10_000
/** While something is on its way. */
const REFRESH_SOON_MS = 2_000

/** Everything that happened to one visit, in order; without one, the search for it. */
export function VisitStory({ params }: { readonly params: PathParams }) {
  const { clickId } = params
  const { query } = usePlace()
  const wanted = query.get('q') ?? ''
  return (
    <Page title={texts.story.title} lead={words.lead}>
      <FindForm key={clickId ?? wanted} text={clickId ?? wanted} />
      {clickId !== undefined ? (
        <StoryView key={clickId} clickId={clickId} />
      ) : wanted !== '' ? (
        <StoryFind text={wanted} />
      ) : (
        <Empty icon="story" title={texts.story.emptyTitle} text={texts.story.emptyText} />
      )}
    </Page>
  )
}

function FindForm({ text }: { readonly text: string }) {
  const [value, setValue] = useState(text)
  const find = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const wanted = value.trim()
    if (wanted !== '') navigate(`/visits?q=${encodeURIComponent(wanted)}`)
  }
  return (
    <form onSubmit={find}>
      <Group align="flex-end" gap="xs">
        <TextInput
          label={words.label}
          description={text === '' ? words.hint : undefined}
          inputWrapperOrder={['label', 'description', 'input', 'error']}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
          autoFocus={text === ''}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          w={420}
          maw="100%"
        />
        <Button type="submit" variant={text === '' ? 'filled' : 'default'}>
          {words.find}
        </Button>
      </Group>
    </form>
  )
}

function StoryView({ clickId }: { readonly clickId: string }) {
  const query = useQuery({
    queryKey: ['story', clickId],
    queryFn: () => answerOf(api.GET('/api/v1/visits/{clickId}', { params: { path: { clickId } } })),
    refetchInterval: ({ state }) => (isUnderWay(state.data) ? REFRESH_SOON_MS : REFRESH_MS),
  })
  const { query: place } = usePlace()
  const foundBy = place.get('by')
  // Whoever followed a link may have another id at hand than a click's.
  if (query.error instanceof ApiProblem && query.error.status === 404) return <StoryFind text={clickId} />
  return (
    <Loaded query={query}>
      {(story) => (
        <>
          <Group justify="space-between" gap="xs">
            <Text size="sm" c="dimmed" role="status">
              {isKey(words.as, foundBy) && words.foundBy(words.as[foundBy])}
            </Text>
            <CopyJson story={story} />
          </Group>
          <StoryPicture story={story} current={place.get('entry')} />
          <VisitFacts visit={story.visit} />
          <Section title={timelineTexts.all}>
            <StoryTimeline story={story} current={place.get('entry')} />
          </Section>
        </>
      )}
    </Loaded>
  )
}

function isUnderWay(story: Story | undefined): boolean {
  return story?.deliveries.some(({ state }) => state === 'pending') ?? false
}

function CopyJson({ story }: { readonly story: Story }) {
  return (
    <CopyButton value={JSON.stringify(story, null, 2)} timeout={1_600}>
      {({ copied, copy }) => (
        <Button
          size="xs"
          variant="default"
          onClick={copy}
          leftSection={<Icon name={copied ? 'check' : 'copy'} size={13} />}
        >
          {copied ? words.copied : words.copy}
        </Button>
      )}
    </CopyButton>
  )
}
