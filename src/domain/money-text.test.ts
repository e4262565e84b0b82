import { expect, it } from 'vitest'
import { formatMoney } from './money-text.ts'

it.each([
  [1_234_500_000, 'USD', '1,234.50'],
  [0, 'USD', '0.00'],
  [-5_000_000, 'EUR', '-5.00'],
  [2_000, 'USD', '0.002'],
  [1_234_567_000_000, 'JPY', '1,234,567'],
  [500_000, 'JPY', '0.5'],
])('%i micros of %s are printed as %s', (micros, currency, text) => {
  expect(formatMoney(micros, currency)).toBe(text)
})
