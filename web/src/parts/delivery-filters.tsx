import { type DeliveryFilter, PLAIN_URL } from '../delivery-query.ts'
import { useItems } from '../resource.ts'
import { affiliates } from '../resources-network.ts'
import { targetSystems, useReceiverChoices } from '../resources-notifications.ts'
import { texts, toOptions } from '../texts.ts'
import { failureNames, targetTypes, deliveryTexts as words } from '../texts-deliveries.ts'
import { FilterBar, type FilterField } from './filter-bar.tsx'

const STATE: FilterField = {
  kind: 'choice',
  name: 'state',
  label: words.state,
  any: words.anyState,
  choices: toOptions(texts.delivery),
}
const OFTEN: readonly FilterField[] = [
  { kind: 'text', name: 'clickId', label: words.clickId },
  { kind: 'text', name: 'responseStatus', label: words.responseStatus, example: '500, 5xx, 500-504' },
]
const AFFILIATE: FilterField = {
  kind: 'thing',
  name: 'affiliateId',
  label: words.affiliate,
  any: words.anyAffiliate,
  resource: affiliates,
}
const OF_TARGET: readonly FilterField[] = [
  {
    kind: 'choice',
    name: 'type',
    label: words.type,
    any: words.anyType,
    choices: toOptions(targetTypes),
  },
  { kind: 'text', name: 'host', label: words.host },
]
/** What the receiver said, and how often it was asked. */
const OF_ATTEMPTS: readonly FilterField[] = [
  {
    kind: 'choice',
    name: 'error',
    label: words.error,
    any: words.anyError,
    choices: toOptions(failureNames),
  },
  { kind: 'text', name: 'attemptsMin', label: words.attemptsMin, example: '3' },
  { kind: 'text', name: 'reason', label: words.reason },
  { kind: 'text', name: 'text', label: words.text },
]
const OF_CONVERSION: readonly FilterField[] = [
  { kind: 'text', name: 'conversionId', label: words.conversionId },
  { kind: 'text', name: 'event', label: words.event },
  {
    kind: 'choice',
    name: 'status',
    label: words.status,
    any: texts.conversions.anyStatus,
    choices: toOptions(texts.status),
  },
]
const DAYS: readonly FilterField[] = [
  { kind: 'day', name: 'from', label: words.from },
  { kind: 'day', name: 'to', label: words.to },
  { kind: 'day', name: 'updatedFrom', label: words.updatedFrom },
  { kind: 'day', name: 'updatedTo', label: words.updatedTo },
  { kind: 'day', name: 'dueFrom', label: words.dueFrom },
  { kind: 'day', name: 'dueTo', label: words.dueTo },
]

/** Which deliveries are shown: by every field that the API takes. */
export function DeliveryFilters({ filter }: { readonly filter: DeliveryFilter }) {
  const { fields, more } = useFields()
  return <FilterBar values={filter} fields={fields} more={more} />
}

function useFields(): { readonly fields: readonly FilterField[]; readonly more: readonly FilterField[] } {
  const systems = useItems(targetSystems).data ?? []
  const target: FilterField = {
    kind: 'choice',
    name: 'targetId',
    label: words.target,
    any: words.anyTarget,
    choices: useReceiverChoices(),
  }
  const system: FilterField = {
    kind: 'choice',
    name: 'system',
    label: words.system,
    any: words.anySystem,
    choices: [
      { value: PLAIN_URL, label: words.plainUrl },
      ...systems.map(({ system: value, label }) => ({ value, label })),
    ],
  }
  return {
    fields: [STATE, target, ...OFTEN],
    more: [...DAYS, AFFILIATE, system, ...OF_TARGET, ...OF_ATTEMPTS, ...OF_CONVERSION],
  }
}
