import { escapeHtml } from '../escape-html.ts'
import { asObject, firstText, parseAnswerBody, refusal, verdictByStatus } from './answer-body.ts'
import { conversionText, cutText, EMPTY_TEXT, TEXT_FIELD } from './message-text.ts'
import type { BuiltCall, SystemMessage, SystemRules, SystemSettings, SystemVerdict } from './target-system.ts'

const BASE_URL = 'https://api.telegram.org'
/** "1-4096 characters after entities parsing" (sendMessage); the rest is room for a title. */
const TEXT_CHARS_MAX = 3_600
const TITLE_CHARS_MAX = 400

/**
 * Telegram, Bot API 9.2, method sendMessage (core.telegram.org/bots/api#sendmessage): JSON by POST to
 * /bot<token>/sendMessage, answered with {ok, error_code, description, parameters}.
 *
 * The token is a part of the path, so that it is put there when the call is sent. Texts go out in parse mode HTML with
 * everything escaped ("HTML style": <, > and & as entities).
 */
export const telegramRules: SystemRules = {
  label: 'Telegram',
  documentation: 'https://core.telegram.org/bots/api#sendmessage',
  settings: [
    {
      name: 'chatId',
      label: 'Chat id',
      help: 'Of a chat that the bot is in, e.g. -1001234567890, or the @name of a public channel.',
      isRequired: true,
      pattern: '-?\\d{1,20}|@[A-Za-z]\\w{3,31}',
      choices: [],
    },
    TEXT_FIELD,
  ],
  secrets: [
    {
      name: 'botToken',
      label: 'Bot token',
      help: 'From @BotFather, e.g. 110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw.',
      isRequired: true,
      pattern: '\\d{1,20}:[A-Za-z0-9_-]{20,100}',
      choices: [],
    },
  ],
  baseUrl: BASE_URL,
  expireHours: 0,
  isToldOnce: false,
  build: (conversion, target) => {
    const text = conversionText(conversion, target.settings.text ?? '')
    return text.trim() === '' ? EMPTY_TEXT : send(target, escapeHtml(cutText(text, TEXT_CHARS_MAX)))
  },
  buildMessage: (message, target) => send(target, messageHtml(message)),
  authorize: (call, { secrets }) => ({
    ...call,
    url: call.url.replace(/\/sendMessage$/, () => `/bot${secrets.botToken ?? ''}/sendMessage`),
    headers: {},
  }),
  readAnswer: ({ status, body }) => readTelegramAnswer(status, body),
}

function send({ settings, baseUrl }: SystemSettings, text: string): BuiltCall {
  const message = { chat_id: settings.chatId ?? '', text, parse_mode: 'HTML' }
  const body = JSON.stringify({ ...message, link_preview_options: { is_disabled: true } })
  const url = `${baseUrl === '' ? BASE_URL : baseUrl}/sendMessage`
  return { kind: 'call', call: { method: 'POST', url, body, contentType: 'application/json' } }
}

function messageHtml({ title, text, url }: SystemMessage): string {
  const heading = `<b>${escapeHtml(cutText(title, TITLE_CHARS_MAX))}</b>`
  const link = url === '' ? '' : `<a href="${escapeHtml(url)}">${escapeHtml(cutText(url, 60))}</a>`
  return [heading, escapeHtml(cutText(text, TEXT_CHARS_MAX)), link].filter((part) => part !== '').join('\n')
}

function readTelegramAnswer(status: number, body: string): SystemVerdict {
  const answer = parseAnswerBody(body)
  if (answer === undefined) return verdictByStatus(status, '')
  if (answer.ok === true) return { kind: 'taken' }
  const code = typeof answer.error_code === 'number' ? answer.error_code : status
  const wait = asObject(answer.parameters)?.retry_after
  const reason = firstText(answer.description)
  if (typeof wait === 'number') return refusal(`${reason}: to be tried again in ${wait} s`, false)
  // Not ok with a status of success is nothing that Telegram documents.
  return code < 300 ? refusal(reason, false) : verdictByStatus(code, reason)
}
