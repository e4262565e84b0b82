import { useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from './api.ts'
import { tellFailure } from './parts/tell.tsx'
import { useUndo } from './parts/undo.tsx'
import { type Campaign, campaigns } from './resources.ts'
import { campaignTexts as words } from './texts-campaigns.ts'

type Status = Campaign['status']

/**
 * Pauses campaigns or lets them go on. The lists say so at once; what the server refuses goes back to what it was, and
 * the rest is offered to be undone.
 */
export function useCampaignStatus(): (chosen: readonly Campaign[], status: Status) => Promise<void> {
  const queries = useQueryClient()
  const offerUndo = useUndo()

  const show = (ids: ReadonlySet<string>, status: Status) => {
    const shown = (item: Campaign) => (ids.has(item.id) ? { ...item, status } : item)
    queries.setQueryData<readonly Campaign[]>([campaigns.name], (items) => items?.map(shown))
    for (const id of ids) {
      queries.setQueryData<Campaign>([campaigns.name, id], (item) => item && shown(item))
    }
  }

  /** @returns those that the server took. */
  const save = async (wanted: readonly Campaign[], status: Status): Promise<readonly Campaign[]> => {
    const other = status === 'paused' ? 'active' : 'paused'
    await queries.cancelQueries({ queryKey: [campaigns.name] })
    show(new Set(wanted.map(({ id }) => id)), status)
    const answers = await Promise.allSettled(wanted.map(({ id }) => saveStatus(id, status)))
    const refused = answers.flatMap((answer, index) => {
      const item = wanted[index]
      return answer.status === 'rejected' && item !== undefined ? [{ item, reason: answer.reason }] : []
    })
    show(new Set(refused.map(({ item }) => item.id)), other)
    for (const { item, reason } of refused) tellFailure(words.notDone[status](item.name), reason)
    void queries.invalidateQueries({ queryKey: [campaigns.name], exact: true })
    return wanted.filter((each) => refused.every(({ item }) => item.id !== each.id))
  }

  return async (chosen, status) => {
    const changed = await save(
      chosen.filter((item) => item.status !== status),
      status,
    )
    if (changed.length === 0) return
    const message = words.done[status](changed.map(({ name }) => name))
    offerUndo({ message, undo: () => save(changed, status === 'paused' ? 'active' : 'paused') })
  }
}

/** The status alone: nothing else of a campaign is touched, also where somebody else changes it just now. */
async function saveStatus(id: string, status: Status): Promise<void> {
  await answerOf(api.PATCH('/api/v1/campaigns/{id}', { params: { path: { id } }, body: { status } }))
}
