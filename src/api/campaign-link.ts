import type { Domain } from '../store/domains.ts'
import type { TrafficSource } from '../store/traffic-sources.ts'

/**
 * Where the links of a campaign point: its own domain with the scheme and port of the installation's address, which
 * the domain leads to as well.
 */
export function linkOrigin(publicUrl: string, domain: Domain | undefined): string {
  if (domain === undefined) return publicUrl
  const { protocol, port } = new URL(publicUrl)
  return `${protocol}//${domain.name}${port === '' ? '' : `:${port}`}`
}

/**
 * The link to give to the traffic source: its own macros stand in it as they are, never encoded. A parameter
 * whose macro is not known gets a placeholder, which counts as empty when it stays.
 */
export function campaignLink(origin: string, slug: string, source: TrafficSource | undefined): string {
  return withParams(`${origin}/c/${slug}`, source)
}

/** The image to give to a traffic source that reports impressions, with the parameters of the link. */
export function impressionUrl(origin: string, slug: string, source: TrafficSource | undefined): string {
  return withParams(`${origin}/i/${slug}.gif`, source)
}

function withParams(link: string, source: TrafficSource | undefined): string {
  if (source === undefined) return link
  const pairs = [
    [source.externalIdParam, source.externalIdMacro || '{external_id}'],
    [source.costParam, source.costMacro || '{cost}'],
    ...source.tokens.map((token) => [token.param, token.macro || `{${token.name}}`]),
  ]
  const query = pairs.filter(([param]) => param !== '').map(([param, macro]) => `${param}=${macro}`)
  return query.length === 0 ? link : `${link}?${query.join('&')}`
}
