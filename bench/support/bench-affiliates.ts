import { type ApiClient, field, idOf } from '../../src/cli/demo/api-client.ts'

/** The advertiser's parameter that carries the click id. */
export const ADVERTISER_CLICK_ID_PARAM = 'click'
/** Stands in each of the pixels below, and nowhere else in an answer. */
export const PIXEL_MARK = 'https://pixels.example/'

const KINDS = [
  { type: 'image', url: `${PIXEL_MARK}i.gif?c={aff_click_id}&v={payout}` },
  { type: 'iframe', url: `${PIXEL_MARK}f.html?c={aff_click_id}&v={payout}` },
  { type: 'script', url: `${PIXEL_MARK}s.js?c={aff_click_id}&v={payout}` },
] as const

/**
 * An advertiser's offer with an iframe pixel, and affiliates who run it: each with a global postback and one approved
 * pixel of each kind.
 * @returns the offer's id, and the paths of the affiliates' links.
 */
export async function createBenchAffiliates(
  api: ApiClient,
  of: { readonly dashboardUrl: string; readonly count: number; readonly postbackUrl: string },
): Promise<{ readonly offerId: string; readonly links: readonly string[] }> {
  const advertiserId = await idOf(api, '/advertisers', {
    name: 'Advertiser',
    clickIdParam: ADVERTISER_CLICK_ID_PARAM,
  })
  const price = (amount: string) => ({ model: 'flat', amount })
  const offerId = await idOf(api, '/offers', {
    name: 'Offer',
    advertiserId,
    url: 'https://advertiser.example/landing',
    defaultEvent: 'sale',
    terms: { protocol: 'iframe', revenue: price('3'), payout: price('2') },
  })
  const links: string[] = []
  for (let n = 0; n < of.count; n++) {
    const affiliate = await idOf(api, '/affiliates', {
      name: `Affiliate ${n}`,
      email: `affiliate-${n}@example.com`,
      status: 'active',
    })
    const key = await api.post(`/affiliates/${affiliate}/api-keys`, { name: 'bench' })
    await addTargets(api, of, String(field(key, 'key')))
    links.push(`/o/${offerId}/${affiliate}`)
  }
  return { offerId, links }
}

/** As the affiliate sets them up in its portal, and the network approves them. */
async function addTargets(
  api: ApiClient,
  { dashboardUrl, postbackUrl }: { readonly dashboardUrl: string; readonly postbackUrl: string },
  key: string,
): Promise<void> {
  for (const body of [{ url: postbackUrl }, ...KINDS]) {
    const answer = await fetch(`${dashboardUrl}/api/v1/portal/postbacks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`a target was not taken: ${await answer.text()}`)
  }
  const waiting = field(await api.get('/pixel-moderation?limit=200'), 'items') as readonly unknown[]
  for (const target of waiting) {
    const verdict = { moderation: 'approved', textHash: field(target, 'textHash') }
    await api.post(`/notification-targets/${String(field(target, 'id'))}/moderate`, verdict)
  }
}
