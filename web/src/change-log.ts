import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from './api.ts'
import type { components } from './api-types.ts'
import type { ChangeWords } from './describe-change.ts'
import { isSame } from './describe-change.ts'
import { type Resource, useNames } from './resource.ts'
import { campaigns, domains, flows, landers, networks, offers, sources } from './resources.ts'
import { advertisers } from './resources-network.ts'
import { useMe } from './session.ts'

export type ChangeEntry = components['schemas']['AuditEntry']
export type Subject = keyof typeof KINDS
type Change = ChangeEntry['changes'][string]
type Values = Readonly<Record<string, unknown>>

const PAGE_SIZE = 50

/** How things are read and changed whose changes can be undone, by the log's word for them. */
const KINDS = {
  campaign: asKind(campaigns),
  flow: asKind(flows),
  offer: asKind(offers),
  lander: asKind(landers),
  'traffic source': asKind(sources),
  'affiliate network': asKind(networks),
  domain: asKind(domains),
}

function asKind<Item extends object, Body>(resource: Resource<Item, Body>) {
  return {
    name: resource.name,
    get: async (id: string): Promise<Values> => Object.fromEntries(Object.entries(await resource.get(id))),
    // The log holds what the API itself has shown of these fields, which is what it takes.
    write: (id: string, values: Values) => resource.update(id, values as Body),
  }
}

/** Deeds on one thing, newest first. */
export function useChanges(subjectType: Subject, subjectId: string) {
  return useInfiniteQuery({
    queryKey: ['audit-log', subjectType, subjectId],
    queryFn: ({ pageParam }) => {
      const cursor = pageParam === '' ? {} : { cursor: pageParam }
      const query = { subjectType, subjectId, limit: PAGE_SIZE, ...cursor }
      return answerOf(api.GET('/api/v1/audit-log', { params: { query } }))
    },
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    // Somebody else may have changed it meanwhile.
    staleTime: 0,
  })
}

/** What undoing writes back: a change with a secret in it is not kept in full. */
export function undoable({ changes }: ChangeEntry): readonly (readonly [field: string, change: Change])[] {
  return Object.entries(changes).filter(([, { isMasked }]) => isMasked !== true)
}

/** What the change left that is different by now: undoing it would write over that. */
export type Conflict = { readonly field: string; readonly now: unknown }
type Undone = { readonly conflicts: readonly Conflict[] }

/**
 * Writes back what was there before a change. Where a later change touched the same fields nothing is written unless
 * `isForced`; the conflicts are the answer then.
 */
export function useUndoChange(subjectType: Subject, subjectId: string, onDone: () => void) {
  const queries = useQueryClient()
  const kind = KINDS[subjectType]
  return useMutation({
    mutationFn: async ({ entry, isForced }: { entry: ChangeEntry; isForced: boolean }): Promise<Undone> => {
      const changes = undoable(entry)
      const now = await kind.get(subjectId)
      const conflicts = changes
        .filter(([field, { after }]) => !isSame(now[field], after))
        .map(([field]) => ({ field, now: now[field] }))
      if (conflicts.length > 0 && !isForced) return { conflicts }
      await kind.write(subjectId, Object.fromEntries(changes.map(([field, { before }]) => [field, before])))
      return { conflicts: [] }
    },
    onSuccess: async ({ conflicts }) => {
      if (conflicts.length > 0) return
      onDone()
      await queries.invalidateQueries({ queryKey: [kind.name], exact: true })
      await queries.invalidateQueries({ queryKey: ['audit-log', subjectType, subjectId] })
      // The form begins anew with what is there now.
      await queries.resetQueries({ queryKey: [kind.name, subjectId] })
    },
  })
}

/** Names of everything that a change of these things may point at. */
export function useChangeWords(subjectType: Subject, subjectId: string): ChangeWords {
  const { workspace } = useMe()
  // What the form has loaded; amounts are in the thing's own currency, where it has one.
  const item = useQueryClient().getQueryData<object>([KINDS[subjectType].name, subjectId]) ?? {}
  const currency =
    'currency' in item && typeof item.currency === 'string' ? item.currency : workspace.currency
  const names: Readonly<Record<string, (id: string) => string>> = {
    trafficSourceId: useNames(sources),
    flowId: useNames(flows),
    domainId: useNames(domains),
    affiliateNetworkId: useNames(networks),
    advertiserId: useNames(advertisers),
    campaignId: useNames(campaigns),
    defaultCampaignId: useNames(campaigns),
    fallbackOfferId: useNames(offers),
    offers: useNames(offers),
    landers: useNames(landers),
  }
  return { currency, nameOf: (field, id) => names[field]?.(id) ?? id }
}
