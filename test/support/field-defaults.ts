import { DEFAULT_NETWORK_SETTINGS, NO_BILLING } from '../../src/domain/affiliate.ts'
import { DEFAULT_ALERT_SETTINGS } from '../../src/domain/alert.ts'
import { DEFAULT_FRAUD_SETTINGS } from '../../src/domain/fraud.ts'
import { DEFAULT_RETENTION_SETTINGS } from '../../src/domain/retention.ts'
import type { NotificationTarget } from '../../src/domain/target-types.ts'
import type { AdvertiserFields } from '../../src/store/advertisers.ts'
import type { AffiliateNetworkFields } from '../../src/store/affiliate-networks.ts'
import type { AffiliateFields } from '../../src/store/affiliates.ts'
import type { CampaignFields } from '../../src/store/campaigns.ts'
import type { LanderFields } from '../../src/store/landers.ts'
import type { OfferFields } from '../../src/store/offers.ts'
import type { TrafficSourceFields } from '../../src/store/traffic-sources.ts'
import type { WorkspaceFields } from '../../src/store/workspaces.ts'

/** Fields that most tests do not look at, as the API fills them in; spread them, then name those that matter. */

export const PLAIN_WORKSPACE: WorkspaceFields = {
  name: 'Main',
  currency: 'USD',
  timeZone: 'UTC',
  fallbackUrl: '',
  attributionWindowDays: 30,
  uniqueHours: 0,
  fraud: DEFAULT_FRAUD_SETTINGS,
  network: DEFAULT_NETWORK_SETTINGS,
  alerts: DEFAULT_ALERT_SETTINGS,
  retention: DEFAULT_RETENTION_SETTINGS,
  requireTwoFactor: false,
}

export const PLAIN_SOURCE: TrafficSourceFields = {
  name: 'Source',
  externalIdParam: '',
  externalIdMacro: '',
  costParam: '',
  costMacro: '',
  currency: 'USD',
  tokens: [],
  template: '',
  timeZone: '',
  trafficLossPercent: 0,
}

export const PLAIN_NETWORK: AffiliateNetworkFields = {
  name: 'Network',
  clickIdParam: '',
  token: '',
  signingSecret: '',
  ipAllowlist: [],
  referrerAllowlist: [],
  statusMap: {},
  duplicatePolicy: 'update',
  eventPolicies: {},
  template: '',
  currency: 'USD',
  clickToConversionMinMs: 0,
  clickToConversionMaxMs: 0,
}

export const PLAIN_OFFER: OfferFields = {
  name: 'Offer',
  affiliateNetworkId: '',
  url: 'https://offer.example/',
  campaignId: '',
  payoutMode: 'auto',
  payoutMicros: null,
  currency: 'USD',
  defaultEvent: 'conversion',
  events: [],
  caps: { daily: null, monthly: null, total: null, timeZone: 'UTC' },
  fallbackOfferId: '',
  countries: [],
  tags: [],
  legacyIds: [],
  advertiserId: '',
  terms: null,
}

export const PLAIN_ADVERTISER: AdvertiserFields = {
  name: 'Advertiser',
  status: 'active',
  email: '',
  billing: NO_BILLING,
  clickIdParam: '',
  token: '',
  nextToken: '',
  signingSecret: '',
  ipAllowlist: [],
  referrerAllowlist: [],
  statusMap: {},
  duplicatePolicy: 'update',
  eventPolicies: {},
  currency: 'USD',
  tags: [],
  note: '',
}

export const PLAIN_AFFILIATE: AffiliateFields = {
  name: 'Affiliate',
  status: 'active',
  statusReason: '',
  email: '',
  managerId: '',
  referrerId: '',
  referralPercent: 0,
  tier: '',
  tags: [],
  blockedSources: [],
  payment: { method: '', details: '', minimumMicros: null, period: null },
  billing: NO_BILLING,
  note: '',
  legacyIds: [],
  acceptedTermsAt: null,
}

/** A postback that hears of everything that earns; whose it is and where it leads is said by the test. */
export const PLAIN_TARGET = {
  offerId: '',
  type: 'postback',
  method: 'GET',
  bodyTemplate: '',
  contentType: '',
  system: '',
  settings: {},
  sealedSecrets: '',
  events: [],
  statuses: [],
  onlyFirst: false,
  onlyWithPayout: false,
  delaySeconds: 0,
  percent: 100,
  maxPerMinute: 0,
  maxConcurrent: 0,
  expireHours: 0,
  status: 'active',
  code: '',
  moderation: 'approved',
  moderationReason: '',
} as const satisfies Partial<NotificationTarget>

export const PLAIN_LANDER: LanderFields = {
  name: 'Lander',
  url: 'https://lander.example/',
  ctaCount: 1,
  protection: null,
  tags: [],
  legacyIds: [],
}

export const PLAIN_CAMPAIGN: CampaignFields = {
  slug: 'campaign',
  name: 'Campaign',
  status: 'active',
  trafficSourceId: '',
  redirectMode: '302',
  costModel: { type: 'none' },
  fallbackUrl: '',
  flowId: '',
  rules: [],
  paths: [],
  sticky: 'none',
  optimization: null,
  uniqueHours: 0,
  domainId: '',
  tags: [],
  legacyIds: [],
}
