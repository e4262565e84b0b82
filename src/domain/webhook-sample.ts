import { type WebhookMessage, writeWebhookBody } from './webhook-events.ts'

/** When the sample happened, Unix milliseconds. */
const SAMPLE_AT = Date.UTC(2026, 0, 31, 12)

/** A conversion that never happened, with every field that webhooks tell of a real one. */
const SAMPLE: Omit<WebhookMessage, 'at'> = {
  event: 'conversion.recorded',
  data: {
    id: '01test00000000000000000000',
    clickId: '',
    event: 'sale',
    txid: 'TEST-1',
    status: 'approved',
    previousStatus: null,
    currency: 'USD',
    revenue: '3',
    payout: '2',
    sale: '0',
    offerId: '',
    affiliateId: '',
    advertiserId: '',
    affiliateNetworkId: '',
    campaignId: '',
    trafficSourceId: '',
    transition: 1,
    recordedAt: new Date(SAMPLE_AT).toISOString(),
    payableAt: null,
  },
}

/** The body of the Test button's call: of an event of its own, so that no receiver takes it for news. */
export function writeTestBody(at: number): string {
  return writeWebhookBody({ ...SAMPLE, event: 'test', at })
}

/** What a body looks like, for people. */
export function showSampleBody(): string {
  return JSON.stringify(JSON.parse(writeWebhookBody({ ...SAMPLE, at: SAMPLE_AT })), undefined, 2)
}
