import type { ConversionStatus } from './conversion-types.ts'

/** A URL that somebody wants called on conversions (PROTOCOL section 3). */
export type NotificationTarget = {
  readonly id: string
  readonly workspace: string
  readonly ownerType: 'traffic_source' | 'campaign'
  readonly ownerId: string
  readonly type: 'postback'
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
  readonly status: 'active' | 'disabled'
}

export const DELIVERY_STATES = ['pending', 'delivered', 'dead', 'cancelled', 'skipped'] as const
/**
 * pending ──▶ delivered
 *    │  ╲───▶ dead        (attempts used up, or refused for good)
 *    ╰──────▶ cancelled
 * skipped: written once, never sent; its reason says why.
 */
export type DeliveryState = (typeof DELIVERY_STATES)[number]
