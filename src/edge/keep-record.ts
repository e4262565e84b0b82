import type { RECORD_TYPE } from '../domain/journal-record.ts'
import { JournalFullError, JournalOverloadedError } from '../journal/errors.ts'
import type { EdgeContext } from './edge-context.ts'
import type { EdgeCounter } from './edge-metrics.ts'

type RecordType = (typeof RECORD_TYPE)[keyof typeof RECORD_TYPE]

/** Grows to the largest record seen; the journal copies a payload before append returns. */
let scratch = Buffer.allocUnsafeSlow(16_384)
/** UTF-8 needs at most three bytes for a UTF-16 unit. */
const BYTES_PER_UNIT_MAX = 3

/**
 * Appends a record and waits until it is durable.
 * @returns false when the journal refused it: the loss is counted and logged, and the caller answers all the
 *   same, because a visitor who was paid for must not be lost as well.
 */
export async function keepRecord(context: EdgeContext, type: RecordType, text: string): Promise<boolean> {
  try {
    await appendText(context, type, text)
    return true
  } catch (error) {
    const { counter, message } = describeLoss(error)
    context.metrics.count(counter)
    context.failures.error(message, error)
    return false
  }
}

/** Appends a record. @throws the journal's errors. */
export function appendText(context: EdgeContext, type: RecordType, text: string): Promise<unknown> {
  if (text.length * BYTES_PER_UNIT_MAX > scratch.length) {
    scratch = Buffer.allocUnsafeSlow(text.length * BYTES_PER_UNIT_MAX)
  }
  const bytes = scratch.write(text, 'utf8')
  return context.journal.append(type, scratch.subarray(0, bytes))
}

function describeLoss(error: unknown): { readonly counter: EdgeCounter; readonly message: string } {
  if (error instanceof JournalFullError) {
    return {
      counter: 'lostOnDiskFull',
      message: 'THE DISK IS FULL: visitors are redirected, records are lost',
    }
  }
  if (error instanceof JournalOverloadedError) {
    return {
      counter: 'lostOnOverload',
      message: 'the disk cannot keep up: visitors are redirected, records are lost',
    }
  }
  return {
    counter: 'lostOnWriteError',
    message: 'the journal cannot be written: visitors are redirected, records are lost',
  }
}
