/**
 * What other systems call our macros. Names are lower case, since case does not matter; the rows are merged, and
 * one name means one macro whatever the system, which holds because users move whole URLs, not systems.
 */
const ALIASES: Readonly<Record<string, string>> = {
  // TUNE and Everflow transaction_id; Keitaro and Prosper202 subid; Binom cnv_id; FunnelFlux hit;
  // t202pubid is Prosper202's id of a visit for links of a lander; uclick is Binom's in its pixel
  clickid:
    'cid click_id click.id transaction_id subid cf_click_id cnv_id hit reqid visit_id t202pubid uclick',
  externalid: 'external_id external.id ref_id aff_click_id external',
  // Affise and RedTrack sum; Everflow payout_amount; Keitaro profit; CAKE price
  payout: 'sum amount payout_amount price commission profit payment conversion_payout',
  // What the advertiser was paid; affiliates are not told it, so that it is empty in their URLs
  revenue: 'sale_amount order_sum',
  cost: 'cpc cpc2 clickcost click_cost visit_cost cpv visit.cost',
  currency: 'payout_currency conversion_currency cur',
  // TUNE adv_sub; Everflow adv1; Keitaro and CAKE tid; Affise transactionid; Prosper202 PRO t202txid
  txid: 'tid tx tx_id transactionid t202txid order_id orderid adv_sub adv_sub1 adv1 trans_id transid txn_id',
  // Voluum et; TUNE goal_id; Everflow event_id and event_name; RedTrack type
  event: 'et event_name event_id event_type type goal goal_id goal_name conversion_type ct actiontrackerid',
  status: 'conversion_status cnv_status conv_status',
  conversionid: 'conversion_id conversion.id leadid lead_id actionid',
  // Impact eventdate; CAKE sourcedate
  datetime: 'date date_time eventdate sourcedate',
  timestamp: 'unixtime unix_timestamp utcunixtime unixconversiontime',
  'campaign.id': 'campaign_id campaignid campid',
  'campaign.name': 'campaign_name campaignname campaign',
  'source.id': 'source_id sourceid trafficsource.id traffic_source_id ts_id',
  'source.name': 'source_name trafficsource.name traffic_source_name traffic_source',
  'offer.id': 'offer_id offerid oid',
  'offer.name': 'offer_name offername',
  'network.name': 'network_name affiliatenetwork.name affiliate_network_name offer.affiliatenetwork.name',
  'lander.id': 'lander_id landing_id landing.id lp_id',
  'lander.name': 'lander_name landing_name landing.name',
  'affiliate.id': 'affiliate_id affid aff_id partner_id mediapartnerid',
  'advertiser.id': 'advertiser_id adv_id',
  country: 'country_code countrycode country.code geo',
  region: 'region_name state',
  city: 'city_name',
  isp: 'isp_name organization',
  device: 'device_type devicetype',
  os: 'os_name',
  browser: 'browser_name',
  language: 'lang browser_language',
  ip: 'ip_address session_ip sourceip',
  useragent: 'user_agent ua uagent',
  referrer: 'referer',
  'device.brand': 'brand device_brand brand_name',
  'device.model': 'model device_model device_name model_name',
  'os.version': 'os_version osversion',
  'browser.version': 'browser_version browserversion',
  'referrer.domain': 'ref_domain referrer_domain referrerdomain',
  connection: 'connection_type connectiontype connection.type',
  random: 'rand ran rnd cachebuster cache_buster',
  sub1: 'aff_sub sub_id sid',
  // Keitaro keyword; Prosper202 t202kw
  'token.keyword': 'keyword t202kw',
  'token.creative_id': 'creative_id',
  'token.ad_campaign_id': 'ad_campaign_id',
  'token.gclid': 'gclid',
  'token.fbclid': 'fbclid',
  'token.msclkid': 'msclkid',
  'token.ttclid': 'ttclid',
  'token.utm_source': 'utm_source',
  'token.utm_medium': 'utm_medium',
  'token.utm_campaign': 'utm_campaign',
  'token.utm_term': 'utm_term',
  'token.utm_content': 'utm_content',
}

/**
 * Families of numbered sub ids: TUNE aff_sub2, CAKE s2, Prosper202 c2, Binom t2, Voluum var2, Keitaro sub_id_2,
 * Scaleo sub_id2 and aff_param2, BeMob c2, Impact SubId2.
 */
const SUB_FAMILIES = [
  'aff_sub',
  's',
  'c',
  't',
  'var',
  'sub_id_',
  'sub_id',
  'subid',
  'aff_unique',
  'aff_param',
]
const SUB_COUNT = 10
/** Further values of the advertiser: TUNE adv_sub2, Everflow adv2; the first of them is the order's id. */
const ADVERTISER_FAMILIES = ['adv_sub', 'adv']
const ADVERTISER_COUNT = 5

/** How networks write a time: Affise's documentation says `y-m-d h:i:s`; Scaleo's format is not documented. */
const DATE_TIME = 'format:yyyy-MM-dd HH:mm:ss'

/** What stands for a value that nobody has here, or that an affiliate is not told: it compiles and is empty. */
const NO_VALUE = ''
const NAMES_WITHOUT_VALUE = [
  ...'offer_ref offer_url_id affiliate_ref'.split(' '), // TUNE
  ...'ext1 ext2 ext3 os_id user_id comment promo_code order_currency'.split(' '), // Affise
  ...'link_id deep_link idfa gaid'.split(' '), // Scaleo
  ...'sharedid deltapayout deltaamount intendedpayout intendedamount originalamount'.split(' '), // Impact
  ...'originalcurrency statusdetail adid actiontype referringtype creationdate lockingdate'.split(' '),
  ...'actiontrackername mediapartnername landingpageurl'.split(' '),
]

/**
 * What a name means in a URL that an affiliate brings from another network, where it means something else than in a
 * tracker's. `#name#` is CAKE's alone. A meaning may have modifiers: `datetime|format:yyyy-MM-dd`.
 */
export const AFFILIATE_ALIASES: Readonly<Record<string, string>> = {
  // The affiliate's own source, as its link says (TUNE source, Everflow source_id)
  source: 'token.source',
  source_id: 'token.source',
  // Networks call an offer a campaign: Offer18 campaign_id, Impact CampaignId, CAKE #campid#
  campaign_id: 'offer.id',
  campaignid: 'offer.id',
  '#campid#': 'offer.id',
  campaign_name: 'offer.name',
  campaignname: 'offer.name',
  // Trackier's id of the click; as #tid# it is CAKE's order
  tid: 'clickid',
  // The creative's number at CAKE
  '#cid#': 'token.creative_id',
  // Trackier's p1 is the affiliate's click id, and the others are its sub ids
  p1: 'externalid',
  ...family('p', { from: 2, to: 10 }, (n) => `sub${n}`),
  // As links of TUNE keep them: aff_sub to aff_sub5 are the first five
  ...family('aff_unique', { from: 1, to: 5 }, (n) => `sub${n + 5}`),
  // What an advertiser of Affise tells of a conversion
  ...family('custom_field', { from: 1, to: 7 }, (n) => `p${n}`),
  ...family('custom_field_', { from: 1, to: 7 }, (n) => `p${n}`),
  // Affise; Scaleo c_time is the click's and t_time the conversion's
  date: `datetime|${DATE_TIME}`,
  t_time: `datetime|${DATE_TIME}`,
  date_only: 'datetime|format:yyyy-MM-dd',
  time: 'datetime|format:HH:mm:ss',
  click_date: `click.datetime|${DATE_TIME}`,
  c_time: `click.datetime|${DATE_TIME}`,
  ...Object.fromEntries(NAMES_WITHOUT_VALUE.map((name) => [name, NO_VALUE])),
}

function family(
  prefix: string,
  { from, to }: { readonly from: number; readonly to: number },
  meaning: (n: number) => string,
): Readonly<Record<string, string>> {
  const numbers = Array.from({ length: to - from + 1 }, (_, i) => from + i)
  return Object.fromEntries(numbers.map((n) => [`${prefix}${n}`, meaning(n)]))
}

/** CAKE writes #name#; only its own names, since a URL may hold a fragment. */
const HASH_NAMES = new Set(
  'reqid s1 s2 s3 s4 s5 leadid tid price oid affid campid ip sourceip utcunixtime sourcedate'.split(' '),
)
/** LinkTrust writes [=Name=]. */
const EQUALS_ALIASES: ReadonlyMap<string, string> = new Map([
  ['sid', 'sub1'],
  ['_transid', 'txid'],
  ['affiliatecommission', 'payout'],
])

/** Alias → canonical name. */
export const MACRO_ALIASES: ReadonlyMap<string, string> = new Map(aliasEntries())

/** The macro behind CAKE's `#name#`; undefined when it is none. */
export function hashAlias(name: string): string | undefined {
  const lower = name.toLowerCase()
  return HASH_NAMES.has(lower) ? (MACRO_ALIASES.get(lower) ?? lower) : undefined
}

/** The macro behind LinkTrust's `[=name=]`; undefined when it is none. */
export function equalsAlias(name: string): string | undefined {
  return EQUALS_ALIASES.get(name.toLowerCase())
}

function* aliasEntries(): Generator<readonly [string, string]> {
  for (const [canonical, names] of Object.entries(ALIASES)) {
    for (const name of names.split(' ')) yield [name, canonical]
  }
  for (const family of SUB_FAMILIES) {
    for (let n = 1; n <= SUB_COUNT; n++) yield [`${family}${n}`, `sub${n}`]
  }
  for (const family of ADVERTISER_FAMILIES) {
    for (let n = 2; n <= ADVERTISER_COUNT; n++) yield [`${family}${n}`, `p${n}`]
  }
}
