import type { AffiliateNetworkTemplate } from './catalogue-schema.ts'

/** Parameters of one URL that the network calls, under our names (PROTOCOL section 2). */
export type PostbackUrl = {
  /** Which of the network's fields it goes into; '' when there is one alone. */
  readonly title: string
  readonly pairs: readonly (readonly [name: string, value: string])[]
}

/** Braces that stand for macros which are not known; one that is left as it is counts as empty. */
const GENERIC: PostbackUrl = {
  title: '',
  pairs: [
    ['cid', '{click_id}'],
    ['payout', '{payout}'],
    ['currency', '{currency}'],
    ['txid', '{transaction_id}'],
    ['status', '{status}'],
  ],
}

/**
 * What a network calls when it reports: one URL, or one for each state or event when it has no macro that tells
 * them apart. The network's own macros stand in them as they are.
 */
export function postbackUrls(
  template: Pick<AffiliateNetworkTemplate, 'incoming' | 'urls' | 'values'> | undefined,
): readonly PostbackUrl[] {
  if (template === undefined || template.incoming.clickId === '') return [GENERIC]
  const urls = template.urls.length === 0 ? [{ title: '' }] : template.urls
  return urls.map((url) => ({ title: url.title, pairs: pairsOf(template, url) }))
}

/** The query text, nothing encoded: the network looks for its macros as they are written. */
export function toQueryText(pairs: PostbackUrl['pairs']): string {
  return pairs.map(([name, value]) => `${name}=${value}`).join('&')
}

function pairsOf(
  { incoming, values }: Pick<AffiliateNetworkTemplate, 'incoming' | 'values'>,
  url: Partial<AffiliateNetworkTemplate['urls'][number]>,
): PostbackUrl['pairs'] {
  const all: readonly (readonly [string, string])[] = [
    ['cid', incoming.clickId],
    ['payout', url.payout ?? incoming.payout],
    ['currency', incoming.currency],
    ['txid', incoming.txid],
    ['event', url.event ?? incoming.event],
    ['status', url.status ?? incoming.status],
    ...values.map(({ macro }, index) => [`p${index + 1}`, macro] as const),
  ]
  return all.filter(([, value]) => value !== '')
}
