import type { UrlPurpose } from './explain-url-types.ts'

/** What a macro stands for, in a few words, and what its value may look like. */
export type MacroMeaning = { readonly meaning: string; readonly sample: string }

const MEANINGS: Readonly<Record<string, readonly [meaning: string, sample: string]>> = {
  clickid: ['our id of the click', '01jd0m3v8kq4x7t2b9n5c6w1za'],
  externalid: ["the traffic source's or affiliate's own click id", 'w8JZ4kQ2'],
  payout: ['what the conversion pays', '12.5'],
  revenue: ['what is earned by the conversion', '15'],
  cost: ['what the visit cost', '0.04'],
  currency: ['currency of the amounts', 'USD'],
  txid: ["the sender's id of the transaction", 'ORDER-1042'],
  event: ['name of the event', 'sale'],
  status: ['status of the conversion', 'approved'],
  conversionid: ['our id of the conversion', '01jd0m9t3cfr8e2y6h4k7p5qbd'],
  datetime: ['when the conversion was recorded', '2026-09-21T14:13:20Z'],
  timestamp: ['when the conversion was recorded, in Unix seconds', '1790000000'],
  'click.datetime': ['when the visit was', '2026-09-21T13:58:02Z'],
  'campaign.id': ['id of the campaign', 'k3v9x2'],
  'campaign.name': ['name of the campaign', 'Spring'],
  'source.id': ['id of the traffic source', 'm7q1z8'],
  'source.name': ['name of the traffic source', 'PopAds'],
  'offer.id': ['id of the offer', 'b4n6c2'],
  'offer.name': ['name of the offer', 'Blue shoes'],
  'network.name': ['name of the affiliate network', 'Affise'],
  'lander.id': ['id of the lander', 'h8t5w3'],
  'lander.name': ['name of the lander', 'Quiz'],
  'lander.key': ['proof that the visitor came through us', '5f1c0b9a'],
  'affiliate.id': ['id of the affiliate', 'r2d7y4'],
  'advertiser.id': ['id of the advertiser', 's6g3j1'],
  country: ['country of the visitor', 'DE'],
  region: ['region of the visitor', 'Bavaria'],
  city: ['city of the visitor', 'Munich'],
  isp: ['who connects the visitor', 'Telekom'],
  device: ['kind of device', 'mobile'],
  os: ['operating system', 'Android'],
  browser: ['browser', 'Chrome'],
  language: ['language of the browser', 'de'],
  ip: ['address of the visitor', '203.0.113.9'],
  useragent: ['how the browser names itself', 'Mozilla/5.0'],
  referrer: ['page that the visitor came from', 'https://news.example/'],
  random: ['digits that differ each time', '48210357'],
  'device.brand': ['maker of the device', 'Samsung'],
  'device.model': ['model of the device', 'SM-S921B'],
  'os.version': ['version of the operating system', '15'],
  'browser.version': ['version of the browser', '131'],
  'referrer.domain': ['domain that the visitor came from', 'news.example'],
  connection: ['kind of connection, where it is a data centre’s', 'datacenter'],
  asn: ['number of the network that connects the visitor', '3320'],
}

/** On the way of a visitor there is no conversion yet: time is that of the visit. */
const MEANINGS_ON_THE_WAY: typeof MEANINGS = {
  ...MEANINGS,
  datetime: ['when the visit was', '2026-09-21T13:58:02Z'],
  timestamp: ['when the visit was, in Unix seconds', '1789999082'],
}

/**
 * @param name canonical; undefined for a name that is no macro.
 * @param purpose of the text that it stands in.
 */
export function meaningOfMacro(name: string, purpose: UrlPurpose): MacroMeaning | undefined {
  const isOnTheWay = purpose === 'lander' || purpose === 'offer'
  const meanings = isOnTheWay ? MEANINGS_ON_THE_WAY : MEANINGS
  const known = Object.hasOwn(meanings, name) ? meanings[name] : undefined
  if (known !== undefined) return { meaning: known[0], sample: known[1] }
  if (/^sub\d+$/.test(name))
    return { meaning: `sub id ${name.slice('sub'.length)} of the visit`, sample: 'zone-17' }
  if (/^p\d+$/.test(name)) {
    return { meaning: `free value ${name.slice(1)} that came with the conversion`, sample: 'basic' }
  }
  if (!name.startsWith('token.')) return undefined
  return { meaning: `value of the traffic source's token "${name.slice('token.'.length)}"`, sample: '17' }
}

const TIMES: ReadonlySet<string> = new Set(['datetime', 'click.datetime'])

/** What an example fills a template with, '' for what is no macro: times are milliseconds until they are formatted. */
export function sampleValueOf(name: string, purpose: UrlPurpose): string {
  const { sample = '' } = meaningOfMacro(name, purpose) ?? {}
  return TIMES.has(name) ? String(Date.parse(sample)) : sample
}
