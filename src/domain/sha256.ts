/**
 * SHA-256 (FIPS 180-4), here because the rules may not import node:crypto, and because one compression in
 * JavaScript (about 0.8 µs) costs less than the call into OpenSSL for inputs as short as ours.
 */
const ROUND_CONSTANTS = roundConstants()
const SCHEDULE = new Int32Array(64)
const BLOCK_BYTES = 64
const LENGTH_BYTES = 8

const INITIAL_STATE: readonly number[] = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]

/** Lower-case hex digest of the text's UTF-8 bytes. */
export function sha256Hex(text: string): string {
  let hex = ''
  for (const word of sha256Words(new TextEncoder().encode(text))) {
    hex += (word >>> 0).toString(16).padStart(8, '0')
  }
  return hex
}

/** The digest as eight big-endian words. */
export function sha256Words(bytes: Uint8Array): Int32Array {
  const padded = padMessage(bytes)
  const view = new DataView(padded.buffer)
  const state = initialSha256State()
  const block = new Int32Array(16)
  for (let offset = 0; offset < padded.length; offset += BLOCK_BYTES) {
    for (let i = 0; i < 16; i++) block[i] = view.getInt32(offset + 4 * i)
    compressSha256(state, block)
  }
  return state
}

export function initialSha256State(): Int32Array {
  return Int32Array.from(INITIAL_STATE)
}

/** Mixes one block of sixteen big-endian words into the state, in place. */
export function compressSha256(state: Int32Array, block: Int32Array): void {
  expandSchedule(block)
  let a = state[0] ?? 0
  let b = state[1] ?? 0
  let c = state[2] ?? 0
  let d = state[3] ?? 0
  let e = state[4] ?? 0
  let f = state[5] ?? 0
  let g = state[6] ?? 0
  let h = state[7] ?? 0
  for (let i = 0; i < 64; i++) {
    const sigma1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const choice = (e & f) ^ (~e & g)
    const t1 = (h + sigma1 + choice + (ROUND_CONSTANTS[i] ?? 0) + (SCHEDULE[i] ?? 0)) | 0
    const sigma0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const majority = (a & b) ^ (a & c) ^ (b & c)
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + sigma0 + majority) | 0
  }
  state[0] = (state[0] ?? 0) + a
  state[1] = (state[1] ?? 0) + b
  state[2] = (state[2] ?? 0) + c
  state[3] = (state[3] ?? 0) + d
  state[4] = (state[4] ?? 0) + e
  state[5] = (state[5] ?? 0) + f
  state[6] = (state[6] ?? 0) + g
  state[7] = (state[7] ?? 0) + h
}

function expandSchedule(block: Int32Array): void {
  for (let i = 0; i < 16; i++) SCHEDULE[i] = block[i] ?? 0
  for (let i = 16; i < 64; i++) {
    const w15 = SCHEDULE[i - 15] ?? 0
    const w2 = SCHEDULE[i - 2] ?? 0
    const s0 = ((w15 >>> 7) | (w15 << 25)) ^ ((w15 >>> 18) | (w15 << 14)) ^ (w15 >>> 3)
    const s1 = ((w2 >>> 17) | (w2 << 15)) ^ ((w2 >>> 19) | (w2 << 13)) ^ (w2 >>> 10)
    SCHEDULE[i] = (SCHEDULE[i - 16] ?? 0) + s0 + (SCHEDULE[i - 7] ?? 0) + s1
  }
}

function padMessage(bytes: Uint8Array): Uint8Array {
  const blocks = Math.ceil((bytes.length + 1 + LENGTH_BYTES) / BLOCK_BYTES)
  const padded = new Uint8Array(blocks * BLOCK_BYTES)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  new DataView(padded.buffer).setBigUint64(padded.length - LENGTH_BYTES, BigInt(bytes.length) * 8n)
  return padded
}

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes, by exact integer roots. */
function roundConstants(): Int32Array {
  const constants = new Int32Array(64)
  let found = 0
  for (let candidate = 2n; found < constants.length; candidate++) {
    if (!isPrime(candidate)) continue
    constants[found++] = Number(cubeRoot(candidate << 96n) & 0xffff_ffffn) | 0
  }
  return constants
}

function isPrime(candidate: bigint): boolean {
  for (let divisor = 2n; divisor * divisor <= candidate; divisor++) {
    if (candidate % divisor === 0n) return false
  }
  return true
}

/** Floor of the cube root. */
function cubeRoot(value: bigint): bigint {
  let low = 0n
  let high = 1n << 40n
  while (low < high) {
    const middle = (low + high + 1n) / 2n
    if (middle ** 3n <= value) low = middle
    else high = middle - 1n
  }
  return low
}
