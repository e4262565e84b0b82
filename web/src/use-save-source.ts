import { useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { ApiProblem, answerOf, api } from './api.ts'
import { useSave } from './resource.ts'
import { type NotificationTarget, sources, type TrafficSource, targets } from './resources.ts'

type SourceValues = Omit<TrafficSource, 'id' | 'createdAt' | 'updatedAt' | 'archivedAt'> & {
  /** '' for no postback. */
  readonly postbackUrl: string
  readonly postbackStatuses: NotificationTarget['statuses']
}

/**
 * Saves a traffic source, and the postback that belongs to it. When the second part is refused, the next try
 * updates the source which the first has created.
 */
export function useSaveSource(item: TrafficSource | undefined, target: NotificationTarget | undefined) {
  const queries = useQueryClient()
  const { store, show } = useSave(sources)
  const saved = useRef({ sourceId: item?.id, targetId: target?.id })
  return async ({ postbackUrl, postbackStatuses, ...body }: SourceValues): Promise<void> => {
    const source = await store(saved.current.sourceId, body)
    saved.current.sourceId = source.id
    const postback = { url: postbackUrl.trim(), statuses: postbackStatuses }
    saved.current.targetId = await savePostback(source.id, saved.current.targetId, postback)
    await queries.invalidateQueries({ queryKey: [targets.name] })
    show(source, { isNew: item === undefined })
  }
}

type Postback = { readonly url: string; readonly statuses: NotificationTarget['statuses'] }

/** Creates, changes or removes it, by whether it exists and has a URL; returns its id if it exists then. */
async function savePostback(
  sourceId: string,
  id: string | undefined,
  body: Postback,
): Promise<string | undefined> {
  try {
    if (id === undefined) return body.url === '' ? undefined : await createTarget(sourceId, body)
    const params = { path: { id } }
    if (body.url !== '') {
      await answerOf(api.PATCH('/api/v1/notification-targets/{id}', { params, body }))
      return id
    }
    await answerOf(api.DELETE('/api/v1/notification-targets/{id}', { params }))
    return undefined
  } catch (error) {
    throw error instanceof ApiProblem ? error.renameFields(POSTBACK_FIELDS) : error
  }
}

async function createTarget(sourceId: string, body: Postback): Promise<string> {
  const params = { path: { id: sourceId } }
  const path = '/api/v1/traffic-sources/{id}/notification-targets'
  return (await answerOf(api.POST(path, { params, body }))).id
}

/** Fields of a notification target → fields of the form. */
const POSTBACK_FIELDS = { url: 'postbackUrl', statuses: 'postbackStatuses' }
