/** Scripts of Prosper202 that take `amount` and `subid` (its "global postback" and image pixel). */
const PROSPER202_SCRIPT = /\/g(?:pb|px)\.php$/i
/** A network that fills the parameters in itself is given the URL without them, or with empty ones. */
const FILLED_IN = [
  ['amount', '{payout}'],
  ['subid', '{sub1}'],
] as const

/**
 * A tracker's postback link as its user copies it, with our macros where the tracker leaves the values to the network:
 * `…/gpb.php?amount=&subid=` of Prosper202, also cut off behind `gpb.php`. Affiliates of such a tracker pass its click id
 * as sub1. Any other URL is returned as it is.
 */
export function fillTrackerUrl(url: string): string {
  const [path = '', query = ''] = url.split('?', 2)
  if (!PROSPER202_SCRIPT.test(path)) return url
  const given = query.split('&').filter((pair) => pair !== '')
  const pairs = given.map((pair) => {
    const name = pair.replace(/=$/, '')
    const macro = FILLED_IN.find(([filled]) => filled === name.toLowerCase())?.[1]
    return macro === undefined ? pair : `${name}=${macro}`
  })
  const missing = FILLED_IN.filter(([name]) => !given.some((pair) => nameOf(pair) === name))
  return `${path}?${[...pairs, ...missing.map(([name, macro]) => `${name}=${macro}`)].join('&')}`
}

function nameOf(pair: string): string {
  const name = pair.split('=', 1)[0]?.toLowerCase() ?? ''
  return name === 'sid' ? 'subid' : name
}
