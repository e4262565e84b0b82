import { randomInt } from 'node:crypto'
import type { Insertable } from 'kysely'
import type { ConversionStatus } from '../domain/conversion-types.ts'
import type { MacroValues } from '../domain/macro-names.ts'
import { compileTemplate, renderTemplate, type Template, type TemplateTarget } from '../domain/macros.ts'
import {
  buildMacroValues,
  decideNotification,
  isLoop,
  type NotifiedConversion,
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
}

export type Notifier = {
  readonly configuration: Configuration
  /** Host names of this installation, lower case: a target there would send hits for ever. */
  readonly ownHosts: readonly string[]
  readonly now: number
}

/** {random} is nine digits. */
const RANDOM_END = 1_000_000_000

type CompiledTarget = { readonly url: Template; readonly body: Template } | { readonly problem: string }

/** Targets come from one cached configuration: compiled once per change of it. */
const compiledTargets = new WeakMap<NotificationTarget, CompiledTarget>()

/** One delivery for every target of the visit's source and campaign, also for those not to be sent, with why. */
export function buildDeliveries(notice: Notice, notifier: Notifier): readonly DeliveryRow[] {
  const { conversion } = notice
  const targets = [...notifier.configuration.targets.values()].filter((target) =>
    concerns(target, conversion),
  )
  if (targets.length === 0) return []
  const values = macroValuesOf(notice, notifier.configuration)
  return targets.map((target) => buildDelivery({ target, notice, notifier, values }))
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
}

function buildDelivery({ target, notice, notifier, values }: Building): DeliveryRow {
  const { conversion } = notice
  const rendered = render(target, values)
  const fate = decideFate({ target, notice, notifier, values }, rendered)
  return {
    id: newRecordId(notifier.now),
    workspace: conversion.workspace,
    conversion_id: conversion.id,
    transition: conversion.transitions,
    target_id: target.id,
    click_id: conversion.clickId,
    type: target.type,
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
}

type Rendered = { readonly url: string; readonly body: string; readonly problem: string }

function decideFate(
  { target, notice, notifier }: Building,
  rendered: Rendered,
): { readonly state: DeliveryState; readonly reason: string; readonly delayMs: number } {
  const decision = decideNotification({
    target,
    conversion: toNotified(notice.conversion),
    statusBefore: notice.statusBefore,
    isFirst: notice.isFirst,
    ownHosts: notifier.ownHosts,
  })
  if (decision.kind === 'skip') return { state: 'skipped', reason: decision.reason, delayMs: 0 }
  if (rendered.problem !== '') return { state: 'skipped', reason: rendered.problem, delayMs: 0 }
  // A host made of macros is known only now.
  if (isLoop(rendered.url, notifier.ownHosts)) return { state: 'skipped', reason: 'loop', delayMs: 0 }
  return { state: 'pending', reason: '', delayMs: decision.delayMs }
}

function render(target: NotificationTarget, values: MacroValues): Rendered {
  const compiled = compileTarget(target)
  if ('problem' in compiled) return { url: target.url, body: '', problem: compiled.problem }
  const body = target.method === 'POST' ? renderTemplate(compiled.body, values) : ''
  return { url: renderTemplate(compiled.url, values), body, problem: '' }
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
