const currencyNames = new Intl.DisplayNames('en', { type: 'currency' })

/** "EUR · Euro": what one may search by, code or name. */
export const CURRENCIES = Intl.supportedValuesOf('currency').map((value) => ({
  value,
  label: `${value} · ${currencyNames.of(value) ?? value}`,
}))

/** UTC is a choice of its own: browsers leave it out of their list. */
export const TIME_ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
