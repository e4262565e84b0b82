import { SegmentedControl, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { answerOf, api } from '../api.ts'
import { Empty } from '../parts/empty.tsx'
import { LoadMore } from '../parts/load-more.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { ModeratedCard, type ModeratedTarget } from '../parts/moderated-card.tsx'
import { Page } from '../parts/page.tsx'
import { WaitingTabs } from '../parts/waiting-tabs.tsx'
import { setQuery, usePlace } from '../router.tsx'
import { useMayChange } from '../session.ts'
import { isKey, toOptions } from '../texts.ts'
import { moderationTexts as words } from '../texts-network.ts'
import { moderatingTexts } from '../texts-waiting.ts'

const PAGE_SIZE = 20

/** Affiliates' postbacks and pixels, until somebody has looked at them: one after the other, also by keys. */
export function Moderation() {
  const given = usePlace().query.get('moderation')
  const moderation = isKey(words.choices, given) ? given : 'pending'
  const query = useInfiniteQuery({
    queryKey: ['pixel-moderation', moderation],
    queryFn: ({ pageParam }) => {
      const cursor = pageParam === undefined ? {} : { cursor: pageParam }
      const params = { query: { limit: PAGE_SIZE, moderation, ...cursor } }
      return answerOf(api.GET('/api/v1/pixel-moderation', { params }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })
  return (
    <Page title={words.title} lead={words.lead}>
      <WaitingTabs />
      <div>
        <SegmentedControl
          aria-label={words.filter}
          data={toOptions(words.choices)}
          value={moderation}
          onChange={(chosen) => setQuery({ moderation: chosen === 'pending' ? undefined : chosen })}
        />
      </div>
      <Loaded query={query}>
        {({ pages }) => {
          const targets = pages.flatMap((page) => page.items)
          if (targets.length === 0) {
            return <Empty icon="pixel" title={words.emptyTitle} text={words.emptyText} />
          }
          return (
            <Stack gap="md">
              <Cards key={moderation} targets={targets} />
              <LoadMore query={query} />
            </Stack>
          )
        }}
      </Loaded>
    </Page>
  )
}

/** The keys work while the focus is among the cards, so that nobody approves by typing elsewhere. */
function Cards({ targets }: { readonly targets: readonly ModeratedTarget[] }) {
  const mayChange = useMayChange()
  const list = useRef<HTMLDivElement>(null)
  const [chosen, setChosen] = useState(0)
  // One that was decided makes room for the next.
  const current = Math.min(chosen, targets.length - 1)
  const currentId = targets[current]?.id
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus follows the card, not every look at the list
  useEffect(() => {
    const card = list.current?.querySelector<HTMLElement>('[data-current]')
    const isElsewhere = document.activeElement?.closest('input, textarea, [role=dialog]') != null
    if (!isElsewhere) card?.focus({ preventScroll: current === 0 })
  }, [currentId])
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey
    const { target, currentTarget } = event
    // A window that a card has opened is inside it for React alone.
    if (!isPlain || !(target instanceof Element) || !currentTarget.contains(target)) return
    if (event.key === 'j') setChosen(Math.min(current + 1, targets.length - 1))
    else if (event.key === 'k') setChosen(Math.max(current - 1, 0))
    else if (event.key === 'a' || event.key === 'r') {
      const name = event.key === 'a' ? 'approve' : 'reject'
      currentTarget.querySelector<HTMLElement>(`[data-current] [data-deed=${name}]`)?.click()
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <>
      {mayChange && (
        <Text size="xs" c="dimmed" visibleFrom="sm">
          {moderatingTexts.keys}
        </Text>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: each key presses a button that is there too */}
      <div ref={list} onKeyDown={press}>
        <Stack gap="md">
          {targets.map((target, index) => (
            <ModeratedCard key={target.id} target={target} isCurrent={index === current} />
          ))}
        </Stack>
      </div>
    </>
  )
}
