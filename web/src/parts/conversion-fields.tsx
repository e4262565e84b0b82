import { type Listed, useItems } from '../resource.ts'
import { campaigns, networks, offers, sources } from '../resources.ts'
import { advertisers, affiliates } from '../resources-network.ts'
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
    sources: useChoices(sources),
    networks: useChoices(networks),
    affiliates: useChoices(affiliates),
    advertisers: useChoices(advertisers),
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
      choice('trafficSourceId', words.source, named.sources),
      choice('affiliateNetworkId', words.network, named.networks),
      // Who has no affiliates runs no network.
      ...(named.affiliates.length === 0 ? [] : [choice('affiliateId', words.affiliate, named.affiliates)]),
      ...(named.advertisers.length === 0
        ? []
        : [choice('advertiserId', words.advertiser, named.advertisers)]),
      ...MORE,
    ],
  }
}

function useChoices(resource: Listed<{ readonly id: string; readonly name: string }>) {
  return (useItems(resource).data ?? []).map(({ id, name }) => ({ value: id, label: name }))
}
