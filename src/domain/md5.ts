/** MD5 (RFC 1321), only because some receivers ask for hashed identifiers in it: never for security. */
const BLOCK_BYTES = 64
const LENGTH_BYTES = 8
const SHIFTS: readonly (readonly number[])[] = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
]
/** RFC 1321 section 3.4: the integer part of 2^32 × |sin(i + 1)|. */
const SINES = Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0)

/** Lower-case hex digest of the text's UTF-8 bytes. */
export function md5Hex(text: string): string {
  const view = padMessage(new TextEncoder().encode(text))
  const state = Int32Array.from([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476])
  for (let offset = 0; offset < view.byteLength; offset += BLOCK_BYTES) compress(state, view, offset)
  const bytes = new DataView(state.buffer)
  let hex = ''
  state.forEach((word, i) => {
    bytes.setInt32(4 * i, word, true)
    hex += bytes
      .getUint32(4 * i)
      .toString(16)
      .padStart(8, '0')
  })
  return hex
}

function compress(state: Int32Array, view: DataView, offset: number): void {
  let [a = 0, b = 0, c = 0, d = 0] = state
  for (let i = 0; i < 64; i++) {
    const round = i >> 4
    const word = view.getInt32(offset + 4 * wordIndex(round, i), true)
    const sum = (a + mix(round, b, c, d) + word + (SINES[i] ?? 0)) | 0
    const shift = SHIFTS[round]?.[i & 3] ?? 0
    a = d
    d = c
    c = b
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0
  }
  state[0] = (state[0] ?? 0) + a
  state[1] = (state[1] ?? 0) + b
  state[2] = (state[2] ?? 0) + c
  state[3] = (state[3] ?? 0) + d
}

function mix(round: number, b: number, c: number, d: number): number {
  if (round === 0) return (b & c) | (~b & d)
  if (round === 1) return (d & b) | (~d & c)
  return round === 2 ? b ^ c ^ d : c ^ (b | ~d)
}

function wordIndex(round: number, i: number): number {
  if (round === 0) return i
  if (round === 1) return (5 * i + 1) & 15
  return round === 2 ? (3 * i + 5) & 15 : (7 * i) & 15
}

function padMessage(bytes: Uint8Array): DataView {
  const blocks = Math.ceil((bytes.length + 1 + LENGTH_BYTES) / BLOCK_BYTES)
  const padded = new Uint8Array(blocks * BLOCK_BYTES)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setBigUint64(padded.length - LENGTH_BYTES, BigInt(bytes.length) * 8n, true)
  return view
}
