import { setTimeout as sleep } from 'node:timers/promises'
import { type ApiClient, field, idOf } from './api-client.ts'
import type { ShowcaseNetwork } from './showcase-network.ts'
import type { Order } from './showcase-today.ts'
import type { ShowcaseTracker } from './showcase-tracker.ts'

const RANGE_DAYS = 7
const DAY_MS = 86_400_000
const RECORDED_WAIT_MS = 60_000
const POLL_MS = 250

/** What an office does at the end of a week: invoices, payments, the advertiser's file, a bill of a traffic source. */
export async function closeBooks(
  api: ApiClient,
  { advertiserId, affiliateId }: ShowcaseNetwork,
  orders: readonly Order[],
): Promise<void> {
  await untilRecorded(api, orders)
  const owed = await idOf(api, '/invoices', { side: 'affiliate', partyId: affiliateId })
  await api.post(`/invoices/${owed}/finalize`, {})
  await api.post('/payment-runs', { method: 'wire', reference: 'TRANSFER-2211', invoiceIds: [owed] })
  await idOf(api, '/invoices', { side: 'advertiser', partyId: advertiserId })
  await api.post('/balance-adjustments', {
    side: 'affiliate',
    partyId: affiliateId,
    amount: '150',
    reason: 'Bonus for the newsletter of November',
  })
  await api.post('/reconciliations', {
    advertiserId,
    name: 'GreenBox, this week',
    csv: fileOf(orders),
    ...lastDays(),
  })
}

/** Lists of what is set up seldom: a shared flow, an event, a domain, a webhook, a channel of alerts. */
export async function setUpTheRest(api: ApiClient, tracker: ShowcaseTracker, sinkUrl: string): Promise<void> {
  const campaignId = tracker.campaigns[0]?.id ?? ''
  const offerIds = [...new Set(tracker.arms.map(({ offerId }) => offerId))]
  const pathTo = (index: number, weight: number) => ({ weight, offers: [{ id: offerIds[index], weight: 1 }] })
  await idOf(api, '/flows', {
    name: 'Phones to the app, others by halves',
    rules: [
      {
        name: 'Phones',
        when: { field: 'device_type', operator: 'is', values: ['mobile'] },
        paths: [pathTo(5, 1)],
      },
    ],
    paths: [pathTo(0, 50), pathTo(1, 50)],
  })
  await idOf(api, '/events', { name: 'upsell', counts: { conversion: false, revenue: true, cost: false } })
  await idOf(api, '/domains', { name: 'go.northwind.example', defaultCampaignId: campaignId })
  await idOf(api, '/webhooks', { url: `${sinkUrl}/webhooks`, events: ['conversion.recorded'] })
  await idOf(api, '/alert-channels', { system: 'webhook', url: `${sinkUrl}/alerts` })
  await api.post('/cost-corrections', {
    from: dayBefore(1),
    to: dayBefore(1),
    filters: [{ dimension: 'campaign', operator: 'is', values: [campaignId] }],
    mode: 'percent',
    amount: '-4.5',
    key: 'bill of yesterday',
  })
}

/** What the advertiser counted: all but the last order, one for less, and one that nobody knows. */
function fileOf(orders: readonly Order[]): string {
  const lines = orders.slice(0, -1).map(({ txid, revenue }, n) => `${txid},${n === 0 ? '19.00' : revenue}`)
  return ['order_id,commission', ...lines, 'order-unknown,38.00'].join('\n')
}

function lastDays(): { readonly from: string; readonly to: string } {
  const now = Date.now()
  return {
    from: new Date(now - RANGE_DAYS * DAY_MS).toISOString(),
    to: new Date(now + DAY_MS).toISOString(),
  }
}

function dayBefore(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10)
}

/** A busy machine takes a hit at once and judges it later; the last order is judged after the others. */
async function untilRecorded(api: ApiClient, orders: readonly Order[]): Promise<void> {
  const path = `/conversions?limit=1&anyId=${orders.at(-1)?.txid ?? ''}`
  const endsAt = Date.now() + RECORDED_WAIT_MS
  for (;;) {
    const found = field(await api.get(path), 'items') as readonly unknown[] // the API's schema
    if (found.length > 0) return
    if (Date.now() > endsAt) throw new Error('the orders were not judged in time')
    await sleep(POLL_MS)
  }
}
