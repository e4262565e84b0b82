import { followClick, type WantedClick } from '../click-handler.ts'
import type { EdgeContext } from '../edge-context.ts'
import type { Exchange } from '../exchange.ts'
import { hostFallback, sendFallback, sendStarting } from '../fallback.ts'
import { parseQuery, type Query } from '../query.ts'
import type { IndexedCampaign } from '../snapshot-index.ts'
import { visitCampaign } from '../visit-handler.ts'

/**
 * What a system's own parameter means: `sub1`…`sub10`, `token:NAME` (the source's token of that name),
 * `external_id` or `cost`. By the system's name in lower case.
 */
export type VisitNames = Readonly<Record<string, string>>

type LegacyLink = {
  /** The id that the campaign has in the system's links, e.g. `prosper202:1234`. */
  readonly legacyId: string
  readonly names?: VisitNames
}

/** A visit by another system's link: the campaign that keeps that link's id. Unknown ids go where unknown links go. */
export async function visitLegacyLink(
  context: EdgeContext,
  exchange: Exchange,
  link: LegacyLink,
): Promise<void> {
  const { index } = context.snapshots
  const indexed = index.campaignsByLegacyId.get(link.legacyId)
  if (index.version < 0) sendStarting(exchange)
  else if (indexed === undefined) sendFallback(context, exchange, hostFallback(index, exchange))
  else {
    const query = renameVisitParams(parseQuery(exchange.rawQuery), link.names ?? {}, indexed)
    await visitCampaign(context, exchange, indexed, { query })
  }
}

/** A click on a lander by another system's link. */
export async function followLegacyClick(
  context: EdgeContext,
  exchange: Exchange,
  wanted: WantedClick,
): Promise<void> {
  if (context.snapshots.index.version < 0) sendStarting(exchange)
  else await followClick(context, exchange, wanted)
}

/**
 * Puts the system's own parameters under the names that the campaign's traffic source reads. A parameter that the
 * source itself reads, or that nothing stands for, stays as sent.
 */
export function renameVisitParams(query: Query, names: VisitNames, indexed: IndexedCampaign): Query {
  const renamed = query.names.map((name) => {
    if (indexed.roles.has(name)) return name
    const meaning = names[name.toLowerCase()]
    return meaning === undefined ? name : (paramOf(meaning, indexed) ?? name)
  })
  return { ...query, names: renamed }
}

function paramOf(meaning: string, { source, campaign }: IndexedCampaign): string | undefined {
  if (meaning.startsWith('sub')) return meaning
  if (meaning === 'external_id') return source?.externalIdParam || undefined
  if (meaning === 'cost')
    return campaign.costModel.type === 'token' ? source?.costParam || undefined : undefined
  const token = meaning.slice('token:'.length)
  return source?.tokens.find(({ name }) => name.toLowerCase() === token)?.param
}

/** `{PREFIX}1`…`{PREFIX}10` → sub1…sub10. */
export function numberedSubs(prefix: string, count = 10): VisitNames {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`${prefix}${n + 1}`, `sub${n + 1}`]))
}
