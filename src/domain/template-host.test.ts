import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileTemplate, renderTemplate } from './macros.ts'
import { findHostProblem } from './template-host.ts'

function problemOf(text: string): string {
  const compiled = compileTemplate(text)
  if (!compiled.ok) throw new Error(compiled.reason)
  return findHostProblem(compiled.template)
}

describe('the host of a URL template', () => {
  it.each([
    'https://shop.test/?a={clickid}',
    'http://localhost:3000/x',
    'HTTPS://shop.test',
    'https://shop.test/{sub1|raw}',
    'https://shop.test?u={sub1|raw}',
    'https://{country}.shop.test/',
    'https://a-{country|lower}.{sub1}.shop.test:8443/{sub2|raw}',
  ])('%s is fixed', (text) => {
    expect(problemOf(text)).toBe('')
  })

  it.each([
    '{sub1|raw}',
    'https://{sub1}',
    'https://{sub1}/',
    'https://{sub1}.test/',
    'https://shop.test{sub1}',
    'https://shop.test:{sub1}/',
    'https://shop.{sub1}/',
    'https://{sub1|raw}.shop.test/',
    'https://{sub1}@evil.test/',
    'https://{sub1}:x@.evil.test/',
    'https://user:secret@shop.test/',
    'https:///{sub1}',
    'https://',
    'javascript:alert(1)',
    '//shop.test/',
    '/relative',
    'ftp://shop.test/',
  ])('%s is refused', (text) => {
    expect(problemOf(text)).not.toBe('')
  })

  it('that is fixed cannot be left, whatever the values', () => {
    const texts = fc.constantFrom(
      'https://{sub1}.shop.test/{sub2|raw}',
      'https://shop.test/{sub1|raw}{sub2|raw}',
      'https://shop.test?u={sub1|raw}&v={sub2}',
    )
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        'evil.test/',
        '//evil.test',
        '@evil.test',
        '\\evil.test',
        'evil.test%2f',
        'evil.test#',
        '..',
        '/../',
      ),
    )
    fc.assert(
      fc.property(texts, value, value, (text, sub1, sub2) => {
        expect(problemOf(text)).toBe('')
        const compiled = compileTemplate(text)
        const url = compiled.ok ? renderTemplate(compiled.template, { sub1, sub2 }) : ''
        // A value may make the URL invalid, which leads nowhere.
        const host = URL.canParse(url) ? new URL(url).hostname : 'shop.test'
        expect(host === 'shop.test' || host.endsWith('.shop.test')).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
