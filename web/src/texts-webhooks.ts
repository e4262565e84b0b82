/** The words of receiving webhooks: what arrives, and how one knows that it is genuine. */
export const webhookGuideTexts = {
  title: 'What arrives, and how to check it',
  aside: 'An example body, and the signature by Standard Webhooks.',
  body: 'Example body',
  bodyHint: (count: number) =>
    `POST, application/json. “type” is one of the ${count} events that a webhook can be told of; “data” differs by event. Amounts are decimal text in the workspace’s currency.`,
  check:
    'Each call carries webhook-id, webhook-timestamp and webhook-signature. Any Standard Webhooks library checks them with the secret; so does this:',
  node: 'Node.js',
  again:
    'Answer 2xx within 15 seconds. Anything else is tried again with the same webhook-id: keep the ids to drop repeats.',
  test: 'Test of the webhook',
  testLead: 'Makes one signed call now, of type “test”. Nothing has happened, and nothing is kept.',
} as const

/** For receivers; test/contract/webhooks.test.ts runs it. */
export const VERIFY_SNIPPET = `import { createHmac, timingSafeEqual } from 'node:crypto'

// body: the text as it came, before it is parsed
export function isGenuine(secret, headers, body) {
  const sentAt = headers['webhook-timestamp']
  if (!(Math.abs(Date.now() / 1000 - Number(sentAt)) < 300)) return false
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const signed = [headers['webhook-id'], sentAt, body].join('.')
  const mac = createHmac('sha256', key).update(signed).digest('base64')
  const wanted = Buffer.from('v1,' + mac)
  return headers['webhook-signature'].split(' ').some((one) => {
    const given = Buffer.from(one)
    return given.length === wanted.length && timingSafeEqual(given, wanted)
  })
}
`
