import type { MacroVisit } from '../macro-values.ts'

/** How a traffic source maps the parameters of its links. */
type LinkMapping = {
  /** '' for none. */
  readonly externalIdParam: string
  readonly tokens: readonly { readonly name: string; readonly param: string }[]
}

/**
 * What an advertising system put into the link of a visit under one of the names, e.g. its click id: from the visit's
 * tokens, else from its other parameters. '' when it is not there.
 * @param visit of a SystemConversion, which has every parameter under its own name (`withLinkParams`).
 * @param names the first that is filled counts; case matters, as in the link.
 */
export function platformClickId(visit: MacroVisit, names: readonly string[]): string {
  for (const name of names) {
    const value = ownValue(visit.tokens, name) || ownValue(visit.params, name)
    if (value !== '') return value
  }
  return ''
}

/**
 * The visit with the parameters that its traffic source keeps under names of its own put back as they stood in the
 * link: a source of Google Ads usually has gclid for its external id.
 * @param source as it is now; undefined for a visit without one, or of one that is gone.
 */
export function withLinkParams(visit: MacroVisit, source: LinkMapping | undefined): MacroVisit {
  if (source === undefined) return visit
  const mapped = source.tokens.map(({ name, param }) => [param, ownValue(visit.tokens, name)] as const)
  const all = [...mapped, [source.externalIdParam, visit.external_id ?? ''] as const]
  const filled = all.filter(([param, value]) => param !== '' && value !== '')
  return { ...visit, params: { ...Object.fromEntries(filled), ...visit.params } }
}

/** Own values alone: a parameter may be called `constructor`. */
function ownValue(values: Readonly<Record<string, string>> | undefined, name: string): string {
  return values !== undefined && Object.hasOwn(values, name) ? (values[name] ?? '') : ''
}
