import type { DeliveryWithAttempts } from './resources-notifications.ts'
import { isKey } from './texts.ts'
import { attemptTexts, failureTexts, reasonTexts } from './texts-deliveries.ts'

type Attempt = Pick<DeliveryWithAttempts['attempts'][number], 'error' | 'responseStatus'>
const OK_STATUS = 200
const REDIRECT_STATUS = 300

/** Whether the receiver took it. */
export function isTaken({ error, responseStatus }: Attempt): boolean {
  return (
    error === '' && responseStatus !== null && responseStatus >= OK_STATUS && responseStatus < REDIRECT_STATUS
  )
}

/** What came of an attempt, in words. */
export function attemptWords(attempt: Attempt): string {
  const { error, responseStatus } = attempt
  if (error !== '') return failureWords(error)
  if (responseStatus === null) return attemptTexts.noAnswer
  return isTaken(attempt) ? attemptTexts.accepted(responseStatus) : attemptTexts.refused(responseStatus)
}

/** The words of a code of failure; anything else, such as what a receiver answered, stays as it is. */
export function failureWords(code: string): string {
  return isKey(failureTexts, code) ? failureTexts[code] : attemptTexts.other(code)
}

/** Why a delivery stands where it stands, as a sentence; what a receiver itself said stays as it is. */
export function reasonWords(reason: string): string {
  if (isKey(reasonTexts, reason)) return reasonTexts[reason]
  return isKey(failureTexts, reason) ? failureTexts[reason] : reason
}
