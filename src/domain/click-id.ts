/**
 * Click ids: 26 characters of lower-case Crockford base 32, 130 bits.
 *
 * ```
 *  bits  48 Unix milliseconds │ 10 process │ 40 counter │ 32 HMAC
 *  char  0 ────────────────── 9 ────────── 11 ──────── 19 ────── 25
 *                             ╰ chars 9, 11 and 19 straddle two fields
 * ```
 *
 * The alphabet is in ASCII order, so text order is time order. Within a process (time, counter) strictly grows,
 * also while the clock steps back: an id is never made twice. A restarted process starts each millisecond at a
 * random counter, so it does not meet its predecessor's ids.
 */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const ID_CHARS = 26
const PROCESS_ID_MAX = 1023
const TIME_MS_MAX = 2 ** 48 - 1
const COUNTER_END = 2 ** 40
/** A millisecond starts in the lower half of the counter's range: 2^39 ids fit before it is used up. */
const SEED_STEP = 2 ** 7
const LETTERS = Array.from(ALPHABET)
const PAIRS = LETTERS.flatMap((high) => LETTERS.map((low) => high + low))
const NOT_A_LETTER = 255
const VALUES = letterValues()

export type ClickIdKey = {
  /** @param prefix the first 98 bits as 20 characters of the alphabet, the last two bits zero. */
  hmac32(prefix: string): number
}

export type ClickIdMaker = (nowMs: number) => string

export type ClickIdCheck =
  | { readonly ok: true; readonly atMs: number; readonly processId: number }
  | { readonly ok: false; readonly reason: 'length' | 'alphabet' | 'signature' }

/**
 * Makes the click ids of one process.
 *
 * While the clock is behind the last id, ids keep the last id's time: `clickIdTime(id)`, not the clock, is the
 * time to file the visit under, so that a look-up by id reads the right hour.
 * @param options.processId 0..1023, unique among the processes that share the secret.
 * @param options.randomBits a random integer 0..2^32-1.
 */
export function createClickIdMaker(options: {
  readonly key: ClickIdKey
  readonly processId: number
  readonly randomBits: () => number
}): ClickIdMaker {
  const { key, processId, randomBits } = options
  if (!Number.isInteger(processId) || processId < 0 || processId > PROCESS_ID_MAX) {
    throw new RangeError(`a process id is 0..${PROCESS_ID_MAX}, not ${processId}`)
  }
  let lastMs = -1
  let counter = 0
  return (nowMs) => {
    const sameMillisecond = nowMs <= lastMs && ++counter < COUNTER_END
    if (!sameMillisecond) {
      lastMs = toTime(Math.max(nowMs, lastMs + 1))
      counter = (randomBits() >>> 0) * SEED_STEP
    }
    return encode(key, lastMs, processId, counter)
  }
}

/** Tells a click id of ours from a forged, mistyped, truncated or upper-cased one, without a look-up. */
export function verifyClickId(id: string, key: ClickIdKey): ClickIdCheck {
  if (id.length !== ID_CHARS) return { ok: false, reason: 'length' }
  for (let i = 0; i < ID_CHARS; i++) {
    if (valueAt(id, i) === NOT_A_LETTER) return { ok: false, reason: 'alphabet' }
  }
  const shared = valueAt(id, 19)
  const prefix = id.slice(0, 19) + (LETTERS[shared & 0b11100] ?? '')
  const mac = (shared & 3) * 2 ** 30 + bitsAt(id, 20, 6)
  if (key.hmac32(prefix) !== mac) return { ok: false, reason: 'signature' }
  return { ok: true, atMs: decodeTime(id), processId: decodeProcessId(id) }
}

/** Unix milliseconds of a verified click id. */
export function clickIdTime(id: string): number {
  return decodeTime(id)
}

/** Which process made a verified click id. */
export function clickIdProcess(id: string): number {
  return decodeProcessId(id)
}

function toTime(ms: number): number {
  const whole = Math.floor(ms)
  if (!(whole >= 0 && whole <= TIME_MS_MAX)) throw new RangeError(`no click id can be made at time ${ms}`)
  return whole
}

function encode(key: ClickIdKey, timeMs: number, processId: number, counter: number): string {
  const counterHigh = Math.floor(counter / 2 ** 20)
  const counterLow = counter % 2 ** 20
  const timeHigh = Math.floor(timeMs / 2 ** 23)
  const timeMiddle = Math.floor(timeMs / 8) % 2 ** 20
  // Chars 0..18: what lies before the character that prefix and HMAC share.
  const head =
    fiveLetters(timeHigh) +
    pair(timeMiddle >>> 10) +
    pair(timeMiddle) +
    pair(((timeMs % 8) << 7) | (processId >>> 3)) +
    letter(((processId & 7) << 2) | (counterHigh >>> 18)) +
    pair(counterHigh >>> 8) +
    letter(counterHigh >>> 3) +
    pair(((counterHigh & 7) << 7) | (counterLow >>> 13)) +
    pair(counterLow >>> 3)
  const shared = (counterLow & 7) << 2
  const mac = key.hmac32(head + letter(shared))
  return head + letter(shared | (mac >>> 30)) + pair(mac >>> 20) + pair(mac >>> 10) + pair(mac)
}

/** 25 bits in five letters. */
function fiveLetters(bits: number): string {
  return letter(bits >>> 20) + pair(bits >>> 10) + pair(bits)
}

function letter(bits: number): string {
  return LETTERS[bits & 31] ?? ''
}

function pair(bits: number): string {
  return PAIRS[bits & 1023] ?? ''
}

function decodeTime(id: string): number {
  return bitsAt(id, 0, 5) * 2 ** 23 + bitsAt(id, 5, 4) * 8 + (valueAt(id, 9) >>> 2)
}

function decodeProcessId(id: string): number {
  return ((valueAt(id, 9) & 3) << 8) | (valueAt(id, 10) << 3) | (valueAt(id, 11) >>> 2)
}

/** Up to six letters as a number. */
function bitsAt(id: string, from: number, letters: number): number {
  let bits = 0
  for (let i = from; i < from + letters; i++) bits = (bits << 5) | valueAt(id, i)
  return bits
}

function valueAt(id: string, index: number): number {
  return VALUES[id.charCodeAt(index)] ?? NOT_A_LETTER
}

function letterValues(): Uint8Array {
  const values = new Uint8Array(128).fill(NOT_A_LETTER)
  LETTERS.forEach((char, value) => {
    values[char.charCodeAt(0)] = value
  })
  return values
}
