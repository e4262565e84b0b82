import { describe, expect, it } from 'vitest'
import { sampleValueOf } from './macro-meanings.ts'
import { compileTemplate, renderTemplate } from './macros.ts'

describe('the examples of macros', () => {
  it.each(['offer', 'target'] as const)('show a time as a template of %s writes it', (purpose) => {
    const compiled = compileTemplate('https://a.example/?d={datetime|format:yyyy-MM-dd}&c={click.datetime}')
    if (!compiled.ok) throw new Error(compiled.reason)
    const values = compiled.template.macros.map((name) => [name, sampleValueOf(name, purpose)])
    const filled = new URL(renderTemplate(compiled.template, Object.fromEntries(values)))
    expect(filled.searchParams.get('d')).toBe('2026-09-21')
    expect(filled.searchParams.get('c')).toBe('2026-09-21T13:58:02Z')
  })

  it('are empty for what is no macro', () => {
    expect(sampleValueOf('no.such', 'target')).toBe('')
  })
})
