import { randomInt } from 'node:crypto'
import type { Insertable } from 'kysely'
import { earns } from '../domain/conversion.ts'
import type { ConversionStatus } from '../domain/conversion-types.ts'
import type { RenderedPixel } from '../domain/hit.ts'
import type { MacroValues } from '../domain/macro-names.ts'
import {
  type BrowserPixel,
  buildMacroValues,
  decideNotification,
  type NotifiedConversion,
  type SkipReason,
} from '../domain/notification.ts'
import { rulesOf } from '../domain/target-systems/system-rules.ts'
import type { SystemRules } from '../domain/target-systems/target-system.ts'
import type { DeliveryState, NotificationTarget, OwnerType } from '../domain/target-types.ts'
import type { StoredConversion } from '../store/conversions.ts'
import { newRecordId } from '../store/ids.ts'
import type { Configuration } from '../store/load-configuration.ts'
import type { Database } from '../store/schema.ts'
import { CONVERSION_LIMITS } from './conversion-limits.ts'
import { renderSystem } from './render-system.ts'
import { allOwnHosts, compileOnce, leadsBack, type RenderedTarget, renderTarget } from './render-target.ts'
import { targetsOf } from './targets-of.ts'
import type { ToldBefore } from './told-before.ts'

type DeliveryRow = Insertable<Database['deliveries']>

export type Notice = {
  readonly conversion: StoredConversion
  readonly statusBefore: ConversionStatus | undefined
  /** Whether it is the first conversion of its visit. */
  readonly isFirst: boolean
  /** When the transition happened, Unix milliseconds. */
  readonly at: number
  /** The pixel whose answer the visitor's browser waits for; undefined when none does. */
  readonly browser: BrowserPixel | undefined
  /** The sender wants nobody notified. */
  readonly silent: boolean
}

/** What is left for everybody who is told of a transition. */
export type Told = {
  /** One for every target, also for those not to be sent, with why. */
  readonly deliveries: readonly DeliveryRow[]
  /** What the answer to the visitor's browser shows. */
  readonly pixels: readonly RenderedPixel[]
}

export type Notifier = {
  readonly configuration: Configuration
  /**
   * Host names of this installation, lower case, without the configured domains: a target on either would send hits
   * for ever.
   */
  readonly ownHosts: readonly string[]
  readonly now: number
  /** Loaded for conversions that are known already. */
  readonly toldBefore: ToldBefore
}

const HOUR_MS = 3_600_000
const TOO_LATE = 'the system takes no news of a conversion as old as this'
/** {random} is nine digits. */
const RANDOM_END = 1_000_000_000

/** What the targets of the visit's source, campaign and affiliate are told, and what the browser is shown. */
export function buildDeliveries(notice: Notice, notifier: Notifier): Told {
  const { configuration } = notifier
  const targets = targetsOf(configuration, notice.conversion)
  if (targets.length === 0) return { deliveries: [], pixels: [] }
  const ownHosts = allOwnHosts(notifier.ownHosts, configuration)
  const valuesFor = macroValuesFor(notice, configuration)
  const deliveries: DeliveryRow[] = []
  const pixels: RenderedPixel[] = []
  for (const target of targets) {
    const rendered = render(target, notice, { configuration, macros: valuesFor(target.ownerType) })
    const fate = decideFate({ target, notice, notifier, ownHosts, rendered, shown: pixels })
    deliveries.push(toRow({ target, notice, notifier, rendered }, fate))
    if (fate.state === 'rendered' && rendered.pixel !== undefined) pixels.push(rendered.pixel)
  }
  return { deliveries, pixels }
}

type Building = {
  readonly target: NotificationTarget
  readonly notice: Notice
  readonly notifier: Notifier
  readonly rendered: RenderedTarget
  readonly ownHosts: readonly string[]
  /** Pixels that the answer shows already. */
  readonly shown: readonly RenderedPixel[]
}

type Fate = { readonly state: DeliveryState; readonly reason: string; readonly delayMs: number }

function toRow(
  { target, notice, notifier, rendered }: Omit<Building, 'ownHosts' | 'shown'>,
  fate: Fate,
): DeliveryRow {
  const { conversion } = notice
  return {
    id: newRecordId(notifier.now),
    workspace: conversion.workspace,
    conversion_id: conversion.id,
    transition: conversion.transitions,
    target_id: target.id,
    affiliate_id: target.ownerType === 'affiliate' ? target.ownerId : '',
    click_id: conversion.clickId,
    type: target.type,
    method: rendered.method,
    url: rendered.url,
    body: rendered.body,
    content_type: rendered.contentType,
    system: target.system,
    state: fate.state,
    reason: fate.reason,
    due_at: notifier.now + fate.delayMs,
    expires_at: expiresAt(target, notice, notifier.now + fate.delayMs),
    lease_owner: null,
    lease_until: null,
    attempts: 0,
    attempts_before: 0,
    created_at: notifier.now,
    updated_at: notifier.now,
  }
}

/** The target's own time runs from when the call is due, its system's from what the news is dated by. */
function expiresAt(target: NotificationTarget, notice: Notice, dueAt: number): number | null {
  const own = target.expireHours === 0 ? Infinity : dueAt + target.expireHours * HOUR_MS
  const first = Math.min(own, systemEndsAt(rulesOfTarget(target), notice))
  return first === Infinity ? null : first
}

/** When the system takes no more such news of the conversion, Unix milliseconds. */
function systemEndsAt(rules: SystemRules | undefined, { conversion, at }: Notice): number {
  if (rules === undefined || rules.expireHours === 0) return Infinity
  const isOfRejection = !earns(conversion.status) && rules.retracts?.datedBy === 'rejection'
  return (isOfRejection ? at : conversion.createdAt) + rules.expireHours * HOUR_MS
}

function rulesOfTarget({ system }: NotificationTarget): SystemRules | undefined {
  return system === '' ? undefined : rulesOf(system)
}

function decideFate(building: Building): Fate {
  const { target, notice, notifier, ownHosts, rendered, shown } = building
  const compiled = compileOnce(target)
  const rules = rulesOfTarget(target)
  const decision = decideNotification({
    ...notice,
    target,
    rules,
    conversion: toNotified(notice.conversion, target.ownerType),
    pastStatuses: notice.conversion.pastStatuses,
    toldBefore: notifier.toldBefore.tellingsOf(notice.conversion.id, target.id),
    tellsStatus: compiled.ok && compiled.templates.tellsStatus,
    allowsPixels: allowsPixels(notifier.configuration, notice.conversion),
    ownHosts,
  })
  if (decision.kind === 'skip') return skipped(decision.reason)
  if (rendered.problem !== '') return skipped(rendered.problem)
  if (leadsBack(rendered, ownHosts)) return skipped('loop' satisfies SkipReason)
  if (decision.kind === 'send') {
    if (systemEndsAt(rules, notice) <= notifier.now + decision.delayMs) return skipped(TOO_LATE)
    return { state: 'pending', reason: '', delayMs: decision.delayMs }
  }
  if (notice.browser === 'image' && shown.length > 0) return skipped('one image only' satisfies SkipReason)
  if (!hasRoom(shown, rendered.pixel)) return skipped('too many pixels' satisfies SkipReason)
  return { state: 'rendered', reason: '', delayMs: 0 }
}

function hasRoom(shown: readonly RenderedPixel[], pixel: RenderedPixel | undefined): boolean {
  const all = pixel === undefined ? shown : [...shown, pixel]
  const chars = all.reduce((sum, one) => sum + (one.type === 'html' ? one.html : one.url).length, 0)
  return all.length <= CONVERSION_LIMITS.pixelsShownMax && chars <= CONVERSION_LIMITS.pixelCharsShownMax
}

function allowsPixels({ offers }: Configuration, { offerId }: StoredConversion): boolean {
  return offers.get(offerId)?.terms?.allowsPixels ?? true
}

function skipped(reason: string): Fate {
  return { state: 'skipped', reason, delayMs: 0 }
}

/** An affiliate's macros have other values than a source's: made once for all targets of a kind. */
function macroValuesFor(notice: Notice, configuration: Configuration): (ownerType: OwnerType) => MacroValues {
  const made = new Map<boolean, MacroValues>()
  return (ownerType) => {
    const forAffiliate = ownerType === 'affiliate'
    const values = made.get(forAffiliate) ?? macroValuesOf(notice, configuration, ownerType)
    made.set(forAffiliate, values)
    return values
  }
}

function macroValuesOf(
  { conversion, at }: Notice,
  configuration: Configuration,
  ownerType: OwnerType,
): MacroValues {
  return buildMacroValues({
    conversion: toNotified(conversion, ownerType),
    visit: conversion.visit,
    names: {
      campaign: configuration.campaigns.get(conversion.campaignId)?.name ?? '',
      source: configuration.trafficSources.get(conversion.trafficSourceId)?.name ?? '',
      offer: configuration.offers.get(conversion.offerId)?.name ?? '',
      network: configuration.affiliateNetworks.get(conversion.affiliateNetworkId)?.name ?? '',
      lander: configuration.landers.get(conversion.visit.lander_id ?? '')?.name ?? '',
    },
    at,
    random: String(randomInt(RANDOM_END)).padStart(9, '0'),
  })
}

function render(
  target: NotificationTarget,
  { conversion, statusBefore, at }: Notice,
  { configuration, macros }: { readonly configuration: Configuration; readonly macros: MacroValues },
): RenderedTarget {
  if (target.system === '') return renderTarget(target, macros)
  return renderSystem(target, {
    conversion: toNotified(conversion, target.ownerType),
    statusBefore,
    recordedAt: conversion.createdAt,
    at,
    visit: conversion.visit,
    source: configuration.trafficSources.get(conversion.trafficSourceId),
    // Consent was given to the advertiser, and not to everybody who sends it visitors.
    person: target.ownerType === 'affiliate' ? null : conversion.person,
    macros,
    isTest: false,
  })
}

function toNotified(conversion: StoredConversion, ownerType: OwnerType): NotifiedConversion {
  const { id, event, txid, status, revenueMicros, payoutMicros, currency, params } = conversion
  const notified = { id, event, txid, status, revenueMicros, currency, values: params }
  return ownerType === 'affiliate' ? { ...notified, payoutMicros } : notified
}
