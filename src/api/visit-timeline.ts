import { netRows } from '../domain/correction-rows.ts'
import { type LedgerRow, ON_PAGE } from '../domain/ledger-row.ts'
import { SUB_NAMES } from '../domain/visit-change.ts'
import type { StoredConversion, Transition } from '../store/conversions.ts'
import type { Delivery, DeliveryAttempt } from '../store/deliveries.ts'
import type { JudgedHit } from '../store/hits.ts'
import type { NamedTable, ThingNames } from '../store/thing-names.ts'
import type { VisitUpdate } from '../store/visit-updates.ts'
import type { AccountRole } from './access-table.ts'
import { whatCameBack } from './attempt-words.ts'
import { toTransitionView } from './conversion-view.ts'
import { correctionEntries, updatedValues } from './correction-entries.ts'
import { toAttemptView } from './delivery-view.ts'
import { toTime } from './fields.ts'
import { toHitView } from './hits.ts'
import { whyNotSent } from './portal-delivery-words.ts'
import { TIMELINE_ORDER, type TimelineEntry } from './timeline-view.ts'

/** What is known of one click id. */
export type VisitStory = {
  /** Every row of the ledger, those of corrections too. */
  readonly rows: readonly LedgerRow[]
  readonly hits: readonly JudgedHit[]
  readonly conversions: readonly {
    readonly conversion: StoredConversion
    readonly history: readonly Transition[]
  }[]
  readonly deliveries: readonly {
    readonly delivery: Delivery
    readonly attempts: readonly DeliveryAttempt[]
  }[]
  readonly updates: readonly VisitUpdate[]
}

/** What its ids stand for. */
export type StoryNames = {
  readonly things: ThingNames
  readonly path: ReadonlyMap<string, string>
  readonly rule: ReadonlyMap<string, string>
  /** URL of the link that the visit came by; '' when there is none. */
  readonly linkUrl: string
}

/** What happened to one click id, from its request to the last attempt to tell somebody, oldest first. */
export function buildTimeline(story: VisitStory, names: StoryNames, role: AccountRole): TimelineEntry[] {
  const rows = netRows(story.rows)
  const entries: TimelineEntry[] = [
    ...rows.flatMap((row) => rowEntries(row, names)),
    ...story.hits.map((hit): TimelineEntry => {
      return { type: 'hit', at: toTime(hit.receivedAt), hit: toHitView(hit) }
    }),
    ...story.conversions.flatMap((one) => conversionEntries(one, role)),
    ...story.deliveries.flatMap(deliveryEntries),
    ...story.updates.map(({ id, at, change }): TimelineEntry => {
      return { type: 'update', at: toTime(at), id, values: updatedValues(change) }
    }),
    ...correctionEntries(story.rows),
  ]
  return entries.sort(inOrder)
}

/** The times are of one form, so that they sort as text. */
function inOrder(a: TimelineEntry, b: TimelineEntry): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1
  return TIMELINE_ORDER.indexOf(a.type) - TIMELINE_ORDER.indexOf(b.type)
}

/** Impressions have no click id; conversions and events are told by their own history. */
function rowEntries(row: LedgerRow, names: StoryNames): readonly TimelineEntry[] {
  if (row.kind === 'visit') return visitEntries(row, names)
  if (row.kind === 'click') return [clickEntry(row, names)]
  if (row.kind !== 'lander_view') return []
  return [{ type: 'lander_view', at: toTime(row.at), lander: thing(names, 'landers', row.lander_id) }]
}

function visitEntries(row: LedgerRow, names: StoryNames): readonly TimelineEntry[] {
  const at = toTime(row.at)
  const { route_reason: reason = '', location = '' } = row
  const isOnPage = reason.endsWith(ON_PAGE)
  const subs = SUB_NAMES.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]]]))
  const request: TimelineEntry = {
    type: 'request',
    at,
    link: isOnPage ? 'page' : (row.affiliate_id ?? '') === '' ? 'campaign' : 'affiliate',
    url: isOnPage ? '' : names.linkUrl,
    campaign: thing(names, 'campaigns', row.campaign_id),
    trafficSource: thing(names, 'traffic_sources', row.traffic_source_id),
    affiliate: thing(names, 'affiliates', row.affiliate_id),
    referrer: row.referrer ?? '',
    ip: row.ip ?? '',
    userAgent: row.user_agent ?? '',
    externalId: row.external_id ?? '',
    tokens: { ...row.tokens, ...Object.fromEntries(subs) },
    params: { ...row.params },
    bot: row.bot ?? '',
  }
  const routing: TimelineEntry = {
    type: 'routing',
    at,
    rule: named(names.rule, row.rule_id),
    reason,
    path: named(names.path, row.path_id),
    lander: thing(names, 'landers', row.lander_id),
    offer: thing(names, 'offers', row.offer_id),
    affiliateNetwork: thing(names, 'affiliate_networks', row.affiliate_network_id),
    advertiser: thing(names, 'advertisers', row.advertiser_id),
  }
  return [request, routing, ...(location === '' ? [] : [{ type: 'redirect' as const, at, url: location }])]
}

function clickEntry(row: LedgerRow, names: StoryNames): TimelineEntry {
  return {
    type: 'click',
    at: toTime(row.at),
    offer: thing(names, 'offers', row.offer_id),
    affiliateNetwork: thing(names, 'affiliate_networks', row.affiliate_network_id),
    url: row.location ?? '',
  }
}

function conversionEntries(
  { conversion, history }: VisitStory['conversions'][number],
  role: AccountRole,
): readonly TimelineEntry[] {
  const { id, event, txid } = conversion
  return history.map((transition) => ({
    type: 'conversion',
    at: toTime(transition.at),
    conversionId: id,
    event,
    txid,
    status: transition.toStatus,
    transition: toTransitionView(transition, role),
  }))
}

function deliveryEntries({ delivery, attempts }: VisitStory['deliveries'][number]): readonly TimelineEntry[] {
  const { id, conversionId, transition, targetId, method, url, state, reason } = delivery
  const queued: TimelineEntry = {
    type: 'delivery',
    at: toTime(delivery.createdAt),
    deliveryId: id,
    conversionId,
    transition,
    targetId,
    method,
    url,
    state,
    why: whyNotSent(reason),
    timing: timingOf(delivery, attempts),
  }
  const sent = attempts.map((attempt): TimelineEntry => {
    const at = toTime(attempt.startedAt)
    const explanation = whatCameBack(attempt)
    return { type: 'attempt', at, deliveryId: id, explanation, attempt: toAttemptView(attempt) }
  })
  return [queued, ...sent]
}

/** One that waits for its next attempt is due for that, and was not sent since. */
function timingOf(delivery: Delivery, attempts: readonly DeliveryAttempt[]) {
  const latest = delivery.state === 'pending' ? undefined : attempts.at(-1)
  const answered = latest?.responseStatus === null ? undefined : latest
  return {
    queuedToDueMs: Math.max(0, delivery.dueAt - delivery.createdAt),
    dueToSentMs: latest === undefined ? null : Math.max(0, latest.startedAt - delivery.dueAt),
    sentToAnsweredMs: answered?.durationMs ?? null,
  }
}

function thing({ things }: StoryNames, table: NamedTable, id: string | undefined) {
  return named(things[table], id)
}

function named(names: ReadonlyMap<string, string> | undefined, id = '') {
  return id === '' ? null : { id, name: names?.get(id) ?? '' }
}
