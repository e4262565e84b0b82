import { describe, expect, it } from 'vitest'
import { localeOf } from '../web/src/locale-of.ts'

describe("the browser's locale", () => {
  it.each(['de', 'pt-BR', 'zh-Hant-TW'])('%s is how numbers and dates are written', (language) => {
    expect(localeOf(language)).toBe(language)
  })

  it.each(['en-US@posix', 'C', '', undefined, 'not a locale'])(
    '%s is none, and English is taken',
    (language) => {
      expect(localeOf(language)).toBe('en')
      expect(new Intl.NumberFormat(localeOf(language)).format(1_234.5)).toBe('1,234.5')
    },
  )
})
