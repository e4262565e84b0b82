import type { LedgerRow } from '../../src/domain/ledger-row.ts'
import type { NotificationTarget } from '../../src/domain/target-types.ts'
import { type AffiliateNetworkFields, createAffiliateNetwork } from '../../src/store/affiliate-networks.ts'
import { type CampaignFields, createCampaign } from '../../src/store/campaigns.ts'
import { saveRates } from '../../src/store/currency-rates.ts'
import { type Delivery, listDeliveries } from '../../src/store/deliveries.ts'
import { createNotificationTarget } from '../../src/store/notification-targets.ts'
import { createOffer, type OfferFields } from '../../src/store/offers.ts'
import type { Store } from '../../src/store/open-store.ts'
import { createTrafficSource, type TrafficSourceFields } from '../../src/store/traffic-sources.ts'
import { createWorkspace, type WorkspaceFields } from '../../src/store/workspaces.ts'
import {
  PLAIN_CAMPAIGN,
  PLAIN_NETWORK,
  PLAIN_OFFER,
  PLAIN_SOURCE,
  PLAIN_TARGET,
  PLAIN_WORKSPACE,
} from './field-defaults.ts'
import { createJudgeRig, type JudgeRig, WORLD_NOW } from './judge-rig.ts'

export { WORLD_NOW } from './judge-rig.ts'

export type World = Omit<JudgeRig, 'recordVisit'> & {
  readonly workspaceId: string
  readonly networkId: string
  readonly offerId: string
  readonly sourceId: string
  readonly campaignId: string
  /** Makes a visit of the campaign, known to the ledger, a minute before the world's time. */
  visit(changes?: Partial<LedgerRow>): string
  target(changes?: Partial<NotificationTarget>): Promise<string>
}

const NETWORK: AffiliateNetworkFields = { ...PLAIN_NETWORK, name: 'PeerFly', clickIdParam: 'subid' }

const OFFER: OfferFields = {
  ...PLAIN_OFFER,
  name: 'Ringtones',
  defaultEvent: 'sale',
  events: ['sale', 'lead'],
}

export type WorldSettings = {
  readonly workspace?: Partial<WorkspaceFields>
  readonly source?: Partial<TrafficSourceFields>
  readonly campaign?: Partial<CampaignFields>
  readonly network?: Partial<AffiliateNetworkFields>
  readonly offer?: Partial<OfferFields>
}

/** A workspace in US dollars with one network, offer, source and campaign, and a judge over a ledger in memory. */
export async function buildWorld(store: Store, settings: WorldSettings = {}): Promise<World> {
  const ids = await configure(store, settings)
  const { recordVisit, ...rig } = createJudgeRig(store)
  const targets = { count: 0 }
  return {
    ...rig,
    ...ids,
    visit: (changes = {}) =>
      recordVisit({
        workspace: ids.workspaceId,
        campaign_id: ids.campaignId,
        traffic_source_id: ids.sourceId,
        offer_id: ids.offerId,
        affiliate_network_id: ids.networkId,
        external_id: 'EXT-1',
        country: 'DE',
        cost: '0.020000',
        ...changes,
      }),
    target: async (changes = {}) => {
      const target = await createNotificationTarget(
        store.db,
        ids.workspaceId,
        { ...TARGET, ownerId: ids.sourceId, ...changes },
        // Each later than the one before: pixels are shown in the order of their targets.
        WORLD_NOW + targets.count++,
      )
      return target.id
    },
  }
}

const TARGET = {
  ...PLAIN_TARGET,
  ownerType: 'traffic_source',
  ownerId: '',
  url: 'https://source.example/cv?id={externalid}&sum={payout}&st={status}&c={campaign.name}',
} as const satisfies Omit<NotificationTarget, 'id' | 'workspace'>

async function configure({ db }: Store, settings: WorldSettings) {
  const workspace = await createWorkspace(db, { ...PLAIN_WORKSPACE, ...settings.workspace }, WORLD_NOW)
  const network = await createAffiliateNetwork(
    db,
    workspace.id,
    { ...NETWORK, ...settings.network },
    WORLD_NOW,
  )
  const offer = await createOffer(
    db,
    workspace.id,
    { ...OFFER, affiliateNetworkId: network.id, ...settings.offer },
    WORLD_NOW,
  )
  const source = await createTrafficSource(
    db,
    workspace.id,
    { ...PLAIN_SOURCE, name: '7Search', externalIdParam: 'id', ...settings.source },
    WORLD_NOW,
  )
  const campaign = await createCampaign(
    db,
    workspace.id,
    {
      ...PLAIN_CAMPAIGN,
      slug: 'spring',
      name: 'Spring sale',
      trafficSourceId: source.id,
      ...settings.campaign,
    },
    WORLD_NOW,
  )
  await saveRates(db, { EUR: 800_000 }, WORLD_NOW)
  return {
    workspaceId: workspace.id,
    networkId: network.id,
    offerId: offer.id,
    sourceId: source.id,
    campaignId: campaign.id,
  }
}

/** What the transactions left for the ledger, in order. */
export async function outboxRows({ store }: Pick<World, 'store'>): Promise<LedgerRow[]> {
  const rows = await store.db.selectFrom('ledger_outbox').select('row_json').orderBy('seq').execute()
  return rows.map((row) => JSON.parse(row.row_json))
}

export async function deliveriesOf({
  store,
  workspaceId,
}: Pick<World, 'store' | 'workspaceId'>): Promise<readonly Delivery[]> {
  return (await listDeliveries(store.db, workspaceId, {}, { limit: 50 })).items
}
