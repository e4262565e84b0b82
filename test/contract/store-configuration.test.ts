import { describe, expect, it } from 'vitest'
import { DEFAULT_NETWORK_SETTINGS } from '../../src/domain/affiliate.ts'
import { DEFAULT_ALERT_SETTINGS } from '../../src/domain/alert.ts'
import { withClickIdParam } from '../../src/domain/click-id-param.ts'
import { DEFAULT_FRAUD_SETTINGS } from '../../src/domain/fraud.ts'
import { DEFAULT_RETENTION_SETTINGS } from '../../src/domain/retention.ts'
import {
  type AffiliateNetworkFields,
  archiveAffiliateNetwork,
  createAffiliateNetwork,
  getAffiliateNetwork,
} from '../../src/store/affiliate-networks.ts'
import { type CampaignFields, createCampaign } from '../../src/store/campaigns.ts'
import { compileSnapshot } from '../../src/store/compile-snapshot.ts'
import { changeConfiguration, loadConfigVersion } from '../../src/store/config-version.ts'
import { loadRates, saveRates } from '../../src/store/currency-rates.ts'
import { archiveLander, createLander } from '../../src/store/landers.ts'
import {
  createNotificationTarget,
  disableNotificationTarget,
  getNotificationTarget,
  updateNotificationTarget,
} from '../../src/store/notification-targets.ts'
import {
  archiveOffer,
  createOffer,
  getOffer,
  listOffers,
  type OfferFields,
  updateOffer,
} from '../../src/store/offers.ts'
import { BadCursorError } from '../../src/store/page.ts'
import { createTrafficSource } from '../../src/store/traffic-sources.ts'
import { createWorkspace, getWorkspace, updateWorkspace } from '../../src/store/workspaces.ts'
import { SQL_ENGINES, useStores } from '../support/databases.ts'
import { PLAIN_LANDER, PLAIN_SOURCE, PLAIN_TARGET } from '../support/field-defaults.ts'

const NOW = 1_795_000_000_000

const OFFER: OfferFields = {
  name: 'Ringtones',
  affiliateNetworkId: '',
  url: 'https://offer.example/?a=1',
  campaignId: '',
  payoutMode: 'auto',
  fallbackOfferId: '',
  countries: ['DE'],
  tags: ['music'],
  legacyIds: ['prosper202:17'],
  advertiserId: '',
  terms: null,
  payoutMicros: 1_250_000,
  currency: 'USD',
  defaultEvent: 'sale',
  events: ['sale', 'lead'],
  caps: { daily: 10, monthly: null, total: null, timeZone: 'UTC' },
}

const NO_CAPS = { daily: null, monthly: null, total: null, timeZone: 'UTC' }

const NETWORK: AffiliateNetworkFields = {
  name: 'PeerFly',
  clickIdParam: 'subid',
  token: 'secret',
  signingSecret: '',
  ipAllowlist: ['10.0.0.0/8'],
  referrerAllowlist: [],
  statusMap: { confirmed: 'approved' },
  duplicatePolicy: 'update',
  eventPolicies: { sale: 'add' },
  template: '',
  currency: 'USD',
  clickToConversionMinMs: 0,
  clickToConversionMaxMs: 0,
}

const CAMPAIGN: CampaignFields = {
  slug: 'spring',
  name: 'Spring',
  status: 'active',
  trafficSourceId: '',
  redirectMode: '302',
  costModel: { type: 'cpc', amountMicros: 20_000, currency: 'USD' },
  fallbackUrl: '',
  flowId: '',
  rules: [],
  paths: [{ id: 'p1', weight: 1, landers: [], offers: [{ id: 'o1', weight: 1 }] }],
  sticky: 'offer',
  optimization: { level: 'offers', metric: 'cv', floorPercent: 5, windowDays: 7 },
  uniqueHours: 24,
  domainId: '',
  tags: [],
  legacyIds: ['binom:abc'],
}

const WORKSPACE = {
  name: 'Main',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  fallbackUrl: '',
  attributionWindowDays: 30,
  uniqueHours: 0,
  fraud: DEFAULT_FRAUD_SETTINGS,
  network: DEFAULT_NETWORK_SETTINGS,
  alerts: DEFAULT_ALERT_SETTINGS,
  retention: DEFAULT_RETENTION_SETTINGS,
  requireTwoFactor: false,
}

describe.each(SQL_ENGINES)('configuration on %s', (engine) => {
  const stores = useStores(engine)

  it('comes back as it was written, also after a change', async () => {
    const { db } = await stores.open()
    const offer = await createOffer(db, 'w1', OFFER, NOW)
    const key = { workspace: 'w1', id: offer.id }
    expect(await getOffer(db, key)).toEqual({ ...offer, ...OFFER, createdAt: NOW, archivedAt: null })
    const changed = await updateOffer(db, key, { payoutMicros: null, caps: NO_CAPS }, NOW + 1)
    expect(changed).toEqual({ ...offer, payoutMicros: null, caps: NO_CAPS, updatedAt: NOW + 1 })
    expect(await getOffer(db, key)).toEqual(changed)

    const network = await createAffiliateNetwork(db, 'w1', NETWORK, NOW)
    expect(await getAffiliateNetwork(db, { workspace: 'w1', id: network.id })).toEqual(network)
    const workspace = await createWorkspace(db, WORKSPACE, NOW)
    await updateWorkspace(db, workspace.id, { currency: 'USD' }, NOW + 5)
    expect(await getWorkspace(db, workspace.id)).toEqual({
      ...workspace,
      currency: 'USD',
      updatedAt: NOW + 5,
    })
  })

  it('is out of reach for another workspace', async () => {
    const { db } = await stores.open()
    const { id } = await createOffer(db, 'w1', OFFER, NOW)
    const foreign = { workspace: 'w2', id }
    expect(await getOffer(db, foreign)).toBeUndefined()
    expect(await updateOffer(db, foreign, { name: 'mine' }, NOW)).toBeUndefined()
    expect(await archiveOffer(db, foreign, NOW)).toBe(false)
    expect((await listOffers(db, 'w2', { limit: 10 })).items).toEqual([])
    expect(await getOffer(db, { workspace: 'w1', id })).toMatchObject({ name: 'Ringtones', archivedAt: null })
  })

  it('counts its version up with each change, and not with a change that was rolled back', async () => {
    const { db } = await stores.open()
    const before = await loadConfigVersion(db)
    const offer = await createOffer(db, 'w1', OFFER, NOW)
    await updateOffer(db, { workspace: 'w1', id: offer.id }, { name: 'x' }, NOW)
    expect(await loadConfigVersion(db)).toBe(before + 2)
    const failed = changeConfiguration(db, async (trx) => {
      await createLander(
        trx,
        'w1',
        { ...PLAIN_LANDER, name: 'l', url: 'https://l.example', ctaCount: 1 },
        NOW,
      )
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    expect(await loadConfigVersion(db)).toBe(before + 2)
    expect((await compileSnapshot(db, NOW)).landers).toEqual([])
  })

  it('pages newest first; what arrives meanwhile neither repeats nor hides an item', async () => {
    const { db } = await stores.open()
    const made: string[] = []
    // Pairs share a creation time: the id breaks the tie.
    for (let i = 0; i < 7; i++) made.push((await createOffer(db, 'w1', OFFER, NOW + Math.floor(i / 2))).id)
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await listOffers(db, 'w1', { limit: 2, cursor })
      seen.push(...page.items.map((offer) => offer.id))
      await createOffer(db, 'w1', OFFER, NOW + 100)
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(seen.toSorted()).toEqual(made.toSorted())
    expect(new Set(seen).size).toBe(7)
    await expect(listOffers(db, 'w1', { limit: 2, cursor: 'garbage' })).rejects.toThrow(BadCursorError)
  })

  it('keeps an archived offer for records and leaves it out of lists and snapshots', async () => {
    const { db } = await stores.open()
    const { id } = await createOffer(db, 'w1', OFFER, NOW)
    expect(await archiveOffer(db, { workspace: 'w1', id }, NOW + 1)).toBe(true)
    expect(await archiveOffer(db, { workspace: 'w1', id }, NOW + 2)).toBe(false)
    expect((await listOffers(db, 'w1', { limit: 10 })).items).toEqual([])
    expect((await compileSnapshot(db, NOW)).offers).toEqual([])
    expect(await getOffer(db, { workspace: 'w1', id })).toMatchObject({ archivedAt: NOW + 1 })
  })

  it('becomes a snapshot in which each offer carries its network and the click id', async () => {
    const { db } = await stores.open()
    const workspace = await createWorkspace(db, WORKSPACE, NOW)
    const network = await createAffiliateNetwork(db, workspace.id, NETWORK, NOW)
    const source = await createTrafficSource(
      db,
      workspace.id,
      {
        ...PLAIN_SOURCE,
        name: '7Search',
        externalIdParam: 'cid',
        externalIdMacro: '{clickid}',
        costParam: 'bid',
        costMacro: '{bid}',
        currency: 'USD',
        tokens: [{ name: 'kw', param: 'keyword', macro: '{keyword}' }],
      },
      NOW,
    )
    const offer = await createOffer(db, workspace.id, { ...OFFER, affiliateNetworkId: network.id }, NOW)
    const lander = await createLander(
      db,
      workspace.id,
      { ...PLAIN_LANDER, name: 'l', url: 'https://l.example', ctaCount: 2 },
      NOW,
    )
    const gone = await createLander(
      db,
      workspace.id,
      { ...PLAIN_LANDER, name: 'g', url: 'https://g.example', ctaCount: 1 },
      NOW,
    )
    await archiveLander(db, { workspace: workspace.id, id: gone.id }, NOW)
    await archiveAffiliateNetwork(db, { workspace: workspace.id, id: network.id }, NOW)
    const campaign = await createCampaign(db, workspace.id, { ...CAMPAIGN, trafficSourceId: source.id }, NOW)
    await saveRates(db, { EUR: 900_000 }, NOW)

    const snapshot = await compileSnapshot(db, NOW)
    expect(snapshot.version).toBe(await loadConfigVersion(db))
    expect(snapshot.offers).toEqual([
      {
        id: offer.id,
        workspace: workspace.id,
        name: 'Ringtones',
        affiliateNetworkId: network.id,
        affiliateNetworkName: 'PeerFly',
        url: 'https://offer.example/?a=1&subid={clickid}',
        campaignId: '',
        payoutMicros: 1_250_000,
        currency: 'USD',
        countries: ['DE'],
        cappedUntil: 0,
        fallbackOfferId: '',
        legacyIds: ['prosper202:17'],
        advertiserId: '',
        terms: null,
      },
    ])
    expect(snapshot.landers.map((item) => item.id)).toEqual([lander.id])
    expect(snapshot.campaigns).toMatchObject([{ id: campaign.id, slug: 'spring', paths: CAMPAIGN.paths }])
    expect(snapshot.trafficSources).toMatchObject([{ tokens: [{ name: 'kw', param: 'keyword' }] }])
    expect(snapshot.ratesMicros).toEqual({ USD: 1_000_000, EUR: 900_000 })
    expect(snapshot.workspaces).toEqual([
      {
        id: workspace.id,
        currency: 'EUR',
        timeZone: 'Europe/Berlin',
        fallbackUrl: '',
        attributionWindowDays: 30,
        uniqueHours: 0,
        fraud: DEFAULT_FRAUD_SETTINGS,
      },
    ])
  })

  it('replaces a rate and keeps the others', async () => {
    const { db } = await stores.open()
    await saveRates(db, { EUR: 900_000, GBP: 750_000 }, NOW)
    await saveRates(db, { EUR: 910_000 }, NOW + 1)
    expect(await loadRates(db)).toEqual({ USD: 1_000_000, EUR: 910_000, GBP: 750_000 })
  })

  it('says why a target was disabled until somebody enables it', async () => {
    const { db } = await stores.open()
    const target = await createNotificationTarget(
      db,
      'w1',
      {
        ...PLAIN_TARGET,
        ownerType: 'campaign',
        ownerId: 'c1',
        url: 'https://source.example/?id={externalid}',
        events: ['sale'],
        onlyFirst: true,
      },
      NOW,
    )
    const key = { workspace: 'w1', id: target.id }
    expect(await getNotificationTarget(db, key)).toEqual(target)
    await disableNotificationTarget(db, { id: target.id, reason: 'answered 410', now: NOW + 1 })
    expect(await getNotificationTarget(db, key)).toMatchObject({
      status: 'disabled',
      disabledReason: 'answered 410',
    })
    await updateNotificationTarget(db, key, { status: 'active' }, NOW + 2)
    expect(await getNotificationTarget(db, key)).toEqual({ ...target, updatedAt: NOW + 2 })
  })
})

describe('the click id in an offer URL', () => {
  it.each([
    ['https://o.example', 'sub', 'https://o.example?sub={clickid}'],
    ['https://o.example/?a=1#top', 'sub', 'https://o.example/?a=1&sub={clickid}#top'],
    ['https://o.example/?a=1&', 'sub', 'https://o.example/?a=1&sub={clickid}'],
    ['https://o.example/{clickid}', 'sub', 'https://o.example/{clickid}'],
    ['https://o.example/?x={clickid|upper}', 'sub', 'https://o.example/?x={clickid|upper}'],
    ['https://o.example/', '', 'https://o.example/'],
  ])('%s with %s is %s', (url, param, expected) => {
    expect(withClickIdParam(url, param)).toBe(expected)
  })
})
