import type { Catalogue } from './load-catalogue.ts'

/** Fewer macros in common are chance: `{payout}` stands in the URLs of most networks. */
const MACROS_MIN = 2
const NAMES_MAX = 3

/** Names of the traffic sources whose postback goes to the host of this URL. */
export function sourcesOfHost(catalogue: Catalogue, url: string): readonly string[] {
  const host = hostOf(url)
  if (host === undefined) return []
  const sources = [...catalogue.trafficSources.values()]
  return firstNames(sources.filter(({ targets }) => targets.some((target) => hostOf(target.url) === host)))
}

/** Names of the networks whose own macros stand in this URL: those with the most in common. */
export function networksOfMacros(catalogue: Catalogue, text: string): readonly string[] {
  let best = MACROS_MIN - 1
  let found: { readonly name: string }[] = []
  for (const network of catalogue.affiliateNetworks.values()) {
    const macros = new Set(Object.values(network.incoming).filter((macro) => macro !== ''))
    const count = [...macros].filter((macro) => text.includes(macro)).length
    if (count > best) found = []
    if (count >= Math.max(best, MACROS_MIN)) found.push(network)
    best = Math.max(best, count)
  }
  return firstNames(found)
}

/** More than a few say nothing: the engine that they all run on. */
function firstNames(templates: readonly { readonly name: string }[]): readonly string[] {
  return templates.length > NAMES_MAX ? [] : templates.map(({ name }) => name)
}

/** Undefined where a macro makes the host, or there is none. */
function hostOf(url: string): string | undefined {
  const host = /^\s*https?:\/\/([^/?#\s{}[\]]+)(?=[/?#]|$)/i.exec(url)?.[1]
  return host?.toLowerCase()
}
