import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderTemplate } from './macros.ts'
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

const VALUES = buildMacroValues({
  conversion: {
    id: 'conv-1',
    event: 'sale',
    txid: 'ORDER-7',
    status: 'approved',
    revenueMicros: 3_000_000,
    payoutMicros: 2_000_000,
    currency: 'USD',
    values: { p2: 'blue' },
  },
  visit: {
    at: 1,
    click_id: 'our-click',
    external_id: 'their-click',
    affiliate_id: 'aff-1',
    offer_id: 'offer-1',
    traffic_source_id: 'none',
    sub1: 'S1',
    sub2: 'S2',
    sub5: 'S5',
    sub8: 'S8',
    ip: '192.0.2.7',
    tokens: { source: 'mailing' },
  },
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
      'Affise',
      '{sub1}|{sub8}|{transactionid}|{sum}|{order_sum}|{offerid}|{offer_name}|{goal}|{status}|{date}|{rand}',
      'S1|S8|ORDER-7|2||offer-1|Ringtones|sale|approved|2026-09-21T14%3A13%3A20Z|123456789',
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
    const own = templates({ ownerType: 'traffic_source', url: '{source_id}|{tid}' })
    expect(renderTemplate(own.url, VALUES)).toBe('none|ORDER-7')
  })
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
