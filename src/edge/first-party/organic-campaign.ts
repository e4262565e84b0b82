import { campaignJson, rolesOf } from '../index-snapshot.ts'
import type { IndexedCampaign } from '../snapshot-index.ts'

const known = new WeakMap<IndexedCampaign, IndexedCampaign>()

/**
 * The campaign as visitors see it whom nobody was paid for: its flow without its traffic source, so that they cost
 * nothing, reports tell them apart, and no source is called about their conversions.
 */
export function organicCampaign(indexed: IndexedCampaign): IndexedCampaign {
  const made = known.get(indexed) ?? withoutSource(indexed)
  known.set(indexed, made)
  return made
}

function withoutSource(indexed: IndexedCampaign): IndexedCampaign {
  const campaign = { ...indexed.campaign, trafficSourceId: '' }
  return {
    ...indexed,
    campaign,
    source: undefined,
    roles: rolesOf(undefined, false),
    cost: { type: 'none' },
    rowJson: campaignJson(campaign),
  }
}
