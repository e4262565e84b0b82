import { useQuery, useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from './api.ts'
import type { Places } from './navigation.ts'
import { useMe } from './session.ts'
import { shellTexts } from './texts-shell.ts'

const KEY = 'trailpost:start-dismissed'
const OPEN_KEY = ['start', 'open'] as const

/** With the guide as the first place, as long as it has something to say. */
export function useStartPlaces(places: Places): Places {
  const isOpen = useIsStartOpen()
  if (!isOpen) return places
  const start = { href: '/start', label: shellTexts.start, icon: 'check' } as const
  const [first, ...others] = places.navigation
  if (first === undefined) return places
  return { ...places, navigation: [{ ...first, items: [start, ...first.items] }, ...others] }
}

/**
 * Whether the guide belongs into the navigation: somebody may change things, nobody has dismissed it here, and no
 * conversion ever came.
 */
function useIsStartOpen(): boolean {
  const { id, role } = useMe().workspace
  const mayStart = role === 'owner' || role === 'manager'
  const query = useQuery({
    queryKey: [...OPEN_KEY, id],
    queryFn: async () => {
      if (isDismissed(id)) return false
      const { items } = await answerOf(api.GET('/api/v1/conversions', { params: { query: { limit: 1 } } }))
      return items.length === 0
    },
    enabled: mayStart,
    staleTime: 60_000,
  })
  return mayStart && query.data === true
}

/** Takes the guide out of the navigation of this browser. */
export function useDismissStart(): () => Promise<void> {
  const { id } = useMe().workspace
  const queries = useQueryClient()
  return async () => {
    localStorage.setItem(`${KEY}:${id}`, '1')
    await queries.invalidateQueries({ queryKey: OPEN_KEY })
  }
}

function isDismissed(workspace: string): boolean {
  return localStorage.getItem(`${KEY}:${workspace}`) !== null
}
