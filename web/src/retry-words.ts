import {
  GONE_STATUS,
  HOST_COOL_DOWN_MS,
  HOST_FAILURES_TO_OPEN,
  RETRY_AFTER_MS_MAX,
  RETRY_WAITS_MS,
  TARGET_FAILING_MS_MAX,
} from '../../src/domain/delivery-rules.ts'
import { listWords } from './list-words.ts'
import { spanWords } from './span-words.ts'

/** What the delivery worker goes by, in words: the numbers are its own. */
export const RETRY = {
  attempts: RETRY_WAITS_MS.length + 1,
  waits: listWords(RETRY_WAITS_MS.map(spanWords), 'and'),
  retryAfterMax: spanWords(RETRY_AFTER_MS_MAX),
  failingMax: spanWords(TARGET_FAILING_MS_MAX),
  goneStatus: GONE_STATUS,
  hostFailures: HOST_FAILURES_TO_OPEN,
  coolDown: spanWords(HOST_COOL_DOWN_MS.first),
  coolDownMax: spanWords(HOST_COOL_DOWN_MS.max),
} as const
