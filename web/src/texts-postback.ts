/** The words of what a postback or pixel may carry. */
export const postbackTexts = {
  title: 'What it may carry',
  aside: 'Parameters and their other names, statuses, refunds, tests, and how to sign.',
  params: {
    cid: 'Click id',
    payout: 'Amount, decimal. Negative takes some back.',
    currency: 'ISO 4217, e.g. USD',
    txid: 'Transaction id. The same one again is the same conversion.',
    event: 'Event; the offer’s default event without it',
    status: 'Status, in words of the sender',
    offer: 'Offer id, for pixels that find the visit by its cookie',
    coupon: 'Coupon code',
    email: 'E-mail, plain or SHA-256; taken with consent alone',
    phone: 'Phone with country code, plain or SHA-256; taken with consent alone',
    consent: '1: the person agrees that e-mail and phone are passed on. Their hashes alone are kept.',
    token: 'The token, where one is set',
    test: '1: every step is checked, nothing is counted',
    silent: '1: it counts, and nobody is notified',
  },
  also: (names: string) => `Also ${names}.`,
  values: 'p1 … p10',
  valuesText: 'Values of your own, kept with the conversion',
  statuses: 'Statuses',
  statusLists: (params: string) =>
    `Words may be translated in the URL itself, before the list of their words: ${params}. Separate words by commas, e.g. approved_status=ok,paid.`,
  refunds: 'Refunds and chargebacks',
  refundByStatus: 'The sale’s txid with a status that means rejected takes the whole sale back.',
  refundByAmount:
    'The sale’s txid with a negative amount takes that much off; with a txid of its own it is recorded as a refund of its own.',
  signing: 'Signing',
  signingText: (minutes: number) =>
    `With a signing secret set, “ts” carries the time in Unix seconds, at most ${minutes} minutes off, and “sig” the HMAC-SHA256 of the query exactly as it is sent, without sig, in hex. Everything must stand in the query: what a body adds is refused.`,
  example: 'Signed, in a shell',
} as const
