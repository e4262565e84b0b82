import type { CustomPayouts } from '../domain/affiliate.ts'
import type { RenderedPixel } from '../domain/hit.ts'
import type { MacroVisit } from '../domain/macro-values.ts'
import { buildMacroValues } from '../domain/notification.ts'
import { agreeOn, earnMicros } from '../domain/offer-price.ts'
import { pixelMarkup } from '../domain/pixel-markup.ts'
import type { NotificationTarget } from '../domain/target-types.ts'
import type { Affiliate } from '../store/affiliates.ts'
import type { Configuration } from '../store/load-configuration.ts'
import type { Offer } from '../store/offers.ts'
import { exchange } from './exchange.ts'
import { allOwnHosts, leadsBack, renderTarget } from './render-target.ts'

/** A target filled with a conversion that never happened. */
export type TestRendering =
  | {
      readonly kind: 'call'
      readonly call: Pick<NotificationTarget, 'method' | 'url' | 'contentType'> & {
        readonly body: string
      }
    }
  /** @property markup the element that a visitor's browser would be given. */
  | { readonly kind: 'pixel'; readonly pixel: RenderedPixel; readonly markup: string }
  | { readonly kind: 'problem'; readonly reason: string }

export type TestSubject = {
  readonly affiliate: Affiliate
  /** Undefined to test a global postback without an offer. */
  readonly offer: Offer | undefined
  /** What the affiliate alone is paid for the offer; undefined for nothing of its own. */
  readonly payouts: CustomPayouts | undefined
  /** Host names of this installation, without its configured domains. */
  readonly ownHosts: readonly string[]
  /** Unix milliseconds. */
  readonly now: number
}

/** Of a percentage, and where nothing else says what a conversion pays. */
const SAMPLE_SALE_MICROS = 100_000_000
const SAMPLE_PAYOUT_MICROS = 1_000_000
/** Begins whatever an affiliate gave with its link, so that the receiver's log shows what was a test. */
const MARK = 'test'
/** For documentation alone (RFC 5737). */
const SAMPLE_ADDRESS = '192.0.2.1'

/** What the Test button sends: an approved conversion, marked as a test in every value that identifies one. */
export function renderTestTarget(
  target: NotificationTarget,
  configuration: Configuration,
  subject: TestSubject,
): TestRendering {
  const rendered = renderTarget(target, sampleValues(target, configuration, subject))
  if (rendered.problem !== '') return { kind: 'problem', reason: rendered.problem }
  if (leadsBack(rendered, allOwnHosts(subject.ownHosts, configuration))) {
    return { kind: 'problem', reason: 'loop' }
  }
  const { pixel, url, body } = rendered
  if (pixel !== undefined) return { kind: 'pixel', pixel, markup: pixelMarkup(pixel) }
  const { method, contentType } = target
  return { kind: 'call', call: { method, url, body, contentType } }
}

function sampleValues(target: NotificationTarget, configuration: Configuration, subject: TestSubject) {
  const { offer, now } = subject
  const currency = configuration.workspaces.get(target.workspace)?.currency ?? ''
  const event = target.events[0] ?? offer?.defaultEvent ?? 'conversion'
  return buildMacroValues({
    conversion: {
      id: `${MARK}-conversion`,
      event,
      txid: MARK,
      status: target.statuses[0] ?? 'approved',
      revenueMicros: 0,
      payoutMicros: samplePayout(configuration, { ...subject, event, currency }),
      currency,
    },
    visit: sampleVisit(subject),
    names: { offer: offer?.name ?? '' },
    at: now,
    random: '123456789',
  })
}

function sampleVisit({ affiliate, offer, now }: TestSubject): MacroVisit {
  const subs = Object.fromEntries(
    Array.from({ length: 10 }, (_, n) => [`sub${n + 1}`, `${MARK}-sub${n + 1}`]),
  )
  return {
    at: now,
    click_id: `${MARK}-click-id`,
    external_id: `${MARK}-aff-click-id`,
    affiliate_id: affiliate.id,
    advertiser_id: offer?.advertiserId ?? '',
    offer_id: offer?.id ?? '',
    country: 'US',
    ip: SAMPLE_ADDRESS,
    tokens: { source: `${MARK}-source` },
    ...subs,
  }
}

/** What one conversion of the event pays the affiliate, in the workspace's currency. */
function samplePayout(
  configuration: Configuration,
  of: TestSubject & { readonly event: string; readonly currency: string },
): number {
  const { offer, affiliate, payouts, event, currency } = of
  if (offer === undefined || offer.terms === null) return SAMPLE_PAYOUT_MICROS
  const { terms, defaultEvent } = offer
  const prices = { terms, currency: offer.currency, event, defaultEvent }
  const { payout } = agreeOn({ ...prices, tier: affiliate.tier, custom: payouts })
  const micros = earnMicros(payout, SAMPLE_SALE_MICROS) ?? 0
  const exchanged = exchange(configuration, { micros, currency: offer.currency }, currency)
  return exchanged.ok ? exchanged.micros : micros
}
