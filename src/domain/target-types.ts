import type { ConversionStatus } from './conversion-types.ts'
import type { TargetSystem } from './target-systems/target-system.ts'

/** A URL that somebody wants called on conversions (PROTOCOL section 3). */
export type NotificationTarget = {
  readonly id: string
  readonly workspace: string
  readonly ownerType: OwnerType
  /** '' for the workspace. */
  readonly ownerId: string
  /** An affiliate's: the offer that it is for; '' for all of them (a global postback). */
  readonly offerId: string
  /** A postback is sent by our server; the others are shown in the visitor's browser by our pixel's answer. */
  readonly type: TargetType
  readonly method: 'GET' | 'POST'
  /** With macros. */
  readonly url: string
  /** POST only; with macros; '' for no body. */
  readonly bodyTemplate: string
  readonly contentType: string
  /** Whose own API is called, by its rules; '' for a plain URL. With one, `url` is '' or the base of its address. */
  readonly system: TargetSystem | ''
  /** What the system needs to know, by the names that it gives them, e.g. pixelId; nothing secret. */
  readonly settings: Readonly<Record<string, string>>
  /** TargetSecrets, sealed; '' for none. */
  readonly sealedSecrets: string
  /** Empty: every event. */
  readonly events: readonly string[]
  /** Empty: pending and approved; an affiliate's: every status if its text names the status, else approved. */
  readonly statuses: readonly ConversionStatus[]
  readonly onlyFirst: boolean
  readonly onlyWithPayout: boolean
  readonly delaySeconds: number
  /** Share of conversions that it hears of, 1 to 100; the same conversion is always in or always out. */
  readonly percent: number
  /** Calls that its receiver takes in a minute, and at once; 0 for no limit of its own. */
  readonly maxPerMinute: number
  readonly maxConcurrent: number
  /** A call that has not arrived so long after its conversion is given up; 0 for never. */
  readonly expireHours: number
  readonly status: TargetStatus
  /** Raw HTML or script of an affiliate's pixel, in place of a URL; with macros; shown in a sandbox. '' for none. */
  readonly code: string
  /** Nothing of an affiliate's is sent or shown until a person, or a setting, approved exactly this text. */
  readonly moderation: Moderation
  /** Why it was rejected. */
  readonly moderationReason: string
}

/**
 * active     calls are made and sent
 * paused     calls are made, and wait
 * disabled   none is made any more; those that wait stay where they are
 */
export const TARGET_STATUSES = ['active', 'paused', 'disabled'] as const
export type TargetStatus = (typeof TARGET_STATUSES)[number]

/** A workspace's targets are webhooks: told of events in JSON, not of conversions by macros. `alerts`: of alerts. */
export const OWNER_TYPES = ['traffic_source', 'campaign', 'affiliate', 'workspace', 'alerts'] as const
export type OwnerType = (typeof OWNER_TYPES)[number]

export const MODERATIONS = ['pending', 'approved', 'rejected'] as const
export type Moderation = (typeof MODERATIONS)[number]

export const TARGET_TYPES = ['postback', 'image', 'iframe', 'script'] as const
export type TargetType = (typeof TARGET_TYPES)[number]

export const DELIVERY_STATES = ['pending', 'delivered', 'dead', 'cancelled', 'skipped', 'rendered'] as const
/**
 * pending ──▶ delivered
 *    │  ╲───▶ dead        (attempts used up, or refused for good)
 *    ╰──────▶ cancelled
 * skipped: written once, never sent; its reason says why.
 * rendered: written once, a pixel that was handed to the visitor's browser.
 */
export type DeliveryState = (typeof DELIVERY_STATES)[number]
