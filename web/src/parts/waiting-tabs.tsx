import { Badge } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { formatCount } from '../format.ts'
import { usePlace } from '../router.tsx'
import { waitingTexts as words } from '../texts-waiting.ts'
import classes from './waiting-tabs.module.css'

/** More than these are said as “99+”: whoever has so many needs no exact number. */
const COUNTED_MAX = 99
const REFRESH_MS = 30_000

/** Everything that waits for a decision of the network's people, in one order, on each of its screens. */
export function WaitingTabs() {
  const { path } = usePlace()
  const tabs = useWaiting()
  return (
    <nav aria-label={words.label} className={classes.tabs}>
      {tabs.map(({ href, name, count }) => (
        <a key={href} href={href} aria-current={path === href.split('?')[0] ? 'page' : undefined}>
          {name}
          {count !== undefined && count > 0 && (
            <Badge
              size="sm"
              variant="light"
              color="gray"
              className={classes.count}
              aria-label={words.count(name, countText(count))}
            >
              {countText(count)}
            </Badge>
          )}
        </a>
      ))}
    </nav>
  )
}

function countText(count: number): string {
  return count > COUNTED_MAX ? `${COUNTED_MAX}+` : formatCount(count)
}

function useWaiting() {
  const limit = COUNTED_MAX + 1
  const status = 'pending' as const
  const applications = useCount('applications', () =>
    answerOf(api.GET('/api/v1/applications', { params: { query: { limit, state: 'pending' } } })),
  )
  const pixels = useCount('pixel-moderation', () =>
    answerOf(api.GET('/api/v1/pixel-moderation', { params: { query: { limit, moderation: 'pending' } } })),
  )
  const affiliates = useCount('affiliates', () =>
    answerOf(api.GET('/api/v1/affiliates', { params: { query: { limit, status } } })),
  )
  const conversions = useCount('conversions', () =>
    answerOf(api.GET('/api/v1/conversions', { params: { query: { limit, status } } })),
  )
  return [
    { href: '/applications?state=pending', name: words.applications, count: applications },
    { href: '/pixel-moderation', name: words.pixels, count: pixels },
    { href: '/affiliates?status=pending', name: words.affiliates, count: affiliates },
    { href: '/conversions?status=pending', name: words.conversions, count: conversions },
  ]
}

/** How many wait; undefined while that is not known. */
function useCount(name: string, load: () => Promise<{ readonly items: readonly unknown[] }>) {
  // What is decided on a screen refreshes everything under its name, this count too.
  const query = useQuery({
    queryKey: [name, 'waiting'],
    queryFn: async () => (await load()).items.length,
    refetchInterval: REFRESH_MS,
  })
  return query.data
}
