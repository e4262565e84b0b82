/** The words of coupons, of adjustments of balances, and of what an affiliate has of its own at an offer. */
export const couponTexts = {
  title: 'Coupons',
  aside:
    'A code that customers type at the advertiser. A conversion that comes with it is credited to the affiliate, even without a click.',
  none: 'No coupons yet.',
  code: 'Code',
  codeHint: 'As customers type it, in any case, e.g. “SUMMER10”.',
  add: 'New coupon',
  create: 'Create coupon',
  archive: 'Archive',
  archiveOne: (code: string) => `Archive ${code}`,
  archived: (code: string) => `Coupon “${code}” is archived`,
  affiliate: 'Affiliate',
  offer: 'Offer',
} as const

export const adjustmentTexts = {
  title: 'Bonuses and fees',
  aside: 'Booked by hand. Each is a line of the next invoice.',
  none: 'None so far.',
  more: 'Show more',
} as const

export const ownTermsTexts = {
  ownCaps: 'Own caps',
  ownCapsHint: 'In place of the caps that the offer sets for each affiliate.',
  payoutsHint: 'In place of the offer’s and of its tier’s. Empty: as the offer pays.',
  payoutOf: (event: string) => `Own payout for ${event}`,
  defaultEvent: 'the default event',
} as const

/** One affiliate as the network looks at it. */
export const affiliatePageTexts = {
  seePortal: 'See the portal as this affiliate',
  seePortalHint: 'To read only. The audit log says that you looked.',
  tabs: {
    overview: 'Overview',
    offers: 'Offers',
    tracking: 'Postbacks & pixels',
    details: 'Details',
  },
  days: 'The last 30 days',
  daysAside: 'By the day of the conversion, in the workspace’s time zone.',
  figures: { clicks: 'Clicks', conversions: 'Conversions', payout: 'Payout' },
  trend: (name: string) => `${name}, day by day`,
  offers: 'Its offers',
  offersAside:
    'Those that it may run, and those that it asked for. Open one to let it in, block it, or pay it differently.',
  noOffers: 'It runs no offer yet.',
  give: 'Set where it stands with another offer',
  offer: 'Offer',
  standing: 'Standing',
  payout: 'Its payout',
  runs: 'May run it',
  tracking: 'What it is told by',
  trackingAside: 'Its postbacks are called by the server, its pixels are loaded by visitors’ browsers.',
  noTracking: 'It has set up no postback and no pixel. It learns of conversions only by looking here.',
  kind: 'Kind',
  target: 'URL or code',
  state: 'State',
  off: 'Switched off',
  toModeration: 'Decide about it',
} as const

export const networkOfferTexts = {
  title: 'Offers',
  lead: 'What your affiliates can run or apply for. An affiliate may have payouts of its own: they are on its page.',
  search: 'Search by name',
  emptyTitle: 'No offers yet',
  emptyText: 'Offers appear here as soon as the network opens one to affiliates.',
  name: 'Offer',
  preview: 'Preview the page',
  status: 'Status',
  visibility: 'Who may run it',
  countries: 'Countries',
  everywhere: 'All',
  kinds: 'Affiliates may use',
  payout: 'Payout',
} as const

/** What is handed to the advertiser of an offer. */
export const integrationPageTexts = {
  affiliates: 'Affiliates',
  id: 'Id of the offer',
  idHint: 'Part of its links: /o/{offer}/{affiliate}',
  toAffiliates: 'Who runs it, or asked to',
  title: (offer: string) => `Integration: ${offer}`,
  lead: 'Everything that the advertiser puts in place to report conversions of this offer. Copy it, or send the address of this page to a colleague.',
  back: 'Offer',
  open: 'Open the whole integration',
  tested: 'Tests that came in',
  testedAside:
    'Open the test link in a browser that has followed a link of the offer. Each test is here within seconds; nothing of it is counted.',
  waiting: 'Waiting for a test…',
  works: 'It works: every step went well.',
  failed: (step: string) => `It failed at: ${step}`,
  chain: 'Without the advertiser',
  chainAside: 'Try the whole way yourself: the link of an affiliate, the offer, the conversion.',
  chainAffiliate: 'By the link of',
} as const
