import { useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { ApiProblem, answerOf, api } from './api.ts'
import { useSave } from './resource.ts'
import { type NotificationTarget, sources, type TrafficSource, targets } from './resources.ts'
import { asSavedTarget, callsSomebody, type TargetValues, toTargetBody } from './target-values.ts'

type SourceValues = Omit<TrafficSource, 'id' | 'createdAt' | 'updatedAt' | 'archivedAt' | 'template'> & {
  readonly targets: readonly TargetValues[]
}

/**
 * Saves a traffic source, and the calls that belong to it. When one of these is refused, the next try updates the
 * source that the first has created, and replaces its calls.
 */
export function useSaveSource(item: TrafficSource | undefined, before: readonly NotificationTarget[]) {
  const queries = useQueryClient()
  const { store, show } = useSave(sources)
  const sourceId = useRef(item?.id)
  /** Of calls that this form has created. */
  const ids = useRef<readonly string[]>([])
  return async ({ targets: wanted, ...body }: SourceValues): Promise<readonly TargetValues[]> => {
    const source = await store(sourceId.current, body)
    sourceId.current = source.id
    const kept: TargetValues[] = []
    for (const [index, target] of wanted.entries()) {
      if (!callsSomebody(target)) continue
      const id = await saveTarget(source.id, target, index)
      ids.current = [...ids.current, id]
      kept.push({ ...asSavedTarget(target), id })
    }
    const stored = [...before.map(({ id }) => id), ...ids.current]
    await removeTargets(stored.filter((id) => !kept.some((target) => target.id === id)))
    await queries.invalidateQueries({ queryKey: [targets.name] })
    show(source, { isNew: item === undefined })
    return kept
  }
}

/** Creates or changes it; returns its id. */
async function saveTarget(sourceId: string, target: TargetValues, index: number): Promise<string> {
  const { id } = target
  const body = toTargetBody(target)
  try {
    if (id === undefined) {
      const path = '/api/v1/traffic-sources/{id}/notification-targets'
      return (await answerOf(api.POST(path, { params: { path: { id: sourceId } }, body }))).id
    }
    await answerOf(api.PATCH('/api/v1/notification-targets/{id}', { params: { path: { id } }, body }))
    return id
  } catch (error) {
    throw error instanceof ApiProblem ? error.moveFields(`targets.${index}`) : error
  }
}

async function removeTargets(ids: readonly (string | undefined)[]): Promise<void> {
  for (const id of new Set(ids)) {
    if (id === undefined) continue
    await answerOf(api.DELETE('/api/v1/notification-targets/{id}', { params: { path: { id } } }))
  }
}
