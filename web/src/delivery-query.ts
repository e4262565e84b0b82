import type { paths } from './api-types.ts'
import { setQuery, usePlace } from './router.tsx'
import { useMe } from './session.ts'
import { isKey, texts } from './texts.ts'
import { dayAfter, startOfDay } from './zoned-day.ts'

/** What of the deliveries is shown; the address keeps it under the same names. '' where it does not matter. */
export type DeliveryFilter = {
  readonly state: string
  readonly targetId: string
  readonly clickId: string
  readonly conversionId: string
  readonly reason: string
  readonly text: string
  /** Days of the workspace; both are meant as a whole. */
  readonly from: string
  readonly to: string
}

const NAMES = ['state', 'targetId', 'clickId', 'conversionId', 'reason', 'text', 'from', 'to'] as const
type ReplayBody = paths['/api/v1/deliveries/replay']['post']['requestBody']['content']['application/json']
type ReplayFilter = ReplayBody['filter']
const REPLAYABLE = { dead: 0, cancelled: 0, delivered: 0 } as const
const DAY = /^\d{4}-\d\d-\d\d$/

export function useDeliveryFilter(): DeliveryFilter {
  const { query } = usePlace()
  const get = (name: (typeof NAMES)[number]) => query.get(name) ?? ''
  const state = get('state')
  return {
    state: isKey(texts.delivery, state) ? state : '',
    targetId: get('targetId'),
    clickId: get('clickId'),
    conversionId: get('conversionId'),
    reason: get('reason'),
    text: get('text'),
    from: dayOrNone(get('from')),
    to: dayOrNone(get('to')),
  }
}

export function setDeliveryFilter(changes: Partial<DeliveryFilter>): void {
  setQuery({ ...changes })
}

export function clearDeliveryFilter(): void {
  setQuery(Object.fromEntries(NAMES.map((name) => [name, undefined])))
}

export function isFiltered(filter: DeliveryFilter): boolean {
  return NAMES.some((name) => filter[name] !== '')
}

/** The API's form of the filter without its state, which each route takes in its own way. */
export function useApiFilter(filter: DeliveryFilter): Omit<ReplayFilter, 'state'> {
  const { timeZone } = useMe().workspace
  const { targetId, clickId, conversionId, reason, text, from, to } = filter
  return {
    ...given({ targetId, clickId: clickId.trim(), conversionId, reason: reason.trim(), text: text.trim() }),
    ...(from === '' ? {} : { createdFrom: startOfDay(from, timeZone).toISOString() }),
    ...(to === '' ? {} : { createdTo: startOfDay(dayAfter(to), timeZone).toISOString() }),
  }
}

/** Which states are sent again: the chosen one, where it can be; else those given up. */
export function toReplayStates(state: string): Pick<ReplayFilter, 'state'> {
  return { state: isKey(REPLAYABLE, state) ? state : 'dead' }
}

/** Whether what is shown can be sent again. */
export function mayReplayState(state: string): boolean {
  return state === '' || isKey(REPLAYABLE, state)
}

/** Whether what waits can be cancelled: not everything at once, for which a pause is the better means. */
export function mayCancel(filter: DeliveryFilter): boolean {
  return filter.state === 'pending' && isFiltered({ ...filter, state: '' })
}

function given(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
}

function dayOrNone(text: string): string {
  return DAY.test(text) ? text : ''
}
