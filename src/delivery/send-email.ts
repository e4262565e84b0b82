import { createTransport } from 'nodemailer'
import { parseMailto } from '../domain/target-systems/email.ts'
import type { Call, SendResult } from './send.ts'
import { classifySendError, type SendFailureCode } from './send-failure.ts'

const CONNECT_TIMEOUT_MS = 10_000
/** Of silence. */
const SOCKET_TIMEOUT_MS = 15_000
/** For one e-mail with everything; below the lease of a delivery. */
const TOTAL_TIMEOUT_MS = 30_000
const CONNECTIONS_MAX = 2
const MAILS_PER_CONNECTION = 100
const REPLY_CHARS_KEPT = 1_024
/** RFC 5321, 4.2: the message was taken. */
const TAKEN = 250
/** RFC 5321, 4.2.3: the server itself is not available, whatever it was told. */
const CLOSING = 421

export type MailerOptions = {
  /** smtp:// or smtps:// with user and password, as the operator set it; '' for none. */
  readonly smtpUrl: string
  /** `address` or `Name <address>`. */
  readonly from: string
  /** PEM; more authorities than the system's. */
  readonly ca?: string
  readonly totalTimeoutMs?: number
}

/** The operator's mail server. */
export type Mailer = {
  /** Whether there is one. */
  readonly isSet: boolean
  /** Sends the call of an e-mail (a mailto address) once. Never rejects: whatever the server does is a result. */
  send(call: MailCall): Promise<SendResult>
  /** Connects and signs in. @throws what the server or the way to it says. */
  verify(): Promise<void>
  /** Closes idle connections; e-mails under way are finished first. */
  close(): void
}

type MailCall = Pick<Call, 'id' | 'method' | 'url' | 'body'>

/**
 * Sends e-mail over SMTP with a few connections that are kept. The server's certificate is checked; with a password the
 * connection must be encrypted, by STARTTLS on smtp://. The server is the operator's own setting, and not under the guard
 * of addresses that members choose.
 */
export function createMailer(options: MailerOptions): Mailer {
  if (options.smtpUrl === '') return NO_MAILER
  const transport = createTransport(transportOptions(options))
  const sender = parseSender(options.from)
  return {
    isSet: true,
    send: async (call) => {
      const addressed = parseMailto(call.url)
      if (addressed === undefined)
        return failed(call, 'bad_request', { detail: 'no e-mail address', forGood: true })
      const { to, subject } = addressed
      const signal = AbortSignal.timeout(options.totalTimeoutMs ?? TOTAL_TIMEOUT_MS)
      try {
        const sent = await transport.sendMail({
          from: sender,
          to: { name: '', address: to },
          envelope: { from: sender.address, to: [to] },
          subject,
          text: call.body,
          // The same for every attempt: a receiver that got it before drops the repetition.
          messageId: `<${call.id}@${sender.address.split('@').at(-1)}>`,
          // RFC 3834, 5: no holiday's answer comes back.
          headers: { 'Auto-Submitted': 'auto-generated' },
          disableFileAccess: true,
          disableUrlAccess: true,
          signal,
        })
        return answered(call, sent.response ?? '')
      } catch (error) {
        return toFailure(call, error, signal.aborted)
      }
    },
    verify: async () => {
      await transport.verify()
    },
    close: () => transport.close(),
  }
}

/** Whether the call goes to the mail server; any other is made over HTTP. */
export function isMail({ url }: Pick<Call, 'url'>): boolean {
  return url.startsWith('mailto:')
}

/** Where there is no mail server: an e-mail waits, and goes out when the operator has set one. */
export const NO_MAILER: Mailer = {
  isSet: false,
  send: async (call) => failed(call, 'no_smtp', { detail: 'TRAILPOST_SMTP_URL is not set', forGood: false }),
  verify: async () => {},
  close: () => {},
}

function transportOptions({ smtpUrl, ca }: MailerOptions) {
  const url = new URL(smtpUrl)
  const secure = url.protocol === 'smtps:'
  const user = decodeURIComponent(url.username)
  const auth = user === '' ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }
  return {
    pool: true as const,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    secure,
    requireTLS: !secure && user !== '',
    ...auth,
    tls: { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
    maxConnections: CONNECTIONS_MAX,
    maxMessages: MAILS_PER_CONNECTION,
    // The queue of deliveries tries again.
    maxRequeues: 0,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    dnsTimeout: CONNECT_TIMEOUT_MS,
  }
}

/** `Name <address>`, or an address alone. */
function parseSender(from: string): { readonly name: string; readonly address: string } {
  const [, name = '', address = from] = /^\s*(.*?)\s*<([^<>]+)>\s*$/.exec(from) ?? []
  return { name: name.replace(/^"(.*)"$/, '$1'), address: address.trim() }
}

/** What nodemailer says of an error (nodemailer/dist/esm/errors.d.ts). */
type MailError = {
  readonly code: string
  /** What the server was told when it refused, e.g. 'RCPT TO'; '' for none. */
  readonly command: string
  /** Of its reply; 0 when there was none. */
  readonly status: number
  /** With the code that the socket gave. */
  readonly cause: Error
  readonly detail: string
}

function toFailure(call: MailCall, error: unknown, isTimeout: boolean): SendResult {
  const read = readMailError(error)
  if (isTimeout) return failed(call, 'timeout', { detail: read.detail, forGood: false })
  const code = codeOf(read)
  return failed(call, code, { detail: read.detail, forGood: code === 'smtp_refused' })
}

const CODES: Readonly<Record<string, SendFailureCode>> = {
  ETIMEDOUT: 'timeout',
  EDNS: 'dns',
  EPROTOCOL: 'protocol',
}

function codeOf({ code, command, status, cause }: MailError): SendFailureCode {
  if (code === 'EAUTH' || code === 'ENOAUTH') return 'smtp_auth'
  // It offers no encryption, or refuses to begin it.
  if (code === 'ETLS') return 'tls'
  if (status === CLOSING) return 'connect'
  if (status >= 500 && isAboutMail(command)) return 'smtp_refused'
  if (status >= 400) return 'smtp_deferred'
  return CODES[code] ?? classifySendError(cause)
}

/** A server that refuses our sender, or us, refuses the operator's settings: these can be mended while the e-mail waits. */
function isAboutMail(command: string): boolean {
  return command.startsWith('RCPT') || command.startsWith('DATA')
}

function readMailError(error: unknown): MailError {
  const fields: Record<string, unknown> =
    error instanceof Error ? Object.fromEntries(Object.entries(error)) : {}
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  const status = typeof fields.responseCode === 'number' ? fields.responseCode : 0
  const said = text(fields.response) || (error instanceof Error ? error.message : String(error))
  return {
    cause: Object.assign(new Error(said), { code: text(fields.originalCode) }),
    code: text(fields.code),
    command: text(fields.command),
    status,
    detail: said.slice(0, REPLY_CHARS_KEPT),
  }
}

function answered(call: MailCall, response: string): SendResult {
  const answer = {
    status: TAKEN,
    headers: {},
    body: response.slice(0, REPLY_CHARS_KEPT),
    location: undefined,
  }
  return { kind: 'answered', request: requestOf(call), answer }
}

function failed(
  call: MailCall,
  code: SendFailureCode,
  { detail, forGood }: { readonly detail: string; readonly forGood: boolean },
): SendResult {
  return { kind: 'failed', request: requestOf(call), code, detail, forGood }
}

function requestOf({ method, url, body }: MailCall) {
  return { method, url, headers: {}, body, redirectedFrom: [] }
}
