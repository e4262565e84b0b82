/** The macro, with or without modifiers. */
const CLICK_ID_PLACED = /\{clickid[|}]/

/**
 * An offer's URL with the network's or advertiser's click id parameter, without which no conversion could come back. A
 * URL that places the macro itself is left as its author wrote it.
 */
export function withClickIdParam(url: string, param: string): string {
  if (param === '' || CLICK_ID_PLACED.test(url)) return url
  return appendParam(url, `${param}={clickid}`)
}

/**
 * A page's address with the click id under the parameter's name, in the place of whatever it had there: conversions of
 * the visit must come back under its own id.
 */
export function withClickId(url: string, param: string, clickId: string): string {
  if (param === '') return url
  return appendParam(withoutParam(url, param), `${param}=${clickId}`)
}

/** @param pair `name=value`, encoded. */
function appendParam(url: string, pair: string): string {
  const [address = '', ...fragment] = url.split('#')
  return [`${address}${jointOf(address)}${pair}`, ...fragment].join('#')
}

function jointOf(address: string): string {
  if (!address.includes('?')) return '?'
  return /[?&]$/.test(address) ? '' : '&'
}

function withoutParam(url: string, param: string): string {
  const [address = '', ...fragment] = url.split('#')
  const question = address.indexOf('?')
  if (question === -1) return url
  const kept = address
    .slice(question + 1)
    .split('&')
    .filter((pair) => nameOf(pair) !== param)
  return [`${address.slice(0, question)}?${kept.join('&')}`, ...fragment].join('#')
}

/** What is no percent-encoding stays as it is. */
function nameOf(pair: string): string {
  const name = (pair.split('=', 1)[0] ?? '').replaceAll('+', ' ')
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
