import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AFFILIATE_ALIASES } from './macro-aliases.ts'
import { compileTemplate, renderTemplate } from './macros.ts'
import { buildMacroValues } from './notification.ts'
import { compileTarget } from './target-template.ts'
import type { NotificationTarget } from './target-types.ts'

const AFFILIATES = {
  ownerType: 'affiliate',
  method: 'GET',
  url: '',
  bodyTemplate: '',
  contentType: '',
  code: '',
} as const

const CONVERSION = {
  id: 'conv-1',
  event: 'sale',
  txid: 'ORDER-7',
  status: 'approved',
  revenueMicros: 3_000_000,
  payoutMicros: 2_000_000,
  currency: 'USD',
  values: { p1: 'red', p2: 'blue' },
} as const

const VISIT = {
  at: 1_789_999_000_000,
  click_id: 'our-click',
  external_id: 'their-click',
  affiliate_id: 'aff-1',
  offer_id: 'offer-1',
  traffic_source_id: 'none',
  sub1: 'S1',
  sub2: 'S2',
  sub5: 'S5',
  sub6: 'S6',
  sub8: 'S8',
  sub10: 'S10',
  ip: '192.0.2.7',
  tokens: { source: 'mailing' },
}

const VALUES = buildMacroValues({
  conversion: CONVERSION,
  visit: VISIT,
  names: { offer: 'Ringtones' },
  at: 1_790_000_000_000,
  random: '123456789',
})

function templates(target: Partial<NotificationTarget>) {
  const compiled = compileTarget({ ...AFFILIATES, ...target })
  if (!compiled.ok) throw new Error(compiled.reason)
  return compiled.templates
}

describe("an affiliate's URL from", () => {
  it.each([
    [
      'TUNE',
      '{aff_click_id}|{aff_sub}|{aff_sub2}|{aff_sub5}|{source}|{transaction_id}|{adv_sub}|{adv_sub2}|{payout}',
      'their-click|S1|S2|S5|mailing|our-click|ORDER-7|blue|2',
    ],
    [
      'TUNE, of offer, time and visitor',
      '{conversion_id}|{sale_amount}|{currency}|{offer_id}|{affiliate_id}|{goal_id}|{ip}|{session_ip}|{ran}',
      'conv-1||USD|offer-1|aff-1|sale|192.0.2.7|192.0.2.7|123456789',
    ],
    [
      'Everflow',
      '{sub1}|{sub2}|{source_id}|{transaction_id}|{conversion_id}|{adv1}|{payout}|{event_name}|{timestamp}',
      'S1|S2|mailing|our-click|conv-1|ORDER-7|2|sale|1790000000',
    ],
    [
      'TUNE, of what is kept as sub6 to sub10 or not at all',
      '{aff_unique1}|{aff_unique5}|{offer_ref}|{offer_url_id}|{affiliate_ref}|{datetime}',
      'S6|S10||||2026-09-21T14%3A13%3A20Z',
    ],
    [
      'Affise',
      '{sub1}|{sub8}|{transactionid}|{sum}|{order_sum}|{offerid}|{offer_name}|{goal}|{status}|{currency}|{rand}',
      'S1|S8|ORDER-7|2||offer-1|Ringtones|sale|approved|USD|123456789',
    ],
    [
      'Affise, of time',
      '{date}|{time}|{date_only}|{click_date}|{timestamp}|{date|format:dd.MM.yyyy}',
      '2026-09-21%2014%3A13%3A20|14%3A13%3A20|2026-09-21|2026-09-21%2013%3A56%3A40|1790000000|21.09.2026',
    ],
    [
      'Affise, of what has another name here or none',
      '{custom_field1}|{custom_field_2}|{ext1}{ext3}{os_id}{comment}{promo_code}{order_currency}{user_id}',
      'red|blue|',
    ],
    [
      'CAKE',
      '#s1#|#s2#|#reqid#|#leadid#|#tid#|#price#|#oid#|#campid#|#cid#|#affid#|#ip#|#utcunixtime#',
      'S1|S2|our-click|conv-1|ORDER-7|2|offer-1|offer-1||aff-1|192.0.2.7|1790000000',
    ],
    [
      'Scaleo',
      '{aff_click_id}|{sub_id1}|{aff_param2}|{click_id}|{adv_sub1}|{payout}|{offer_id}|{affiliate_id}|{event_name}',
      'their-click|S1|S2|our-click|ORDER-7|2|offer-1|aff-1|sale',
    ],
    [
      'Scaleo, of time, and of what is not kept',
      '{c_time}|{t_time}|{link_id}{deep_link}{idfa}{gaid}',
      '2026-09-21%2013%3A56%3A40|2026-09-21%2014%3A13%3A20|',
    ],
    ['Trackier, of the link', '{p1}|{p2}|{p5}|{p10}', 'their-click|S2|S5|S10'],
    ['Trackier', '{tid}|{txn_id}|{payout}|{campaign_id}|{goal}', 'our-click|ORDER-7|2|offer-1|sale'],
    [
      'Offer18',
      '{aff_click_id}|{payout}|{currency}|{campaign_id}|{event_name}',
      'their-click|2|USD|offer-1|sale',
    ],
    [
      'Impact',
      '{SubId1}|{SubId2}|{ClickId}|{ActionId}|{OrderId}|{Payout}|{Currency}|{CampaignId}|{MediaPartnerId}',
      'S1|S2|our-click|conv-1|ORDER-7|2|USD|offer-1|aff-1',
    ],
    [
      'Impact, of what has another name here or none',
      '{CampaignName}|{ActionTrackerId}|{EventDate}|{SharedId}{DeltaPayout}{DeltaAmount}{StatusDetail}',
      'Ringtones|sale|2026-09-21T14%3A13%3A20Z|',
    ],
    ['PeerFly', '{s1}|{s2}|{commission}|{offerid}', 'S1|S2|2|offer-1'],
    ['LinkTrust', '[=SID=]|[=_TransID=]|[=AffiliateCommission=]', 'S1|ORDER-7|2'],
  ])('%s is filled as it is there', (_, text, expected) => {
    expect(renderTemplate(templates({ url: text }).url, VALUES)).toBe(expected)
  })

  it('its body and its markup know the same names', () => {
    const json = templates({ bodyTemplate: '{"s":"{source_id}"}', contentType: 'application/json' })
    expect(renderTemplate(json.body, VALUES)).toBe('{"s":"mailing"}')
    expect(renderTemplate(templates({ code: '<b>{source_id}</b>' }).code, VALUES)).toBe('<b>mailing</b>')
  })

  it("a traffic source's URL keeps the tracker's meaning", () => {
    const own = templates({
      ownerType: 'traffic_source',
      url: '{source_id}|{tid}|{p1}|{date}|{aff_unique1}|{c1}',
    })
    expect(renderTemplate(own.url, VALUES)).toBe('none|ORDER-7|red|2026-09-21T14%3A13%3A20Z|S1|S1')
  })

  it("a network's names that nobody else has are no macros of a traffic source", () => {
    for (const name of ['date_only', 'click_date', 'c_time', 'DeltaPayout', 'ext1']) {
      const compiled = compileTarget({ ...AFFILIATES, ownerType: 'traffic_source', url: `{${name}}` })
      expect(compiled, name).toMatchObject({ ok: false, field: 'url' })
    }
  })

  it('a conversion without a click has no time of one', () => {
    const { click_id: _, ...visit } = VISIT
    const values = buildMacroValues({ conversion: CONVERSION, visit, at: 1_790_000_000_000 })
    expect(renderTemplate(templates({ url: '{click_date}|{date_only}' }).url, values)).toBe('|2026-09-21')
  })

  it.each(Object.entries(AFFILIATE_ALIASES).filter(([name]) => !name.startsWith('#')))(
    '{%s} stands for what compiles: %s',
    (name, meaning) => {
      expect(compileTemplate(`{${name}}`, { aliases: AFFILIATE_ALIASES })).toMatchObject({ ok: true })
      expect(meaning === '' || compileTemplate(`{${meaning}}`).ok).toBe(true)
    },
  )
})

describe("an affiliate's markup", () => {
  it.each([
    [
      '<img src="https://a.test/?c={externalid}&s={status}">',
      '<img src="https://a.test/?c=E%201&s=approved">',
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a script's own template string
    ['<script>if(a){b}var x={y:1},{z}=x,w=`${payout}`</script>', undefined],
    ['<style>p{color:red}</style>\n\t{useState}', undefined],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: another template language's
    ['{{clickid}} ${clickid}', undefined],
  ])('%j: macros are filled, a script’s own braces are left', (code, expected) => {
    const { code: template } = templates({ code })
    expect(renderTemplate(template, { ...VALUES, externalid: 'E 1' })).toBe(expected ?? code)
  })

  it.each([
    ['{payout|raw}', 'always encoded'],
    ['{_sub_id_1}', 'always encoded'],
    ['{clikid}x', 'did you mean {clickid}'],
    ['{payout|round}', 'unknown modifier'],
    ['a\0b', 'control character'],
  ])('%j is refused when it is saved', (code, reason) => {
    const compiled = compileTarget({ ...AFFILIATES, code })
    expect(compiled).toMatchObject({ ok: false, field: 'code' })
    expect(compiled).toHaveProperty('reason', expect.stringContaining(reason))
  })

  it('never lets a value out of an attribute, a string or a URL', () => {
    const { code } = templates({ code: '<i a={sub1} b={sub1|upper} c={sub2|default:"><script>}>' })
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (sub1) => {
        expect(renderTemplate(code, { sub1 })).toMatch(/^<i a=[\w.~%-]* b=[\w.~%-]* c=%22%3E%3Cscript%3E>$/)
      }),
    )
  })
})

it.each([
  [{ url: 'https://a.test/?s={status}' }, true],
  [{ url: 'https://a.test/?s={conv_status|map:approved=1}' }, true],
  [{ url: 'https://a.test/', bodyTemplate: 's={status}', method: 'POST' }, true],
  [{ url: 'https://a.test/', bodyTemplate: 's={status}', method: 'GET' }, false],
  [{ code: '<img src="//a.test/{status}">' }, true],
  [{ url: 'https://a.test/?c={clickid}' }, false],
] as const)('%j tells the status: %s', (target, tells) => {
  expect(templates(target).tellsStatus).toBe(tells)
})
