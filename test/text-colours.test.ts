import { describe, expect, it } from 'vitest'
import { textColours } from '../web/src/text-colours.ts'
import { contrastOf } from './support/colours.ts'

/** The page, and what stands on it. */
const SURFACES = { light: ['#ffffff', '#f8f9fa', '#f1f3f5'], dark: ['#141619', '#1d2025', '#282b32'] }
const TEXTS = ['dimmed', 'error', 'red-text', 'green-text']
const LEAST = 4.5

describe('the colours of words', () => {
  it.each(['light', 'dark'] as const)('stand out by 4.5 to 1 from every surface: %s', (scheme) => {
    const colours = valuesOf(scheme)
    for (const name of TEXTS) {
      for (const surface of SURFACES[scheme]) {
        expect(contrastOf(colours(name), surface), `${name} on ${surface}`).toBeGreaterThanOrEqual(LEAST)
      }
    }
  })

  it('stand out by 4.5 to 1 on red buttons and in light notices', () => {
    const colours = valuesOf('light')
    expect(contrastOf('#ffffff', colours('red-filled'))).toBeGreaterThanOrEqual(LEAST)
    expect(contrastOf(colours('red-light-color'), '#ffe3e3')).toBeGreaterThanOrEqual(LEAST)
    expect(contrastOf(colours('yellow-light-color'), '#fff3bf')).toBeGreaterThanOrEqual(LEAST)
  })
})

function valuesOf(scheme: 'light' | 'dark'): (name: string) => string {
  const values: Readonly<Record<string, string>> = textColours[scheme]
  return (name) => {
    const value = values[`--mantine-color-${name}`]
    expect(value, name).toMatch(/^#\w{6}$/)
    return value ?? ''
  }
}
