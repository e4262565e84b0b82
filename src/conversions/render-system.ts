import type { ConversionStatus } from '../domain/conversion-types.ts'
import type { MacroValues } from '../domain/macro-names.ts'
import type { MacroVisit } from '../domain/macro-values.ts'
import { formatMicros } from '../domain/money.ts'
import type { NotifiedConversion } from '../domain/notification.ts'
import type { Person } from '../domain/person.ts'
import { withLinkParams } from '../domain/target-systems/platform-click-id.ts'
import { rulesOf } from '../domain/target-systems/system-rules.ts'
import type { SystemConversion } from '../domain/target-systems/target-system.ts'
import type { NotificationTarget } from '../domain/target-types.ts'
import type { TrafficSource } from '../store/traffic-sources.ts'
import type { RenderedTarget } from './render-target.ts'

/** What a system is told, before it is put into the system's words. */
export type SystemNews = {
  readonly conversion: NotifiedConversion
  readonly statusBefore: ConversionStatus | undefined
  /** When it was recorded, and when this transition happened; Unix milliseconds. */
  readonly recordedAt: number
  readonly at: number
  readonly visit: MacroVisit
  readonly source: Pick<TrafficSource, 'externalIdParam' | 'tokens'> | undefined
  readonly person: Person | null
  readonly macros: MacroValues
  readonly isTest: boolean
}

/** The call of a target with a system, by the system's rules; without credentials. */
export function renderSystem(target: NotificationTarget, news: SystemNews): RenderedTarget {
  const { system, settings, url: baseUrl } = target
  const rules = system === '' ? undefined : rulesOf(system)
  if (rules === undefined) return unsent(target, `this version does not know the system "${system}"`)
  const built = rules.build(toSystemConversion(news), { settings, baseUrl })
  if (built.kind === 'skip') return unsent(target, built.reason)
  return { ...built.call, problem: '', pixel: undefined }
}

function toSystemConversion({ conversion, visit, source, ...news }: SystemNews): SystemConversion {
  const { id, event, txid, status, revenueMicros, payoutMicros, currency } = conversion
  const { recordedAt, at, statusBefore, person, macros, isTest } = news
  return {
    id,
    event,
    txid,
    status,
    statusBefore,
    amount: formatMicros(payoutMicros ?? revenueMicros),
    currency,
    recordedAt,
    at,
    visitAt: visit.visit_at ?? visit.at ?? recordedAt,
    visit: withLinkParams(visit, source),
    person,
    macros,
    isTest,
  }
}

function unsent({ method, url, contentType }: NotificationTarget, problem: string): RenderedTarget {
  return { method, url, body: '', contentType, problem, pixel: undefined }
}
