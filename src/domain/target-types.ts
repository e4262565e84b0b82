import type { ConversionStatus } from './conversion-types.ts'

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
  /** Standard Webhooks secret; '' for unsigned. */
  readonly secret: string
  /** Empty: every event. */
  readonly events: readonly string[]
  /** Empty: pending and approved; an affiliate's: every status if its text names the status, else approved. */
  readonly statuses: readonly ConversionStatus[]
  readonly onlyFirst: boolean
  readonly onlyWithPayout: boolean
  readonly delaySeconds: number
  /** Share of conversions that it hears of, 1 to 100; the same conversion is always in or always out. */
  readonly percent: number
  readonly status: 'active' | 'disabled'
  /** Raw HTML or script of an affiliate's pixel, in place of a URL; with macros; shown in a sandbox. '' for none. */
  readonly code: string
  /** Nothing of an affiliate's is sent or shown until a person, or a setting, approved exactly this text. */
  readonly moderation: Moderation
  /** Why it was rejected. */
  readonly moderationReason: string
}

/** A workspace's targets are webhooks: told of events in JSON, not of conversions by macros. */
export const OWNER_TYPES = ['traffic_source', 'campaign', 'affiliate', 'workspace'] as const
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
