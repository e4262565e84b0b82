import type { KnownTemplate } from '../domain/explain-url-types.ts'
import type { AffiliateNetworkTemplate } from './catalogue-schema.ts'
import type { Catalogue } from './load-catalogue.ts'
import { postbackUrls, toQueryText } from './postback-urls.ts'

/** Fewer macros in common are chance: `{payout}` stands in the URLs of most networks. */
const MACROS_MIN = 2
const NAMES_MAX = 3

/** The traffic sources whose postback goes to the host of this URL. */
export function sourcesOfHost(catalogue: Catalogue, url: string): readonly KnownTemplate[] {
  const host = hostOf(url)
  if (host === undefined) return []
  const sources = [...catalogue.trafficSources.values()]
  const found = sources.map(({ name, targets }) => ({
    name,
    urls: targets.map((target) => target.url).filter((target) => hostOf(target) === host),
  }))
  return unlessMany(found.filter(({ urls }) => urls.length > 0))
}

/** The networks whose own macros stand in this URL: those with the most in common. */
export function networksOfMacros(catalogue: Catalogue, text: string): readonly KnownTemplate[] {
  let best = MACROS_MIN - 1
  let found: AffiliateNetworkTemplate[] = []
  for (const network of catalogue.affiliateNetworks.values()) {
    const macros = new Set(Object.values(network.incoming).filter((macro) => macro !== ''))
    const count = [...macros].filter((macro) => text.includes(macro)).length
    if (count > best) found = []
    if (count >= Math.max(best, MACROS_MIN)) found.push(network)
    best = Math.max(best, count)
  }
  const known = found.map((network) => ({
    name: network.name,
    urls: postbackUrls(network).map(({ pairs }) => `?${toQueryText(pairs)}`),
  }))
  return unlessMany(known)
}

/** More than a few say nothing: the engine that they all run on. */
function unlessMany(templates: readonly KnownTemplate[]): readonly KnownTemplate[] {
  return templates.length > NAMES_MAX ? [] : templates
}

/** Undefined where a macro makes the host, or there is none. */
function hostOf(url: string): string | undefined {
  const host = /^\s*https?:\/\/([^/?#\s{}[\]]+)(?=[/?#]|$)/i.exec(url)?.[1]
  return host?.toLowerCase()
}
