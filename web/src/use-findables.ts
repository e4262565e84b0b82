import type { Findable } from './commands.ts'
import { portalOffers } from './portal/portal-data.ts'
import { type Listed, useItems } from './resource.ts'
import { campaigns, landers, networks, offers, sources } from './resources.ts'
import { advertisers, affiliates } from './resources-network.ts'
import { useMe } from './session.ts'
import { shellTexts } from './texts-shell.ts'

const words = shellTexts.palette

/** What the palette finds by name, as far as the person may read it. Lists that were shown already are at hand. */
export function useFindables({ isOpen }: { readonly isOpen: boolean }): readonly Findable[] {
  const { role } = useMe().workspace
  const isStaff = isOpen && role !== 'affiliate' && role !== 'affiliate_manager'
  const ofAffiliates = isOpen && role !== 'affiliate'
  const ofPortal = isOpen && role === 'affiliate'
  return [
    { path: 'campaigns', group: words.campaigns, icon: 'campaign', items: useNamed(campaigns, isStaff) },
    { path: 'offers', group: words.offers, icon: 'offer', items: useNamed(offers, isStaff) },
    { path: 'traffic-sources', group: words.sources, icon: 'source', items: useNamed(sources, isStaff) },
    {
      path: 'affiliate-networks',
      group: words.networks,
      icon: 'network',
      items: useNamed(networks, isStaff),
    },
    { path: 'landers', group: words.landers, icon: 'lander', items: useNamed(landers, isStaff) },
    {
      path: 'affiliates',
      group: words.affiliates,
      icon: 'affiliate',
      items: useNamed(affiliates, ofAffiliates),
    },
    {
      path: 'advertisers',
      group: words.advertisers,
      icon: 'advertiser',
      items: useNamed(advertisers, isStaff),
    },
    { path: 'portal/offers', group: words.offers, icon: 'offer', items: useNamed(portalOffers, ofPortal) },
  ]
}

function useNamed<Item extends { readonly id: string; readonly name: string }>(
  resource: Listed<Item>,
  enabled: boolean,
): readonly Item[] {
  const items = useItems(resource, { enabled }).data
  return enabled && items !== undefined ? items : []
}
