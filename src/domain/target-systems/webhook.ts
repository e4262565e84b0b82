import { conversionText, TEXT_FIELD } from './message-text.ts'
import type { BuiltCall, SystemConversion, SystemRules } from './target-system.ts'

/**
 * Anybody's own receiver: JSON by Standard Webhooks (standardwebhooks.com, "Payload structure": type, timestamp and
 * data), to the target's URL as it is. It is signed like every call of a target with a signing secret, so that it has
 * no credentials of its own.
 */
export const webhookRules: SystemRules = {
  label: 'Webhook',
  documentation: 'https://www.standardwebhooks.com',
  settings: [
    {
      ...TEXT_FIELD,
      help: 'With macros such as {event}, {payout} and {sub1}; arrives as data.text. Empty for none.',
    },
  ],
  secrets: [],
  baseUrl: '',
  expireHours: 0,
  isToldOnce: false,
  build: (conversion, target) => {
    const text = target.settings.text ?? ''
    return post(target.baseUrl, {
      type: conversion.statusBefore === undefined ? 'conversion.recorded' : 'conversion.changed',
      timestamp: toIso(conversion.at),
      data: { ...toData(conversion), ...(text === '' ? {} : { text: conversionText(conversion, text) }) },
    })
  },
  buildMessage: ({ title, text, url, at }, { baseUrl }) =>
    post(baseUrl, { type: 'alert', timestamp: toIso(at), data: { title, text, url } }),
  authorize: (call) => ({ ...call, headers: {} }),
}

function post(url: string, message: object): BuiltCall {
  const body = JSON.stringify(message)
  return { kind: 'call', call: { method: 'POST', url, body, contentType: 'application/json' } }
}

/** The amount as a decimal string: JSON's numbers are binary fractions at most receivers. */
function toData(conversion: SystemConversion): object {
  const { id, event, txid, status, statusBefore, amount, currency, visit, isTest } = conversion
  return {
    id,
    clickId: visit.click_id ?? '',
    externalId: visit.external_id ?? '',
    event,
    txid,
    status,
    previousStatus: statusBefore ?? null,
    amount,
    currency,
    recordedAt: toIso(conversion.recordedAt),
    visitAt: (visit.click_id ?? '') === '' ? null : toIso(conversion.visitAt),
    campaignId: visit.campaign_id ?? '',
    trafficSourceId: visit.traffic_source_id ?? '',
    offerId: visit.offer_id ?? '',
    affiliateId: visit.affiliate_id ?? '',
    test: isTest,
  }
}

function toIso(ms: number): string {
  return new Date(ms).toISOString()
}
