import { describe, expect, it } from 'vitest'
import { EDGE_LIMITS } from './edge-limits.ts'
import { createHops, HOP_PATH } from './hop.ts'

const NOW = 1_800_000_000_000
const TARGET = 'https://offer.example/?a=1&b=%20'
const hops = createHops(Buffer.alloc(32, 1))

function queryOf(path: string | undefined): string {
  return path?.slice(`${HOP_PATH}?`.length) ?? ''
}

describe('a second hop', () => {
  it('leads to its target until it expires', () => {
    const query = queryOf(hops.toPath(TARGET, NOW))
    expect(hops.targetOf(query, NOW)).toBe(TARGET)
    expect(hops.targetOf(query, NOW + EDGE_LIMITS.hopLifetimeMs)).toBe(TARGET)
    expect(hops.targetOf(query, NOW + EDGE_LIMITS.hopLifetimeMs + 1)).toBeUndefined()
  })

  it('with any character changed leads nowhere', () => {
    const query = queryOf(hops.toPath(TARGET, NOW))
    // The last character of base64url carries two unused bits, so that some changes of it mean the same.
    for (let index = 0; index < query.length - 1; index += 1) {
      const changed = query.slice(0, index) + (query[index] === 'A' ? 'B' : 'A') + query.slice(index + 1)
      expect(hops.targetOf(changed, NOW), `changed at ${index}`).toBeUndefined()
    }
  })

  it('signed with another secret, or not at all, leads nowhere', () => {
    const foreign = createHops(Buffer.alloc(32, 2)).toPath(TARGET, NOW)
    expect(hops.targetOf(queryOf(foreign), NOW)).toBeUndefined()
    expect(
      hops.targetOf(`t=${Buffer.from(TARGET).toString('base64url')}&x=${NOW + 1}&s=`, NOW),
    ).toBeUndefined()
    expect(hops.targetOf('', NOW)).toBeUndefined()
  })

  it('is not made for a target that would not fit into a URL', () => {
    expect(hops.toPath(`https://x.example/${'a'.repeat(EDGE_LIMITS.hopTargetBytesMax)}`, NOW)).toBeUndefined()
  })
})
