import { randomInt } from 'node:crypto'
import type { Insertable } from 'kysely'
import type { ConversionStatus } from '../domain/conversion-types.ts'
import type { RenderedPixel } from '../domain/hit.ts'
import type { MacroValues } from '../domain/macro-names.ts'
import { compileTemplate, renderTemplate, type Template, type TemplateTarget } from '../domain/macros.ts'
import {
  type BrowserPixel,
  buildMacroValues,
  decideNotification,
  isLoop,
  type NotifiedConversion,
  type SkipReason,
} from '../domain/notification.ts'
import type { DeliveryState, NotificationTarget } from '../domain/target-types.ts'
import type { StoredConversion } from '../store/conversions.ts'
import { newRecordId } from '../store/ids.ts'
import type { Configuration } from '../store/load-configuration.ts'
import type { Database } from '../store/schema.ts'

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
}

/** {random} is nine digits. */
const RANDOM_END = 1_000_000_000

type CompiledTarget = { readonly url: Template; readonly body: Template } | { readonly problem: string }

/** Targets come from one cached configuration: compiled once per change of it. */
const compiledTargets = new WeakMap<NotificationTarget, CompiledTarget>()

/** Whom the targets of the visit's source and campaign are told of, and what the browser is shown. */
export function buildDeliveries(notice: Notice, notifier: Notifier): Told {
  const { conversion } = notice
  const targets = [...notifier.configuration.targets.values()].filter((target) =>
    concerns(target, conversion),
  )
  if (targets.length === 0) return { deliveries: [], pixels: [] }
  const values = macroValuesOf(notice, notifier.configuration)
  const ownHosts = [...notifier.ownHosts, ...domainsOf(notifier.configuration)]
  const deliveries: DeliveryRow[] = []
  const pixels: RenderedPixel[] = []
  for (const target of targets) {
    const building = { target, notice, notifier, values, ownHosts, hasPixel: pixels.length > 0 }
    const { row, pixel } = buildDelivery(building)
    deliveries.push(row)
    if (pixel !== undefined) pixels.push(pixel)
  }
  return { deliveries, pixels }
}

function domainsOf({ domains }: Configuration): readonly string[] {
  return [...domains.values()].map((domain) => domain.name)
}

function concerns(target: NotificationTarget, conversion: StoredConversion): boolean {
  if (target.workspace !== conversion.workspace || target.ownerId === '') return false
  if (target.ownerType === 'campaign') return target.ownerId === conversion.campaignId
  return target.ownerId === conversion.trafficSourceId
}

type Building = {
  readonly target: NotificationTarget
  readonly notice: Notice
  readonly notifier: Notifier
  readonly values: MacroValues
  readonly ownHosts: readonly string[]
  /** Whether the answer shows a pixel already. */
  readonly hasPixel: boolean
}

function buildDelivery(building: Building): { row: DeliveryRow; pixel: RenderedPixel | undefined } {
  const { target, notice, notifier, values } = building
  const { conversion } = notice
  const rendered = render(target, values)
  const fate = decideFate(building, rendered)
  const { type } = target
  const row: DeliveryRow = {
    id: newRecordId(notifier.now),
    workspace: conversion.workspace,
    conversion_id: conversion.id,
    transition: conversion.transitions,
    target_id: target.id,
    click_id: conversion.clickId,
    type,
    method: target.method,
    url: rendered.url,
    body: rendered.body,
    content_type: target.contentType,
    secret: target.secret,
    state: fate.state,
    reason: fate.reason,
    due_at: notifier.now + fate.delayMs,
    lease_owner: null,
    lease_until: null,
    attempts: 0,
    attempts_before: 0,
    created_at: notifier.now,
    updated_at: notifier.now,
  }
  const isShown = fate.state === 'rendered' && type !== 'postback'
  return { row, pixel: isShown ? { type, url: rendered.url } : undefined }
}

type Rendered = { readonly url: string; readonly body: string; readonly problem: string }
type Fate = { readonly state: DeliveryState; readonly reason: string; readonly delayMs: number }

function decideFate({ target, notice, ownHosts, hasPixel }: Building, rendered: Rendered): Fate {
  const { statusBefore, isFirst, browser, silent } = notice
  const conversion = toNotified(notice.conversion)
  const decision = decideNotification({
    target,
    conversion,
    statusBefore,
    isFirst,
    ownHosts,
    browser,
    silent,
  })
  if (decision.kind === 'skip') return skipped(decision.reason)
  if (rendered.problem !== '') return skipped(rendered.problem)
  // A host made of macros is known only now.
  if (isLoop(rendered.url, ownHosts)) return skipped('loop' satisfies SkipReason)
  if (decision.kind === 'send') return { state: 'pending', reason: '', delayMs: decision.delayMs }
  if (browser === 'image' && hasPixel) return skipped('one image only' satisfies SkipReason)
  return { state: 'rendered', reason: '', delayMs: 0 }
}

function skipped(reason: string): Fate {
  return { state: 'skipped', reason, delayMs: 0 }
}

function render(target: NotificationTarget, values: MacroValues): Rendered {
  const compiled = compileTarget(target)
  if ('problem' in compiled) return { url: target.url, body: '', problem: compiled.problem }
  const url = renderTemplate(compiled.url, values)
  if (target.type !== 'postback') return renderPixel(url)
  const body = target.method === 'POST' ? renderTemplate(compiled.body, values) : ''
  return { url, body, problem: '' }
}

/** As a browser would read it: ASCII without quotes or spaces, so that it fits into a header and a document. */
function renderPixel(url: string): Rendered {
  const parsed = URL.parse(url)
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    return { url, body: '', problem: 'the pixel is no web address' }
  return { url: parsed.href, body: '', problem: '' }
}

function compileTarget(target: NotificationTarget): CompiledTarget {
  const known = compiledTargets.get(target)
  if (known !== undefined) return known
  const url = compileTemplate(target.url)
  const body = compileTemplate(target.bodyTemplate, { target: bodySyntax(target.contentType) })
  const compiled: CompiledTarget =
    url.ok && body.ok
      ? { url: url.template, body: body.template }
      : {
          problem: `the target can not be rendered: ${url.ok ? '' : url.reason}${body.ok ? '' : body.reason}`,
        }
  compiledTargets.set(target, compiled)
  return compiled
}

function bodySyntax(contentType: string): TemplateTarget {
  if (contentType.includes('json')) return 'json'
  return contentType.includes('x-www-form-urlencoded') ? 'url' : 'text'
}

function macroValuesOf({ conversion, at }: Notice, configuration: Configuration): MacroValues {
  return buildMacroValues({
    conversion: toNotified(conversion),
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

function toNotified(conversion: StoredConversion): NotifiedConversion {
  const { id, event, txid, status, revenueMicros, currency, params } = conversion
  return { id, event, txid, status, revenueMicros, currency, values: params }
}
