import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildDashboard } from '../e2e/dashboard-page.ts'

/** Everything that the browser fetches before it can show anything: the page, its code and its styles. */
const FIRST_LOAD_BYTES_MAX = 250_000

describe('the built dashboard', () => {
  const webRoot = mkdtempSync(join(tmpdir(), 'trailpost-first-load-'))
  let html = ''
  let references: readonly string[] = []

  beforeAll(() => {
    buildDashboard(webRoot)
    html = readFileSync(join(webRoot, 'index.html'), 'utf8')
    references = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '')
  })
  afterAll(() => rmSync(webRoot, { recursive: true, force: true }))

  it('loads at most 250 kB at first', () => {
    const files = ['/index.html', ...references]
    const bytes = files.map((file) => gzipSync(readFileSync(join(webRoot, file))).byteLength)
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(FIRST_LOAD_BYTES_MAX)
  })

  it('loads nothing inline and nothing from elsewhere', () => {
    expect(references.length).toBeGreaterThan(2)
    expect(references.filter((reference) => !reference.startsWith('/'))).toEqual([])
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/)
    expect(html).not.toMatch(/<style/)
  })
})
