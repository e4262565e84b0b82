import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MACRO_ALIASES } from './macro-aliases.ts'
import { canonicalMacroName, MACRO_NAMES, type MacroValues } from './macro-names.ts'
import { compileTemplate, renderTemplate, type TemplateOptions } from './macros.ts'

function render(text: string, values: MacroValues, options?: TemplateOptions): string {
  const compiled = compileTemplate(text, options)
  if (!compiled.ok) throw new Error(compiled.reason)
  return renderTemplate(compiled.template, values)
}

/** Any UTF-16 at all, half surrogates and control characters among it, and ASCII more often than not. */
const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0, max: 0xffff })), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units))

describe('a macro', () => {
  it('is replaced by its value, percent-encoded so that it comes back unchanged', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const url = render('https://x.test/?a={externalid}&b=1', { externalid: value })
        expect(new URL(url).searchParams.get('a')).toBe(value.toWellFormed())
        expect(new URL(url).searchParams.get('b')).toBe('1')
      }),
    )
  })

  it.each(MACRO_NAMES.filter((name) => !name.endsWith('datetime')))('{%s} is known', (name) => {
    expect(render(`x={${name}}`, { [name]: 'v1' })).toBe('x=v1')
  })

  it('without a value is empty', () => {
    expect(render('a={sub1}&b={token.zone}&c={datetime}&d={payout|sha256}', {})).toBe('a=&b=&c=&d=')
  })

  it('is known whatever its case, but a token keeps the case of its name', () => {
    expect(render('{ClickID}-{TOKEN.zoneId}', { clickid: 'a', 'token.zoneId': 'b' })).toBe('a-b')
  })

  it.each([
    ['{payout|raw}', { payout: '1,5' }, '1,5'],
    ['{payout}', { payout: '1,5' }, '1%2C5'],
    ['{country|lower}', { country: 'US' }, 'us'],
    ['{status|upper}', { status: 'approved' }, 'APPROVED'],
    ['{sub1|md5}', { sub1: 'é' }, createHash('md5').update('é').digest('hex')],
    ['{sub1|sha256}', { sub1: 'é' }, createHash('sha256').update('é').digest('hex')],
    ['{sub1|lower|sha256}', { sub1: 'A@B.C' }, createHash('sha256').update('a@b.c').digest('hex')],
    ['{sub1|base64}', { sub1: 'é?>' }, encodeURIComponent(Buffer.from('é?>').toString('base64'))],
    ['{sub1|default:no ne}', {}, 'no%20ne'],
    ['{sub1|default:none}', { sub1: 'x' }, 'x'],
    ['{status|map:approved=1,rejected=2}', { status: 'rejected' }, '2'],
    ['{status|map:approved=1,rejected=2}', { status: 'pending' }, 'pending'],
    ['{datetime}', { datetime: '1790000000000' }, '2026-09-21T14%3A13%3A20Z'],
    ['{datetime|format:yyyy-MM-dd,UTC}', { datetime: '1790000000000' }, '2026-09-21'],
    ['{datetime|format:dd.MM.yy HH:mm:ss|raw}', { datetime: '1790000000000' }, '21.09.26%2014:13:20'],
    ['{datetime|format:HH,Asia/Tokyo}', { datetime: '1790000000000' }, '23'],
    ['{click.datetime}', { 'click.datetime': '1790000000000' }, '2026-09-21T14%3A13%3A20Z'],
    ['{timestamp}', { timestamp: '1790000000' }, '1790000000'],
    ['{timestamp|format:yyyy}', { timestamp: '1790000000' }, '2026'],
  ])('%s of %j renders %s', (text, values, expected) => {
    expect(render(text, values)).toBe(expected)
  })

  it.each([
    '{payout|round}',
    '{payout|map:x}',
    '{payout|format:yyyy}',
    '{datetime|format:qq}',
    '{payout|lower:x}',
  ])('%s is refused for its modifier when the template is saved', (text) => {
    expect(compileTemplate(text)).toMatchObject({ ok: false, unknown: [] })
  })

  it.each([
    ['{clikid}', 'clickid'],
    ['{pay_out}', 'payout'],
    ['{campain.id}', 'campaign.id'],
    ['{transactoin_id}', 'clickid'],
  ])('%s is refused when the template is saved, and %s suggested', (text, suggestion) => {
    const refused = compileTemplate(`https://x.test/?a=${text}`)
    expect(refused).toMatchObject({ ok: false, unknown: [text.slice(1, -1)], suggestion })
    expect(refused).toHaveProperty('reason', expect.stringContaining(`did you mean {${suggestion}}?`))
  })

  it('that is like no other is refused without a suggestion', () => {
    expect(compileTemplate('{Sub Param 1 of AppsFlyer}')).toMatchObject({ ok: false, suggestion: '' })
  })

  it('of a name on Object.prototype is unknown', () => {
    expect(compileTemplate('{constructor}').ok).toBe(false)
    expect(compileTemplate('{__proto__}').ok).toBe(false)
  })
})

describe('an alias', () => {
  it.each([
    ['{transaction_id}', 'clickid'],
    ['{aff_sub}', 'sub1'],
    ['{aff_sub3}', 'sub3'],
    ['{aff_click_id}', 'externalid'],
    ['{sum}', 'payout'],
    ['{payout_amount}', 'payout'],
    ['{clickId}', 'clickid'],
    ['{trafficsource.id}', 'source.id'],
    ['{sub_id_7}', 'sub7'],
    ['{t2}', 'sub2'],
    ['{et}', 'event'],
    ['#s2#', 'sub2'],
    ['#reqid#', 'clickid'],
    ['#price#', 'payout'],
    ['[[subid]]', 'clickid'],
    ['[[C1]]', 'sub1'],
    ['[[payout]]', 'payout'],
    ['[=SID=]', 'sub1'],
    ['[=_TransID=]', 'txid'],
    ['[[t202kw]]', 'token.keyword'],
    ['[[cpc]]', 'cost'],
    ['{var10}', 'sub10'],
    ['{external_id}', 'externalid'],
    ['{clickcost}', 'cost'],
    ['{country_code}', 'country'],
    ['{browserversion}', 'browser.version'],
    ['{ref_domain}', 'referrer.domain'],
    ['{externalid:percent}', 'externalid'],
  ])('%s is {%s}', (alias, name) => {
    expect(render(`https://x.test/?a=${alias}`, { [name]: 'v' })).toBe('https://x.test/?a=v')
  })

  it('leads to a canonical name and never hides one', () => {
    for (const [alias, name] of MACRO_ALIASES) {
      expect([alias, canonicalMacroName(name)]).toEqual([alias, name])
      expect([alias, canonicalMacroName(alias)]).toEqual([alias, undefined])
    }
  })

  it('of Keitaro with an underscore is not encoded', () => {
    expect(render('{_sub_id_1}', { sub1: 'a/b' })).toBe('a/b')
  })

  it('of Voluum may say that it is not encoded', () => {
    expect(render('{externalid:raw}', { externalid: 'a/b' })).toBe('a/b')
  })

  it.each([
    ['approved', '1'],
    ['pending', '0'],
    ['rejected', 'rejected'],
  ])("of Keitaro turns the status %s into the receiver's own %s", (status, code) => {
    expect(render('{status:lead=0 sale=1}', { status })).toBe(code)
  })

  it('of Keitaro draws a random number between two, both included', () => {
    const drawn = new Set(
      Array.from({ length: 300 }, (_, random) => render('{random:7,9}', { random: String(random) })),
    )
    expect([...drawn].sort()).toEqual(['7', '8', '9'])
  })

  it.each([
    ['{offer_value:price}', /the offer/],
    ['{from_file:x.txt}', /files/],
    ['{sample:a,b}', /weights/],
    ['{date:Y-m-d}', /\{datetime\|format:/],
    ['{clickid:hash}', /\{clickid\|sha256\}/],
    ['{status:won=1}', /sale=1/],
    ['{random:9,7}', /range/],
  ])('%s, which can not be had, is refused with what to do instead', (text, reason) => {
    expect(compileTemplate(text)).toMatchObject({ ok: false, reason: expect.stringMatching(reason) })
  })

  it('of the traffic source is taken first', () => {
    const options = { aliases: { t1: 'token.zoneid' } }
    expect(render('{T1}-{t2}', { 'token.zoneid': 'z', sub1: 'no', sub2: 's' }, options)).toBe('z-s')
  })

  it('may stand for a macro with modifiers, or for no value', () => {
    const aliases = { day: 'datetime|format:yyyy-MM-dd', nothing: '' }
    const datetime = '1790000000000'
    const text = '{day} {Day|default:x} {day|format:dd.MM.} {nothing|default:none}{nothing}'
    expect(render(text, { datetime }, { aliases, target: 'text' })).toBe('2026-09-21 2026-09-21 21.09. none')
    const compiled = compileTemplate(text, { aliases })
    expect(compiled.ok && compiled.template.macros).toEqual(['datetime'])
    expect(compileTemplate('{nothng}', { aliases })).toMatchObject({ ok: false, suggestion: 'nothing' })
  })
})

describe('a template', () => {
  it.each([
    `\${SUBID}`,
    '{{campaign.id}}',
    '{{{bidhash}}}',
    '{:click_id}',
    '{$click_id}',
    '{%click_id%}',
    '$$x$$',
    '[CLICK_ID]',
    '[[[subid]]]',
    '##SUB_ID_SHORT(action)##',
    '###KEYWORD###',
    '#SOURCE#',
    '@@CLICK-ID@@',
    '%ID%',
    '__CLICKID__',
    'xxC1xx',
    '{}',
  ])('leaves %s of a traffic source alone', (foreign) => {
    const text = `https://x.test/?a=${foreign}&b=`
    expect(render(`${text}{sub1}`, { sub1: 'v', clickid: 'NO' })).toBe(`${text}v`)
  })

  it('with a line break or control character is refused', () => {
    for (const text of ['https://x.test/\r\nSet-Cookie: a=b', 'a\tb', 'a\0b', 'a\x7fb']) {
      expect(compileTemplate(text)).toMatchObject({ ok: false, unknown: [] })
    }
  })

  it('renders into printable ASCII without spaces, quotes or line breaks, whatever value and modifier', () => {
    const modifiers = fc.constantFrom(
      '',
      '|raw',
      '|raw|lower',
      '|upper',
      '|default:x y',
      '|base64',
      '|map:a=b',
    )
    fc.assert(
      fc.property(anyText, modifiers, anyText, (value, modifier, literal) => {
        const compiled = compileTemplate(`https://x.test/${literal}?a={externalid${modifier}}`)
        if (!compiled.ok) return
        const url = renderTemplate(compiled.template, { externalid: `${value}\r\nX-Injected: 1` })
        expect(url).toMatch(/^[\x21-\x7e]*$/)
        expect(url).not.toMatch(/["<>\\`]/)
      }),
    )
  })

  it('of JSON stays JSON whatever the value, and gives it back', () => {
    const text = '{"id":"{clickid}","nested":{"amount":{payout},"list":[[1,2]]},"to":"{externalid}"}'
    fc.assert(
      fc.property(anyText, (value) => {
        const body = render(text, { clickid: 'c', payout: '1.5', externalid: value }, { target: 'json' })
        expect(JSON.parse(body)).toEqual({
          id: 'c',
          nested: { amount: 1.5, list: [[1, 2]] },
          to: value.toWellFormed(),
        })
      }),
    )
  })

  it('of a header loses line breaks', () => {
    expect(render('Bearer {sub1}', { sub1: 'a b\r\nX: y' }, { target: 'text' })).toBe('Bearer a bX: y')
  })

  it('names its macros once each', () => {
    const compiled = compileTemplate('{sub1}{aff_sub}{payout}')
    expect(compiled.ok && compiled.template.macros).toEqual(['sub1', 'payout'])
  })

  it('too long is refused', () => {
    expect(compileTemplate('x'.repeat(20_000)).ok).toBe(false)
  })
})

it('MD5 agrees with node:crypto on any text', async () => {
  const { md5Hex } = await import('./md5.ts')
  fc.assert(
    fc.property(anyText, (text) => {
      expect(md5Hex(text)).toBe(createHash('md5').update(text.toWellFormed()).digest('hex'))
    }),
  )
})
