import { type Listed, useItems } from '../resource.ts'
import { campaigns, networks, offers, sources } from '../resources.ts'
import { advertisers, affiliates } from '../resources-network.ts'
import { texts, toOptions } from '../texts.ts'
import { conversionTexts as words } from '../texts-conversions.ts'
import type { FilterField } from './filter-bar.tsx'

type Named = { readonly id: string; readonly name: string }
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
  const hasAffiliates = (useItems(affiliates).data ?? []).length > 0
  const hasAdvertisers = (useItems(advertisers).data ?? []).length > 0
  return {
    fields: [STATUS, thing('campaignId', texts.conversions.campaign, campaigns), ANY_ID],
    more: [
      thing('offerId', texts.conversions.offer, offers),
      thing('trafficSourceId', words.source, sources),
      thing('affiliateNetworkId', words.network, networks),
      // Who has no affiliates runs no network.
      ...(hasAffiliates ? [thing('affiliateId', words.affiliate, affiliates)] : []),
      ...(hasAdvertisers ? [thing('advertiserId', words.advertiser, advertisers)] : []),
      ...MORE,
    ],
  }
}

function thing(name: string, label: string, resource: Listed<Named>): FilterField {
  return { kind: 'thing', name, label, any: words.any, resource }
}
