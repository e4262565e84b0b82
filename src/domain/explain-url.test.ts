import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { affiliateLink } from './affiliate-link.ts'
import { explainUrl } from './explain-url.ts'
import { URL_PURPOSES, type UrlContext, type UrlPurpose } from './explain-url-types.ts'
import { meaningOfMacro } from './macro-meanings.ts'
import { MACRO_NAMES } from './macro-names.ts'

const HOST = 'https://track.test'

function contextOf(purpose: UrlPurpose, changes: Partial<UrlContext> = {}): UrlContext {
  return {
    purpose,
    publicUrl: HOST,
    ownHosts: ['track.test', 'own.test'],
    pageUrl: '',
    refusal: (url) => (url.includes('10.0.0.1') ? '10.0.0.1 is not a public address' : ''),
    placeholders: (text) => text.match(/YOUR_[A-Z]+|REPLACE_ME/g) ?? [],
    party: undefined,
    looksLike: [],
    ...changes,
  }
}

/** `level code "what it is about" → suggestion`, without those about what is missing. */
function found(text: string, purpose: UrlPurpose, changes: Partial<UrlContext> = {}): readonly string[] {
  return explainUrl(text, contextOf(purpose, changes)).findings.map(
    ({ level, code, start, end, suggestion }) =>
      `${level} ${code} "${text.slice(start, end)}" → ${suggestion}`,
  )
}

const OFFER = 'https://shop.test/?c={clickid}'
const HIT = `${HOST}/postback?cid={click_id}&payout={payout}&status={status}&txid={tx}`
const NETWORK = {
  name: 'Nets',
  token: 's3cret',
  isTokenShown: true,
  macros: ['{click_id}', '{payout}', '{status}', '{tx}'],
}

describe('a URL is explained', () => {
  it.each<readonly [UrlPurpose, string, string]>([
    ['offer', `${OFFER}&s={clikid}`, 'error unknown_macro "{clikid}" → {clickid}'],
    ['offer', `${OFFER}&s={qqqqqqqqqq}`, 'error unknown_macro "{qqqqqqqqqq}" → '],
    ['offer', `${OFFER}&s={payout|wrong}`, 'error bad_macro "{payout|wrong}" → '],
    ['offer', 'https://shop.test/?c={transaction_id}', 'info alias "{transaction_id}" → {clickid}'],
    ['affiliate_target', 'https://aff.test/?c={ext1}', 'warning empty_macro "{ext1}" → '],
    ['offer', `${OFFER}&s=[clickid]`, 'error other_brackets "[clickid]" → {clickid}'],
    ['offer', `${OFFER}&s={{clickid}}`, 'error other_brackets "{{clickid}}" → {clickid}'],
    ['offer', `${OFFER}&s=$\{SUBID}`, `error other_brackets "$\{SUBID}" → {clickid}`],
    ['offer', `${OFFER}&s=%payout%`, 'error other_brackets "%payout%" → {payout}'],
    ['offer', `${OFFER}&s=#payout#`, 'error other_brackets "#payout#" → {payout}'],
    ['offer', `${OFFER}&s=__ZONEZONE__`, 'warning nobody_fills "__ZONEZONE__" → '],
    [
      'offer',
      'https://shop.test/?c=%257Bclickid%257D',
      'error encoded_macro "%257Bclickid%257D" → {clickid}',
    ],
    ['offer', 'https://shop.test/?c=%7Bclickid%7D', 'error encoded_macro "%7Bclickid%7D" → {clickid}'],
    ['offer', `${OFFER}&n=a%2520b`, 'warning double_encoding "%2520" → %20'],
    ['offer', `${OFFER}&n=50%`, 'warning bad_escape "%" → %25'],
    ['offer', `${OFFER}&n=a b`, 'error space " " → %20'],
    ['offer', ` ${OFFER}`, 'warning outer_space " " → '],
    ['offer', `"${OFFER}"`, 'error stray_quote """ → '],
    ['offer', `${OFFER}\u200b`, 'error invisible_character "\u200b" → '],
    ['offer', `${OFFER}&n=ａｂ`, 'error full_width "ａｂ" → ab'],
    ['offer', `${OFFER}\n`, 'error control_character "\n" → '],
    ['offer', `${OFFER}&amp;n=1`, 'warning html_entity "&amp;" → &'],
    ['offer', `${OFFER}?n=1`, 'warning second_question_mark "?" → &'],
    ['offer', `${OFFER}&u=https://x.test/?a=1`, 'warning second_question_mark "?" → %3F'],
    ['offer', `${OFFER}&c=1`, 'warning repeated_param "c" → '],
    ['offer', `${OFFER}&k=YOUR_TOKEN`, 'error placeholder "YOUR_TOKEN" → '],
    ['offer', 'https://shop.test/', 'warning missing_click_id "" → {clickid}'],
    ['lander', 'https://lander.test/', 'info missing_click_id "" → {clickid}'],
    ['offer', 'http://shop.test/?c={clickid}', 'warning http "http" → https'],
    ['offer', 'shop.test/?c={clickid}', 'error no_scheme "" → https://'],
    ['offer', 'ftp://shop.test/?c={clickid}', 'error bad_scheme "ftp" → https'],
    ['offer', 'https://', 'error not_a_url "" → '],
    ['offer', 'https://own.test/?c={clickid}', 'warning loop "own.test" → '],
    ['target', 'https://own.test/?c={externalid}', 'error loop "own.test" → '],
    ['target', 'https://10.0.0.1/?c={externalid}', 'error refused_address "10.0.0.1" → '],
    ['offer', 'https://10.0.0.1/?c={clickid}', 'warning refused_address "10.0.0.1" → '],
    ['target', 'https://source.test/pb?p={payout}', 'warning missing_click_id "" → {externalid}'],
    ['target', 'https://source.test/pb?c={externalid}', 'info missing_payout "" → {payout}'],
    ['offer', `${OFFER}&n=${'a'.repeat(5_000)}`, 'error too_long "" → '],
    ['offer', `${OFFER}&n=${'a'.repeat(2_100)}`, 'warning long "" → '],
    ['postback', HIT.replace('/postback', '/postbck'), 'error wrong_path "/postbck" → /postback'],
    ['pixel', `${HOST}/pixle.gif?cid=x`, 'error wrong_path "/pixle.gif" → /pixel.gif'],
    ['link', `${HOST}/campaign/x`, 'error wrong_path "/campaign/x" → /c/'],
    ['postback', HIT.replace('track', 'tarck'), 'error not_our_host "tarck.test" → track.test'],
    ['postback', `${HOST}/postback?clikid={click_id}`, 'error missing_click_id "" → cid={click_id}'],
    ['postback', `${HOST}/postback?clikid={click_id}`, 'warning unknown_param "clikid" → clickid'],
    ['postback', `${HOST}/postback?cid={click_id}`, 'warning missing_payout "" → payout={payout}'],
    ['postback', `${HOST}/postback?cid={click_id}`, 'info missing_status "" → status={status}'],
    ['postback', `${HOST}/postback?cid={click_id}`, 'info missing_txid "" → txid={transaction_id}'],
    ['pixel', `${HOST}/pixel.gif?payout=1`, 'info click_id_by_cookie "" → cid={click_id}'],
  ])('%s %j: %s', (purpose, text, expected) => {
    expect(found(text, purpose)).toContain(expected)
  })

  it('parameters behind a macro in # signs are read: it begins no fragment', () => {
    const text = `${HOST}/postback?cid=#S2#&payout=#RATE#&status=#st#&txid=#tid#`
    expect(found(text, 'postback').filter((finding) => finding.includes('missing'))).toEqual([])
  })

  it.each<readonly [string, Partial<UrlContext>, string]>([
    [HIT, { party: NETWORK }, 'error missing_token "" → token=s3cret'],
    [`${HIT}&token=other`, { party: NETWORK }, 'error wrong_token "token=other" → token=s3cret'],
    [`${HIT}&p1={payuot}&token=s3cret`, { party: NETWORK }, 'warning not_their_macro "{payuot}" → {payout}'],
    [HIT, { looksLike: [{ name: 'Affise', urls: [] }] }, 'info known_template "" → '],
  ])('beside what is known of its sender: %j', (text, changes, expected) => {
    expect(found(text, 'postback', changes)).toContain(expected)
  })

  describe('with the URL of the catalogue that it looks like', () => {
    const affise = {
      name: 'Affise',
      urls: ['?cid={click}&payout={sum}&status={state}&txid={tx}&event={goal}'],
    }
    const of = (text: string, purpose: UrlPurpose, looksLike: UrlContext['looksLike']) =>
      found(text, purpose, { looksLike }).filter(
        (each) => each.includes('template') || each.includes('missing'),
      )

    it.each<readonly [string, readonly string[]]>([
      [
        `${HOST}/postback?clickid={click}&payout={sum}&status={state}&txid={tx}&event={goal}`,
        ['info known_template "" → '],
      ],
      // In the network's own words, and told once.
      [
        `${HOST}/postback?cid={click}&payout={sum}&txid={tx}`,
        [
          'info known_template "" → ',
          'info missing_status "" → status={state}',
          'info template_param_missing "" → event={goal}',
        ],
      ],
      [
        `${HOST}/postback?cid={click}&payout={state}&status={state}&txid={tx}&event=sale`,
        [
          'info known_template "" → ',
          'info template_param_differs "{state}" → {sum}',
          'info template_param_differs "sale" → {goal}',
        ],
      ],
    ])('a postback says what is missing and what differs: %s', (text, expected) => {
      expect(of(text, 'postback', [affise]).toSorted()).toEqual([...expected].toSorted())
    })

    it('a target is compared with the nearest of its URLs, by the exact names of its parameters', () => {
      const urls = [
        'https://src.test/r?q=1',
        'https://src.test/pb?id={externalid}&amount={payout}&key=YOUR_KEY',
      ]
      const text = 'https://src.test/pb?id={external_id}&payout={payout}'
      expect(of(text, 'target', [{ name: 'Source', urls }])).toEqual([
        'info known_template "" → ',
        'info template_param_missing "" → amount={payout}',
        'info template_param_missing "" → ',
      ])
    })

    it('nothing more is said where several could be meant', () => {
      const text = `${HOST}/postback?cid={click}&payout={sum}&status={state}&txid={tx}`
      const both = [affise, { ...affise, name: 'Offer18' }]
      expect(of(text, 'postback', both)).toEqual(['info known_template "" → '])
    })
  })

  it('without the token for somebody who may not see it', () => {
    const party = { ...NETWORK, isTokenShown: false }
    const explained = explainUrl(`${HIT}&token=other`, contextOf('postback', { party }))
    expect(explained.findings).toMatchObject([{ code: 'wrong_token' }])
    expect(JSON.stringify(explained)).not.toContain(NETWORK.token)
  })

  it('a pixel by http on a page by https is not loaded', () => {
    const text = 'http://track.test/pixel.gif?cid=x'
    const page = { pageUrl: 'https://shop.test/thanks' }
    expect(found(text, 'pixel', page)).toContain('error http_on_https "http" → https')
    expect(found(text, 'pixel')).toContain('warning http "http" → https')
  })

  it.each<readonly [UrlPurpose, string]>([
    ['offer', `${OFFER}&s={sub1}&k={token.zone|default:x y}`],
    ['lander', 'https://lander.test/?k={lander.key}&c={clickid}'],
    ['target', 'https://source.test/pb?c={externalid}&p={payout|raw}&t={datetime|format:yyyy-MM-dd,UTC}'],
    ['target', 'https://[2001:db8::1]:8443/pb?c={externalid}&p={payout}'],
    ['postback', `${HIT}&event={goal}`],
    ['link', `${HOST}/c/spring?external=[ID]&zone=%zone%&x=##X##`],
  ])('%s %s has nothing wrong', (purpose, text) => {
    expect(found(text, purpose)).toEqual([])
  })

  it('part by part: every macro with its meaning and a sample', () => {
    const text = 'https://shop.test/?c={cid}&x={{zone}}'
    const { parts } = explainUrl(text, contextOf('offer'))
    expect(parts.map(({ kind, start, end, name }) => [kind, text.slice(start, end), name])).toEqual([
      ['literal', 'https://shop.test/?c=', ''],
      ['macro', '{cid}', 'clickid'],
      ['literal', '&x=', ''],
      ['foreign', '{{zone}}', 'zone'],
    ])
    expect(parts[1]).toMatchObject({
      meaning: expect.stringMatching(/click/),
      sample: expect.stringMatching(/./),
    })
  })

  it.each(MACRO_NAMES)('{%s} has a meaning', (name) => {
    expect(meaningOfMacro(name, 'target')).toMatchObject({
      meaning: expect.stringMatching(/../),
      sample: expect.any(String),
    })
  })

  it.each(['datetime', 'timestamp'])(
    '{%s} is the visit’s on the way to an offer, else the conversion’s',
    (name) => {
      for (const purpose of ['lander', 'offer'] as const) {
        expect(meaningOfMacro(name, purpose)?.meaning).toMatch(/visit/)
      }
      for (const purpose of ['target', 'affiliate_target'] as const) {
        expect(meaningOfMacro(name, purpose)?.meaning).toMatch(/conversion/)
      }
    },
  )
})

describe('whatever the text', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '%',
      '#',
      '<',
      '>',
      '?',
      '&',
      '=',
      '/',
      '\\',
      'https://',
      '%7B',
      '{clickid}',
    ),
    fc.string({ maxLength: 8 }),
    fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  )
  const anyText = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))

  it('it is explained, its parts are the whole, and findings are about it', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(...URL_PURPOSES), (text, purpose) => {
        const { parts, findings } = explainUrl(text, contextOf(purpose))
        const whole = parts.map(({ start, end }) => text.slice(start, end)).join('')
        expect(whole).toBe(text.trim() === '' ? '' : text)
        for (const { start, end, message } of findings) {
          expect(start >= 0 && end >= start && end <= text.length).toBe(true)
          expect(message).toMatch(/[.?]$/)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('links that we make have no errors, whatever an affiliate puts into them', () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.constantFrom('{zone}', '##X##', '%zone%'),
    )
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), fc.array(value, { maxLength: 5 }), (offerId, affiliateId, values) => {
        const params = values.map((each, index) => [`sub${index + 1}`, each] as const)
        const link = affiliateLink({ origin: HOST, offerId, affiliateId, params })
        const errors = explainUrl(link, contextOf('link')).findings.filter(({ level }) => level === 'error')
        expect(errors).toEqual([])
      }),
      { examples: [[crypto.randomUUID(), crypto.randomUUID(), ["'"]]] },
    )
  })

  it.each(['{', '[', '<', '%a', '{{{', '%7B', '_A_', '"', '?a=https://', '#a'])(
    'a long run of %j is read at once',
    (unit) => {
      const { findings } = explainUrl(unit.repeat(16_384 / unit.length), contextOf('offer'))
      expect(findings.length).toBeLessThanOrEqual(200)
    },
    2_000,
  )
})
