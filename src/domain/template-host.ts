import type { Template } from './macros.ts'

/** Where the authority of a URL ends (a backslash too: browsers read it as a slash). */
const AUTHORITY_END = /[/?#\\]/
const SCHEME = /^https?:\/\//i
/** Two labels or more, then perhaps a port. */
const FIXED_DOMAIN = /^\.(?:[a-z0-9-]+\.)+[a-z0-9-]+(?::\d{1,5})?$/i

/**
 * Whether visitors can choose where a URL template leads. Macros may fill labels in front of a fixed domain
 * (`https://{country}.shop.test/`), since an encoded value cannot end the host there; anything more would be an open
 * redirect.
 * @returns what is wrong, as a sentence for the user; '' when the host is fixed.
 */
export function findHostProblem(template: Template): string {
  const [first = ''] = template.literals
  const scheme = SCHEME.exec(first)?.[0]
  if (scheme === undefined) return 'the URL starts with http:// or https://'
  let piece = first.slice(scheme.length)
  for (const [i, slot] of template.slots.entries()) {
    if (AUTHORITY_END.test(piece)) return lastPieceProblem(piece, i > 0)
    if (piece.includes('@')) return 'the URL holds no user name'
    if (slot.raw) return `{${slot.name}|raw} stands in the host name`
    piece = template.literals[i + 1] ?? ''
  }
  return lastPieceProblem(piece, template.slots.length > 0)
}

/** @param afterMacro whether macros stand in front of the piece, within the host. */
function lastPieceProblem(piece: string, afterMacro: boolean): string {
  const host = piece.split(AUTHORITY_END, 1)[0] ?? ''
  if (host.includes('@')) return 'the URL holds no user name'
  if (afterMacro)
    return FIXED_DOMAIN.test(host) ? '' : 'the host name ends in a fixed domain, such as .example.com'
  return host === '' ? 'the URL has a host name' : ''
}
