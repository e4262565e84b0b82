import { type Listed, useItems } from '../resource.ts'
import { campaigns, networks, offers } from '../resources.ts'
import { texts, toOptions } from '../texts.ts'
import { conversionTexts as words } from '../texts-conversions.ts'
import type { FilterField } from './filter-bar.tsx'

type Fields = { readonly fields: readonly FilterField[]; readonly more: readonly FilterField[] }

const STATUS: FilterField = {
  kind: 'choice',
  name: 'status',
  label: texts.conversions.status,
  any: texts.conversions.anyStatus,
  choices: toOptions(texts.status),
}
const ANY_ID: FilterField = { kind: 'text', name: 'anyId', label: words.anyId }
const MORE: readonly FilterField[] = [
  { kind: 'text', name: 'event', label: texts.conversions.event },
  { kind: 'day', name: 'from', label: words.from },
  { kind: 'day', name: 'to', label: words.to },
]

/** By what the staff filters conversions. */
export function useConversionFields(): Fields {
  const named = {
    campaigns: useChoices(campaigns),
    offers: useChoices(offers),
    networks: useChoices(networks),
  }
  const choice = (name: string, label: string, choices: (typeof named)[keyof typeof named]): FilterField => ({
    kind: 'choice',
    name,
    label,
    any: words.any,
    choices,
  })
  return {
    fields: [STATUS, choice('campaignId', texts.conversions.campaign, named.campaigns), ANY_ID],
    more: [
      choice('offerId', texts.conversions.offer, named.offers),
      choice('affiliateNetworkId', words.network, named.networks),
      ...MORE,
    ],
  }
}

function useChoices(resource: Listed<{ readonly id: string; readonly name: string }>) {
  return (useItems(resource).data ?? []).map(({ id, name }) => ({ value: id, label: name }))
}
