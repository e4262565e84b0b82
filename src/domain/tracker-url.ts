/** Scripts of Prosper202 that take `amount` and `subid` (its "global postback" and image pixel). */
const PROSPER202_SCRIPT = /\/g(?:pb|px)\.php$/i
/** What a network that knows the parameters fills in: it is given the URL without them, or with empty ones. */
const FILLED_IN = [
  { names: ['amount'], macro: '{payout}' },
  { names: ['subid', 'sid'], macro: '{sub1}' },
] as const

/**
 * A tracker's postback link as its user copies it, with our macros where the tracker leaves the values to the network:
 * `…/gpb.php?amount=&subid=` of Prosper202, also cut off behind `gpb.php`. Affiliates of such a tracker pass its click id
 * as sub1. Any other URL is returned as it is.
 */
export function fillTrackerUrl(url: string): string {
  const [path = '', ...queries] = url.split('?')
  const query = queries.join('?')
  if (!PROSPER202_SCRIPT.test(path)) return url
  const given = query.split('&').filter((pair) => pair !== '')
  const missing = FILLED_IN.filter((filled) => !given.some((pair) => filledBy(pair) === filled))
  const added = missing.map(({ names: [name], macro }) => `${name}=${macro}`)
  return `${path}?${[...given.map(withMacro), ...added].join('&')}`
}

/** A pair whose value is left open, with the macro. */
function withMacro(pair: string): string {
  const filled = filledBy(pair)
  const [name = '', value = ''] = pair.split('=', 2)
  return filled === undefined || value !== '' ? pair : `${name}=${filled.macro}`
}

function filledBy(pair: string) {
  const name = pair.split('=', 1)[0]?.toLowerCase() ?? ''
  return FILLED_IN.find(({ names }) => names.some((known) => known === name))
}
