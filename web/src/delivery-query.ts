import { TARGET_SYSTEMS } from '../../src/domain/target-systems/target-system.ts'
import {
  type AddressFilter,
  clearAddressFilter,
  given,
  isAnyGiven,
  useAddressFilter,
} from './address-filter.ts'
import type { paths } from './api-types.ts'
import { useMe } from './session.ts'
import { isKey, texts } from './texts.ts'
import { targetTypes } from './texts-deliveries.ts'
import { dayAfter, startOfDay } from './zoned-day.ts'

const DAYS = ['from', 'to', 'updatedFrom', 'updatedTo', 'dueFrom', 'dueTo'] as const
const NAMES = [
  ...(['state', 'targetId', 'affiliateId', 'system', 'type', 'host', 'clickId', 'conversionId'] as const),
  ...(['event', 'status', 'responseStatus', 'error', 'attemptsMin', 'reason', 'text'] as const),
  ...DAYS,
] as const
/** What of the deliveries is shown; the address keeps it under the same names. '' where it does not matter. */
export type DeliveryFilter = AddressFilter<(typeof NAMES)[number]>

/** What the address calls plain URLs, whose system the API calls ''. */
export const PLAIN_URL = 'plain'

type ReplayBody = paths['/api/v1/deliveries/replay']['post']['requestBody']['content']['application/json']
type ReplayFilter = ReplayBody['filter']
const REPLAYABLE = { dead: 0, cancelled: 0, delivered: 0 } as const
const DAY = /^\d{4}-\d\d-\d\d$/
const COUNT = /^\d{1,3}$/

/** The filter as the address has it; what can not be meant is left out. */
export function useDeliveryFilter(): DeliveryFilter {
  const filter = useAddressFilter(NAMES)
  const { state, system, type, status, attemptsMin } = filter
  const days = DAYS.map((name) => [name, DAY.test(filter[name]) ? filter[name] : ''] as const)
  return {
    ...filter,
    ...Object.fromEntries(days),
    state: isKey(texts.delivery, state) ? state : '',
    system: isSystem(system) ? system : '',
    type: isKey(targetTypes, type) ? type : '',
    status: isKey(texts.status, status) ? status : '',
    attemptsMin: COUNT.test(attemptsMin) ? attemptsMin : '',
  }
}

export function clearDeliveryFilter(): void {
  clearAddressFilter(NAMES)
}

/** The API's form of the filter without its state, which each route takes in its own way. */
export function useApiFilter(filter: DeliveryFilter): Omit<ReplayFilter, 'state'> {
  const { timeZone } = useMe().workspace
  const { type, status, attemptsMin } = filter
  const system = TARGET_SYSTEMS.find((name) => name === filter.system)
  const { targetId, affiliateId, conversionId, clickId, host, reason, text } = filter
  const { event, responseStatus, error } = filter
  return {
    ...given({ targetId, affiliateId, conversionId, clickId, host, reason, text }),
    ...given({ event, responseStatus, error }),
    ...given(toMoments(filter, timeZone)),
    ...(filter.system === PLAIN_URL ? { system: '' } : {}),
    ...(system === undefined ? {} : { system }),
    ...(isKey(targetTypes, type) ? { type } : {}),
    ...(isKey(texts.status, status) ? { status } : {}),
    ...(attemptsMin === '' ? {} : { attemptsMin: Number(attemptsMin) }),
  }
}

/** The days as moments: the last one of each pair is meant as a whole. */
function toMoments(filter: DeliveryFilter, timeZone: string) {
  const { from, to, updatedFrom, updatedTo, dueFrom, dueTo } = filter
  const first = (day: string) => (day === '' ? '' : startOfDay(day, timeZone).toISOString())
  const behind = (day: string) => (day === '' ? '' : first(dayAfter(day)))
  return {
    createdFrom: first(from),
    createdTo: behind(to),
    updatedFrom: first(updatedFrom),
    updatedTo: behind(updatedTo),
    dueFrom: first(dueFrom),
    dueTo: behind(dueTo),
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
  return filter.state === 'pending' && isAnyGiven({ ...filter, state: '' })
}

function isSystem(name: string): boolean {
  return name === PLAIN_URL || TARGET_SYSTEMS.some((system) => system === name)
}
