import type { LedgerRow } from '../domain/ledger-row.ts'
import { getCampaign } from '../store/campaigns.ts'
import { getDomain } from '../store/domains.ts'
import { loadThingNames } from '../store/thing-names.ts'
import type { ApiDeps } from './api-deps.ts'
import { linkOrigin } from './campaign-link.ts'
import { loadFlowNames } from './flow-names.ts'
import type { StoryNames } from './visit-timeline.ts'

/** What the ids in a visit's rows stand for, as it is configured now. */
export async function loadStoryNames(
  deps: Pick<ApiDeps, 'store' | 'publicUrl'>,
  workspace: string,
  rows: readonly LedgerRow[],
): Promise<StoryNames> {
  const { db } = deps.store
  const idsOf = (column: 'campaign_id' | 'offer_id' | 'lander_id' | 'affiliate_id' | 'advertiser_id') =>
    rows.map((row) => row[column] ?? '')
  const things = loadThingNames(db, workspace, {
    campaigns: idsOf('campaign_id'),
    traffic_sources: rows.map((row) => row.traffic_source_id ?? ''),
    affiliate_networks: rows.map((row) => row.affiliate_network_id ?? ''),
    offers: idsOf('offer_id'),
    landers: idsOf('lander_id'),
    affiliates: idsOf('affiliate_id'),
    advertisers: idsOf('advertiser_id'),
  })
  const isRouted = rows.some((row) => (row.path_id ?? '') !== '' || (row.rule_id ?? '') !== '')
  const flows = isRouted ? loadFlowNames(db, workspace) : { path: new Map(), rule: new Map() }
  return { things: await things, ...(await flows), linkUrl: await findLinkUrl(deps, workspace, rows) }
}

async function findLinkUrl(
  { store, publicUrl }: Pick<ApiDeps, 'store' | 'publicUrl'>,
  workspace: string,
  rows: readonly LedgerRow[],
): Promise<string> {
  const visit = rows.find(({ kind }) => kind === 'visit')
  const { campaign_id: id = '', offer_id: offerId = '', affiliate_id: affiliateId = '' } = visit ?? {}
  if (affiliateId !== '') return `${publicUrl}/o/${offerId}/${affiliateId}`
  const campaign = await getCampaign(store.db, { workspace, id })
  if (campaign === undefined) return ''
  const domain = await getDomain(store.db, { workspace, id: campaign.domainId })
  return `${linkOrigin(publicUrl, domain)}/c/${campaign.slug}`
}
