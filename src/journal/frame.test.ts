import fc from 'fast-check'
import { expect, test } from 'vitest'
import { frameBytes, scanFrame, writeFrame } from './frame.ts'

const payloads = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
const types = fc.integer({ min: 0, max: 255 })

function toFrame(type: number, payload: Buffer): Buffer {
  const bytes = Buffer.alloc(frameBytes(payload.length))
  writeFrame(bytes, 0, type, payload)
  return bytes
}

test('a frame is read back as it was written', () => {
  fc.assert(
    fc.property(types, payloads, (type, payload) => {
      const bytes = toFrame(type, payload)
      const scan = scanFrame(Buffer.concat([bytes, bytes]), 0)
      expect(scan).toEqual({ kind: 'frame', frame: { type, payload, start: 0, end: bytes.length } })
    }),
  )
})

test('a frame that is cut anywhere is incomplete, and says what it needs', () => {
  const bytes = toFrame(1, Buffer.from('payload'))
  for (let length = 0; length < bytes.length; length += 1) {
    const needs = length < 8 ? 8 : bytes.length
    expect(scanFrame(bytes.subarray(0, length), 0)).toEqual({ kind: 'incomplete', needs })
  }
})

test('a frame with any bit flipped is never read as a record', () => {
  const bytes = toFrame(3, Buffer.from('the payload'))
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(scanFrame(flipped, 0).kind, `bit ${bit}`).not.toBe('frame')
  }
})

test('zeros and absurd lengths are damage, not a record to wait for', () => {
  expect(scanFrame(Buffer.alloc(64), 0)).toEqual({ kind: 'damaged' })
  expect(scanFrame(Buffer.alloc(64, 0xff), 0)).toEqual({ kind: 'damaged' })
})
