import { crc32 } from 'node:zlib'
import { RECORD_PAYLOAD_BYTES_MAX } from './limits.ts'

/**
 * One record on disk:
 *
 *   u32le length of (type + payload) | u32le CRC-32 of (type + payload) | u8 type | payload
 *
 * A length of 0 is invalid, so that a tail of zeros, which file systems leave after a power loss, is no record.
 */
/** Length and CRC: without them the bytes of a frame are invisible. */
export const FRAME_START_BYTES = 8
const FRAME_OVERHEAD_BYTES = FRAME_START_BYTES + 1

/** CRC-32 of each type byte alone: the payload's CRC goes on from it, without joining the two. */
const CRC_OF_TYPE = Uint32Array.from({ length: 256 }, (_, type) => crc32(Uint8Array.of(type)))

/** Bytes on disk of a record with a payload of so many bytes. */
export function frameBytes(payloadBytes: number): number {
  return FRAME_OVERHEAD_BYTES + payloadBytes
}

/** Writes a frame at the offset; the target has room for it, and the type is a byte. */
export function writeFrame(target: Buffer, offset: number, type: number, payload: Buffer): void {
  target.writeUInt32LE(payload.length + 1, offset)
  target.writeUInt32LE(crc32(payload, CRC_OF_TYPE[type]), offset + 4)
  target[offset + FRAME_START_BYTES] = type
  target.set(payload, offset + FRAME_OVERHEAD_BYTES)
}

type ScannedFrame = {
  readonly type: number
  readonly payload: Buffer
  /** Where the frame starts and where the next one does, in the scanned bytes. */
  readonly start: number
  readonly end: number
}

/**
 * The frame at the offset. When the bytes end before the frame does, `needs` says how many bytes from the offset
 * would show whether it is one; `damaged` bytes never become a frame.
 */
export type FrameScan =
  | { readonly kind: 'frame'; readonly frame: ScannedFrame }
  | { readonly kind: 'incomplete'; readonly needs: number }
  | { readonly kind: 'damaged' }

/** Whether the first bytes can be a frame's; zeros are not. */
export function mayStartFrame(bytes: Buffer): boolean {
  return bytes.length >= FRAME_START_BYTES && bytes.readUInt32LE(0) !== 0
}

const DAMAGED: FrameScan = { kind: 'damaged' }

/** Reads the frame that starts at the offset. The payload shares the memory of `bytes`. */
export function scanFrame(bytes: Buffer, offset: number): FrameScan {
  const available = bytes.length - offset
  if (available < FRAME_START_BYTES) return { kind: 'incomplete', needs: FRAME_START_BYTES }
  const length = bytes.readUInt32LE(offset)
  if (length === 0 || length > 1 + RECORD_PAYLOAD_BYTES_MAX) return DAMAGED
  const end = offset + FRAME_START_BYTES + length
  if (end > bytes.length) return { kind: 'incomplete', needs: end - offset }
  const content = bytes.subarray(offset + FRAME_START_BYTES, end)
  if (crc32(content) !== bytes.readUInt32LE(offset + 4)) return DAMAGED
  const type = bytes[offset + FRAME_START_BYTES] ?? 0
  return { kind: 'frame', frame: { type, payload: content.subarray(1), start: offset, end } }
}
