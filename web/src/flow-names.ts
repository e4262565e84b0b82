import type { FlowNames } from './flow-tree.ts'
import { useItems, useNames } from './resource.ts'
import { campaigns, landers, offers } from './resources.ts'

/** What the ids of a flow stand for, from the lists that are loaded anyway. */
export function useFlowNames(): FlowNames {
  const lander = useNames(landers)
  const campaign = useNames(campaigns)
  const known = useItems(offers).data ?? []
  return {
    lander,
    offer: (id) => {
      const found = known.find((offer) => offer.id === id)
      const leadsTo = found?.campaignId ?? ''
      return {
        name: found?.name ?? id,
        url: found?.url ?? '',
        campaign: leadsTo === '' ? '' : campaign(leadsTo),
      }
    },
  }
}
