import { offerStatusAt } from '../domain/offer-terms.ts'
import type { WebhookData, WebhookEvent } from '../domain/webhook-events.ts'
import { getAffiliateOffer } from './affiliate-offers.ts'
import { getAffiliate } from './affiliates.ts'
import type { AuditEntry } from './audit-log.ts'
import { getOffer } from './offers.ts'
import type { Db } from './transaction.ts'
import { enqueueWebhooks } from './webhook-events.ts'

type Announced = {
  /** Deeds, the action's part after the point, that make one. */
  readonly makes: readonly string[]
  readonly created: WebhookEvent
  readonly changed: WebhookEvent
  readonly archived: WebhookEvent
  /** The thing as it is now, as outsiders may see it; undefined when it is gone. */
  readonly load: (db: Db, entry: AuditEntry) => Promise<WebhookData | undefined>
}

/** By the action's part before the point. */
const ANNOUNCED: Readonly<Record<string, Announced>> = {
  affiliate: {
    makes: ['create', 'sign_up'],
    created: 'affiliate.created',
    changed: 'affiliate.changed',
    archived: 'affiliate.changed',
    load: loadAffiliate,
  },
  offer: {
    makes: ['create'],
    created: 'offer.created',
    changed: 'offer.changed',
    archived: 'offer.archived',
    load: loadOffer,
  },
  application: {
    makes: ['create'],
    created: 'application.created',
    changed: 'application.decided',
    archived: 'application.decided',
    load: loadApplication,
  },
}

/**
 * Tells the workspace's webhooks of a deed. Every change of an affiliate, an offer or an application writes an audit
 * entry in its own transaction, and the entry is what announces it: no route can change one and forget to say so.
 */
export async function announceDeed(db: Db, entry: AuditEntry): Promise<void> {
  const [kind = '', deed = ''] = entry.action.split('.')
  const announced = ANNOUNCED[kind]
  if (announced === undefined) return
  const data = await announced.load(db, entry)
  if (data === undefined) return
  const { workspace, at } = entry
  await enqueueWebhooks(db, { workspace, at, event: eventOf(announced, deed), data })
}

function eventOf({ makes, created, changed, archived }: Announced, deed: string): WebhookEvent {
  if (makes.includes(deed)) return created
  return deed === 'archive' ? archived : changed
}

/** Not how it is paid, nor what the network's people note about it. */
async function loadAffiliate(db: Db, { workspace, subjectId }: AuditEntry): Promise<WebhookData | undefined> {
  const affiliate = await getAffiliate(db, { workspace, id: subjectId })
  if (affiliate === undefined) return undefined
  const { id, name, status, email, managerId, referrerId, tier, tags } = affiliate
  return { id, name, status, email, managerId, referrerId, tier, tags, ...timesOf(affiliate) }
}

/** Without its URL, which may hold a secret of the advertiser. */
async function loadOffer(db: Db, { workspace, subjectId, at }: AuditEntry): Promise<WebhookData | undefined> {
  const offer = await getOffer(db, { workspace, id: subjectId })
  if (offer === undefined) return undefined
  const { id, name, advertiserId, affiliateNetworkId, currency, countries, tags, terms } = offer
  const status = offerStatusAt(offer, at)
  const visibility = terms?.visibility ?? null
  const shown = { id, name, status, visibility, advertiserId, affiliateNetworkId, currency, countries, tags }
  return { ...shown, ...timesOf(offer) }
}

/** Named by its entry as `OFFER:AFFILIATE`. */
async function loadApplication(
  db: Db,
  { workspace, subjectId }: AuditEntry,
): Promise<WebhookData | undefined> {
  const [offerId = '', affiliateId = ''] = subjectId.split(':')
  const application = await getAffiliateOffer(db, { workspace, offerId, affiliateId })
  if (application === undefined) return undefined
  const { state, message, reason, createdAt, updatedAt } = application
  return { offerId, affiliateId, state, message, reason, ...timesOf({ createdAt, updatedAt }) }
}

function timesOf(of: Pick<OwnedTimes, 'createdAt' | 'updatedAt'> & Partial<OwnedTimes>): WebhookData {
  const toText = (ms: number) => new Date(ms).toISOString()
  const { createdAt, updatedAt, archivedAt } = of
  const times = { createdAt: toText(createdAt), updatedAt: toText(updatedAt) }
  if (archivedAt === undefined) return times
  return { ...times, archivedAt: archivedAt === null ? null : toText(archivedAt) }
}

type OwnedTimes = {
  readonly createdAt: number
  readonly updatedAt: number
  readonly archivedAt: number | null
}
