import type { SendFailureCode } from '../delivery/send-failure.ts'
import type { DeliveryAttempt } from '../store/deliveries.ts'

const FAILURES: Readonly<Record<SendFailureCode, string>> = {
  refused_url: 'The URL can not be called: its form, scheme, port, or a password in it.',
  refused_address: 'The host leads to an address that is not public, which is never called.',
  bad_request: 'The request itself is no valid HTTP, e.g. a header with a line break in it.',
  dns: 'The name of the host is not known, or its name servers do not answer.',
  connect: 'The host refused or broke the connection.',
  tls: 'The certificate or the encryption of the host is not acceptable.',
  timeout: 'The host did not answer in time.',
  protocol: 'What came back is no valid HTTP answer.',
  too_many_redirects: 'It was redirected too often.',
  credentials: 'Nothing was sent: the credentials of the target can not be read, or were not accepted.',
  not_prepared: 'Nothing was sent: the call could not be put together, by a fault of this installation.',
  refused_redirect: 'It was redirected to where the credentials of the target must not go.',
  no_smtp: 'Nothing was sent: the operator has set no mail server.',
  smtp_auth: 'The mail server did not accept the user and password of this installation.',
  smtp_deferred: 'The mail server did not take the e-mail yet.',
  smtp_refused:
    'The mail server will never take the e-mail: the recipient does not exist, or it refuses the text.',
}

/** What came of an attempt, as a sentence. */
export function whatCameBack({ error, responseStatus, durationMs }: DeliveryAttempt): string {
  if (error !== '') return isFailure(error) ? FAILURES[error] : `It failed: ${error}.`
  if (responseStatus === null) return 'No answer came.'
  const kind = responseStatus >= 200 && responseStatus < 300 ? 'accepted it' : 'did not accept it'
  return `The receiver ${kind}: status ${responseStatus} after ${durationMs} ms.`
}

function isFailure(code: string): code is SendFailureCode {
  return Object.hasOwn(FAILURES, code)
}
