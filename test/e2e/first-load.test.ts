import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'

/** Everything that the browser fetches before it can show anything: the page, its code and its styles. */
const FIRST_LOAD_BYTES_MAX = 250_000

describe('the built dashboard', () => {
  const webRoot = inject('webRoot')
  const html = readFileSync(join(webRoot, 'index.html'), 'utf8')
  const references = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '')

  it('loads at most 250 kB at first', () => {
    const files = ['index.html', ...references.filter((reference) => reference.startsWith('/assets/'))]
    expect(files.length).toBeGreaterThan(2)
    const bytes = files.map((file) => statSync(join(webRoot, `${file}.gz`)).size)
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(FIRST_LOAD_BYTES_MAX)
  })

  it('loads nothing inline and nothing from elsewhere', () => {
    expect(references.length).toBeGreaterThan(2)
    expect(references.filter((reference) => !reference.startsWith('/'))).toEqual([])
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/)
    expect(html).not.toMatch(/<style/)
  })
})
