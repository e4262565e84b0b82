import type { DemoSource } from './demo-sources.ts'

/** A campaign as its traffic source knows it. */
export type SourceCampaign = { readonly key: string; readonly link: string; readonly source: DemoSource }

/** What the source writes in place of its own macros; one it leaves as it is, as sources do. */
export function fillMacros({ key, link, source }: SourceCampaign, n: number): string {
  const [, ...filled] = source.tokenMacros
  const withId = link.replaceAll(source.externalIdMacro, `${key}.${n}`)
  const price = (0.01 + (n % 9) / 1000).toFixed(4)
  const priced = source.costMacro === '' ? withId : withId.replaceAll(source.costMacro, price)
  return filled.reduce((url, macro, i) => url.replaceAll(macro, `value-${i}-${n % 13}`), priced)
}
