import { cutText } from './message-text.ts'
import type { SystemMessage, SystemRules } from './target-system.ts'

/** RFC 5322 (2.1.1) lets a line have 998 characters; longer than this no list of mails shows it. */
const SUBJECT_CHARS_MAX = 150

/**
 * An address as the HTML standard understands `<input type=email>`: what RFC 5322 allows beyond it (comments, quoted
 * names, line breaks) is what mail servers are attacked with, and nobody has. A dot in the domain is asked for: a name
 * of the local network would reach whatever the operator's mail server knows by it.
 */
const ADDRESS =
  "[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@" +
  '(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])'

/**
 * E-mail, for alerts. A call is a mailto address (RFC 6068) with the subject, and the body is the text; it is sent by the
 * operator's own mail server, not over HTTP.
 */
export const emailRules: SystemRules = {
  label: 'E-mail',
  documentation: 'https://www.rfc-editor.org/rfc/rfc6068',
  settings: [
    {
      name: 'to',
      label: 'address',
      help: 'Who is written to: one address.',
      isRequired: true,
      pattern: ADDRESS,
      choices: [],
    },
  ],
  secrets: [],
  baseUrl: '',
  expireHours: 0,
  isToldOnce: false,
  build: () => ({ kind: 'skip', reason: 'e-mail is for alerts' }),
  buildMessage: (message, { settings }) => {
    const to = encodeURIComponent(settings.to ?? '').replace('%40', '@')
    const subject = encodeURIComponent(cutText(plainLine(message.title), SUBJECT_CHARS_MAX))
    const url = `mailto:${to}?subject=${subject}`
    return { kind: 'call', call: { method: 'POST', url, body: bodyOf(message), contentType: 'text/plain' } }
  },
  authorize: (call) => ({ ...call, headers: {} }),
}

export type MailAddressed = { readonly to: string; readonly subject: string }

/** Who is written to and about what; undefined for anything but one right address, and no other header. */
export function parseMailto(url: string): MailAddressed | undefined {
  const [, encodedTo = '', encodedSubject = ''] = /^mailto:([^?]*)\?subject=([^&#]*)$/.exec(url) ?? []
  const to = decode(encodedTo)
  const subject = decode(encodedSubject)
  if (to === undefined || subject === undefined || !new RegExp(`^(?:${ADDRESS})$`).test(to)) return undefined
  return { to, subject: plainLine(subject) }
}

function bodyOf({ title, text, url }: SystemMessage): string {
  return `${[title, text, url].filter((part) => part !== '').join('\n\n')}\n`
}

/** A subject with a line break in it would go on as the next header. */
function plainLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
