import { errors } from 'undici'

/** Why no answer came, by what the caller can do about it. Kept in delivery_attempts.error. */
export type SendFailureCode =
  /** The URL can not be called at all: form, scheme, credentials, port. */
  | 'refused_url'
  /** The guard: an address that is not public. */
  | 'refused_address'
  /** Our own request is not HTTP, e.g. a content type with a line break in it. */
  | 'bad_request'
  | 'dns'
  | 'connect'
  | 'tls'
  | 'timeout'
  /** What came back is not an HTTP answer, or is beyond the limits of one. */
  | 'protocol'
  | 'too_many_redirects'
  /** Nothing was sent: the target's secrets can not be read, or it got no access token for them. */
  | 'credentials'
  /** Nothing was sent: the call could not be put together, by a fault of ours. */
  | 'not_prepared'
  /** To where the call's credentials must not go. */
  | 'refused_redirect'
  /** An e-mail, and the operator has set no mail server. */
  | 'no_smtp'
  /** The mail server does not know who we are: user and password are wrong. */
  | 'smtp_auth'
  /** The mail server took the e-mail not yet, or not from us. */
  | 'smtp_deferred'
  /** It will never take it: the recipient does not exist, or the text is refused. */
  | 'smtp_refused'

/** A receiver that announces an answer over and over (RFC 9110, 15.2) and never gives one. */
export class InterimFloodError extends Error {
  readonly code = 'interim_flood'

  constructor(max: number) {
    super(`more than ${max} interim answers`)
    this.name = 'InterimFloodError'
  }
}

const CODES: Readonly<Record<string, SendFailureCode>> = {
  refused_address: 'refused_address',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  EAI_NONAME: 'dns',
  ENODATA: 'dns',
  ESERVFAIL: 'dns',
  EREFUSED: 'dns',
  EFORMERR: 'dns',
  EBADRESP: 'dns',
  EBADNAME: 'dns',
  ETIMEOUT: 'dns',
  EPROTO: 'tls',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'protocol',
  interim_flood: 'protocol',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'protocol',
  UND_ERR_INVALID_ARG: 'bad_request',
  UND_ERR_NOT_SUPPORTED: 'bad_request',
}

/** How OpenSSL's and Node's own names for a certificate or handshake that is not accepted begin. */
const TLS_PREFIXES = `ERR_TLS_ ERR_SSL_ CERT_ CRL_ DEPTH_ZERO_ SELF_SIGNED_ UNABLE_TO_ ERROR_IN_CERT_
  INVALID_CA INVALID_PURPOSE PATH_LENGTH_EXCEEDED HOSTNAME_MISMATCH`.split(/\s+/)

/** Sorts an error of the HTTP client; what is unknown counts as a connection that broke. */
export function classifySendError(error: unknown): SendFailureCode {
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'timeout'
  // By class: undici leaves its code empty.
  if (error instanceof errors.HTTPParserError) return 'protocol'
  const code = codeOf(error)
  const known = CODES[code]
  if (known !== undefined) return known
  return TLS_PREFIXES.some((prefix) => code.startsWith(prefix)) ? 'tls' : 'connect'
}

/** The error's code, or that of its cause, or of the first of several failed addresses. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string' && error.code !== '') return error.code
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return codeOf(error.cause)
}
