import type { CustomPayouts } from '../domain/affiliate.ts'
import type { RenderedPixel } from '../domain/hit.ts'
import type { MacroVisit } from '../domain/macro-values.ts'
import { buildMacroValues, type NotifiedConversion } from '../domain/notification.ts'
import { agreeOn, earnMicros } from '../domain/offer-price.ts'
import { toPerson } from '../domain/person.ts'
import { pixelMarkup } from '../domain/pixel-markup.ts'
import type { SystemCall } from '../domain/target-systems/target-system.ts'
import type { NotificationTarget } from '../domain/target-types.ts'
import type { Affiliate } from '../store/affiliates.ts'
import type { Configuration } from '../store/load-configuration.ts'
import type { Offer } from '../store/offers.ts'
import { exchange } from './exchange.ts'
import { renderSystem } from './render-system.ts'
import { allOwnHosts, leadsBack, type RenderedTarget, renderTarget } from './render-target.ts'

/** A target filled with a conversion that never happened. */
export type TestRendering =
  | {
      readonly kind: 'call'
      readonly call: SystemCall
    }
  /** @property markup the element that a visitor's browser would be given. */
  | { readonly kind: 'pixel'; readonly pixel: RenderedPixel; readonly markup: string }
  | { readonly kind: 'problem'; readonly reason: string }

export type TestSubject = {
  /** Whose target it is; undefined on the tracker's side. */
  readonly affiliate: Affiliate | undefined
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
const SAMPLE_USER_AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
/** As the advertising systems append them to a link. */
const SAMPLE_CLICK_IDS = Object.fromEntries(
  ['fbclid', 'gclid', 'ttclid', 'msclkid', 'ScCid', 'epik'].map((name) => [name, `${MARK}-${name}`]),
)
/** test@example.com and +1 555 010 0100: for documentation alone (RFC 2606, and the North American numbering plan). */
const SAMPLE_PERSON = toPerson({ email: `${MARK}@example.com`, phone: '+15550100100' })

/** What the Test button sends: an approved conversion, marked as a test in every value that identifies one. */
export function renderTestTarget(
  target: NotificationTarget,
  configuration: Configuration,
  subject: TestSubject,
): TestRendering {
  const rendered = render(target, configuration, subject)
  if (rendered.problem !== '') return { kind: 'problem', reason: rendered.problem }
  if (leadsBack(rendered, allOwnHosts(subject.ownHosts, configuration))) {
    return { kind: 'problem', reason: 'loop' }
  }
  const { pixel, method, url, body, contentType } = rendered
  if (pixel !== undefined) return { kind: 'pixel', pixel, markup: pixelMarkup(pixel) }
  return { kind: 'call', call: { method, url, body, contentType } }
}

function render(
  target: NotificationTarget,
  configuration: Configuration,
  subject: TestSubject,
): RenderedTarget {
  const conversion = sampleConversion(target, configuration, subject)
  const visit = sampleVisit(subject)
  const { offer, now } = subject
  const names = { offer: offer?.name ?? '' }
  const macros = buildMacroValues({ conversion, visit, names, at: now, random: '123456789' })
  if (target.system === '') return renderTarget(target, macros)
  return renderSystem(target, {
    conversion,
    statusBefore: undefined,
    recordedAt: now,
    at: now,
    visit: { ...visit, user_agent: SAMPLE_USER_AGENT, params: SAMPLE_CLICK_IDS },
    source: undefined,
    person: SAMPLE_PERSON,
    macros,
    isTest: true,
  })
}

function sampleConversion(
  target: NotificationTarget,
  configuration: Configuration,
  subject: TestSubject,
): NotifiedConversion {
  const { offer, affiliate } = subject
  const currency = configuration.workspaces.get(target.workspace)?.currency ?? ''
  const event = target.events[0] ?? offer?.defaultEvent ?? 'conversion'
  const sample = {
    id: `${MARK}-conversion`,
    event,
    txid: MARK,
    status: target.statuses[0] ?? 'approved',
    currency,
  }
  if (affiliate === undefined) return { ...sample, revenueMicros: SAMPLE_PAYOUT_MICROS }
  const payoutMicros = samplePayout(configuration, { ...subject, affiliate, event, currency })
  return { ...sample, revenueMicros: 0, payoutMicros }
}

function sampleVisit({ affiliate, offer, now }: TestSubject): MacroVisit {
  const subs = Object.fromEntries(
    Array.from({ length: 10 }, (_, n) => [`sub${n + 1}`, `${MARK}-sub${n + 1}`]),
  )
  return {
    at: now,
    click_id: `${MARK}-click-id`,
    external_id: `${MARK}-aff-click-id`,
    affiliate_id: affiliate?.id ?? '',
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
  of: TestSubject & {
    readonly affiliate: Affiliate
    readonly event: string
    readonly currency: string
  },
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
