import { firstText, verdictByStatus } from './answer-body.ts'
import { conversionText, cutText, EMPTY_TEXT, messageText, TEXT_FIELD } from './message-text.ts'
import type { BuiltCall, SystemMessage, SystemRules, SystemSettings } from './target-system.ts'

const BASE_URL = 'https://hooks.slack.com'
/** Of a section's text, and of a header's ("Block Kit", reference of section and header blocks). */
const SECTION_CHARS_MAX = 3_000
const HEADER_CHARS_MAX = 150

/**
 * Slack, incoming webhooks (docs.slack.dev, "Sending messages using incoming webhooks"): a POST of JSON, answered with
 * 200 "ok" or with an error's word as text.
 *
 * The webhook's URL is itself the credential: a call waits with the address of Slack alone, and gets the path of the
 * webhook when it is sent. Texts stand in blocks of type plain_text, where * and _ mean nothing and nobody is
 * mentioned, and are escaped by Slack's own rule besides ("Escaping text": &, < and >), since the fallback text that
 * notifications show is markup.
 */
export const slackRules: SystemRules = {
  label: 'Slack',
  documentation: 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks',
  settings: [TEXT_FIELD],
  secrets: [
    {
      name: 'webhookUrl',
      label: 'Webhook URL',
      help: 'In your Slack app under Incoming Webhooks; it begins with https://hooks.slack.com/services/.',
      isRequired: true,
      pattern: 'https://hooks\\.slack(-gov)?\\.com/services/[A-Za-z0-9/]+',
      choices: [],
    },
  ],
  baseUrl: BASE_URL,
  expireHours: 0,
  isToldOnce: false,
  build: (conversion, target) => {
    const text = conversionText(conversion, target.settings.text ?? '')
    return text.trim() === '' ? EMPTY_TEXT : post(target, { text: fallback(text), blocks: [section(text)] })
  },
  buildMessage: (message, target) =>
    post(target, { text: fallback(messageText(message)), blocks: messageBlocks(message) }),
  authorize: (call, { secrets }) => ({
    ...call,
    url: `${call.url}${URL.parse(secrets.webhookUrl ?? '')?.pathname ?? ''}`,
    headers: {},
  }),
  readAnswer: ({ status, body }) => verdictByStatus(status, firstText(body.trim())),
}

function post({ baseUrl }: SystemSettings, body: object): BuiltCall {
  const url = baseUrl === '' ? BASE_URL : baseUrl
  const call = { method: 'POST', url, body: JSON.stringify(body), contentType: 'application/json' } as const
  return { kind: 'call', call }
}

function messageBlocks({ title, text, url }: SystemMessage): readonly object[] {
  return [
    { type: 'header', text: plainText(title, HEADER_CHARS_MAX) },
    ...(text === '' ? [] : [section(text)]),
    ...(url === '' ? [] : [{ type: 'context', elements: [{ type: 'mrkdwn', text: linkOf(url) }] }]),
  ]
}

/** What notifications show. */
function fallback(text: string): string {
  return escapeSlack(cutText(text, SECTION_CHARS_MAX))
}

function section(text: string): object {
  return { type: 'section', text: plainText(text, SECTION_CHARS_MAX) }
}

/** Escaping makes a text longer, and what is cut after it could end within an entity. */
function plainText(text: string, charsMax: number): object {
  let kept = text
  while (escapeSlack(kept).length > charsMax) {
    const excess = escapeSlack(kept).length - charsMax
    kept = cutText(kept, Math.max(1, kept.length - Math.ceil(excess / LONGEST_ENTITY)))
  }
  return { type: 'plain_text', text: escapeSlack(kept), emoji: false }
}

const LONGEST_ENTITY = '&amp;'.length

/** Markup of a link: what would end the address is percent-encoded. */
function linkOf(url: string): string {
  return `<${escapeSlack(url.replace(/[<>|\s]/g, encodeURIComponent))}>`
}

function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
