import type { ConversionStatus } from './conversion-types.ts'

/** A URL that somebody wants called on conversions (PROTOCOL section 3). */
export type NotificationTarget = {
  readonly id: string
  readonly workspace: string
  readonly ownerType: 'traffic_source' | 'campaign'
  readonly ownerId: string
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
  /** Empty: pending and approved. */
  readonly statuses: readonly ConversionStatus[]
  readonly onlyFirst: boolean
  readonly onlyWithPayout: boolean
  readonly delaySeconds: number
  /** Share of conversions that it hears of, 1 to 100; the same conversion is always in or always out. */
  readonly percent: number
  readonly status: 'active' | 'disabled'
}

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
