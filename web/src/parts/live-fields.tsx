import { campaigns, networks } from '../resources.ts'
import { affiliates } from '../resources-network.ts'
import { useReceiverChoices } from '../resources-notifications.ts'
import { texts, toOptions } from '../texts.ts'
import { liveTexts as words } from '../texts-inspector.ts'
import type { FilterField } from './filter-bar.tsx'

type Fields = { readonly fields: readonly FilterField[]; readonly more: readonly FilterField[] }

const CAMPAIGN: FilterField = {
  kind: 'thing',
  name: 'campaignId',
  label: texts.conversions.campaign,
  any: words.anyCampaign,
  resource: campaigns,
}
const NETWORK: FilterField = {
  kind: 'thing',
  name: 'affiliateNetworkId',
  label: words.network,
  any: words.anyNetwork,
  resource: networks,
}
const AFFILIATE: FilterField = {
  kind: 'thing',
  name: 'affiliateId',
  label: words.affiliate,
  any: words.anyAffiliate,
  resource: affiliates,
}
const OUTCOME: FilterField = {
  kind: 'choice',
  name: 'outcome',
  label: texts.hits.outcome,
  any: texts.hits.anyOutcome,
  choices: toOptions(texts.outcome),
}
/** The API has one word for both: a conversion's new status, and the state of a delivery. */
const STATE: FilterField = {
  kind: 'choice',
  name: 'state',
  label: words.state,
  any: words.anyState,
  choices: toOptions({ ...texts.status, ...texts.delivery, pending: words.pending }),
}

/** By what the live stream is narrowed. */
export function useLiveFields(): Fields {
  const target: FilterField = {
    kind: 'choice',
    name: 'targetId',
    label: words.target,
    any: words.anyTarget,
    choices: useReceiverChoices(),
  }
  return { fields: [CAMPAIGN, OUTCOME, STATE], more: [NETWORK, AFFILIATE, target] }
}
