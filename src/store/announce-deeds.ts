import { formatMicros } from '../domain/money.ts'
import { offerStatusAt } from '../domain/offer-terms.ts'
import type { WebhookData, WebhookEvent } from '../domain/webhook-events.ts'
import { getAffiliateOffer } from './affiliate-offers.ts'
import { getAffiliate } from './affiliates.ts'
import type { AuditEntry } from './audit-log.ts'
import { getInvoice } from './invoices.ts'
import { getNotificationTarget } from './notification-targets.ts'
import { getOffer } from './offers.ts'
import type { Db } from './transaction.ts'
import { enqueueWebhooks, hasListeners } from './webhook-events.ts'

type Announced = {
  /** By deed, the action's part after the point. */
  readonly events: Readonly<Record<string, WebhookEvent>>
  /** Of any other deed; absent when none is announced. */
  readonly otherwise?: WebhookEvent
  /** The thing as it is now, as outsiders may see it; undefined when it is gone. */
  readonly load: (db: Db, entry: AuditEntry) => Promise<WebhookData | undefined>
}

/** By the action's part before the point. */
const ANNOUNCED: Readonly<Record<string, Announced>> = {
  affiliate: {
    events: { create: 'affiliate.created', sign_up: 'affiliate.created' },
    otherwise: 'affiliate.changed',
    load: loadAffiliate,
  },
  offer: {
    events: { create: 'offer.created', archive: 'offer.archived' },
    otherwise: 'offer.changed',
    load: loadOffer,
  },
  application: {
    events: { create: 'application.created' },
    otherwise: 'application.decided',
    load: loadApplication,
  },
  invoice: { events: { finalize: 'invoice.finalized' }, load: loadInvoice },
  notification_target: { events: { disable: 'notification_target.disabled' }, load: loadTarget },
}

/**
 * Tells the workspace's webhooks of a deed. Every change of an affiliate, an offer, an application or an invoice, and
 * the disabling of a target, writes an audit entry in its own transaction, and the entry is what announces it: no route
 * can change one and forget to say so.
 */
export async function announceDeed(db: Db, entry: AuditEntry): Promise<void> {
  const [kind = '', deed = ''] = entry.action.split('.')
  const announced = ANNOUNCED[kind]
  const event = announced?.events[deed] ?? announced?.otherwise
  if (announced === undefined || event === undefined) return
  const { workspace, at } = entry
  if (!(await hasListeners(db, workspace, event))) return
  const data = await announced.load(db, entry)
  if (data !== undefined) await enqueueWebhooks(db, { workspace, at, event, data })
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

/** Its entry names affiliate and, unless it is the subject, offer in its detail. */
async function loadApplication(db: Db, entry: AuditEntry): Promise<WebhookData | undefined> {
  const { workspace, detail, subjectId } = entry
  const { affiliateId } = detail
  const offerId = typeof detail.offerId === 'string' ? detail.offerId : subjectId
  if (typeof affiliateId !== 'string') return undefined
  const application = await getAffiliateOffer(db, { workspace, offerId, affiliateId })
  if (application === undefined) return undefined
  const { state, message, reason } = application
  return { offerId, affiliateId, state, message, reason, ...timesOf(application) }
}

async function loadInvoice(db: Db, { workspace, subjectId }: AuditEntry): Promise<WebhookData | undefined> {
  const invoice = await getInvoice(db, { workspace, id: subjectId })
  if (invoice === undefined) return undefined
  const { id, number, side, partyId, currency, state } = invoice
  const total = formatMicros(invoice.totalMicros)
  return { id, number, side, partyId, currency, state, total, ...timesOf(invoice) }
}

/** Without its URL, settings and text, which may hold secrets of its owner. */
async function loadTarget(db: Db, { workspace, subjectId }: AuditEntry): Promise<WebhookData | undefined> {
  const target = await getNotificationTarget(db, { workspace, id: subjectId })
  if (target === undefined) return undefined
  const { id, ownerType, ownerId, type, system, status, disabledReason } = target
  return { id, ownerType, ownerId, type, system, status, disabledReason, ...timesOf(target) }
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
