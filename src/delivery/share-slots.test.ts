import { describe, expect, it } from 'vitest'
import type { DueLane } from '../store/delivery-lanes.ts'
import { type Sharing, shareSlots } from './share-slots.ts'
import { SLOTS, Slots } from './slots.ts'

const NOW = 1_000_000

function lane(name: string, limits: Partial<DueLane> = {}): DueLane {
  return { host: `${name}.example`, targetId: name, maxPerMinute: 0, maxConcurrent: 0, ...limits }
}

function share(slots: Slots, lanes: readonly DueLane[], lanesMax = 1_000): Sharing {
  return shareSlots(slots, lanes, { nowMs: NOW, lanesMax })
}

function granted({ grants }: Sharing): Record<string, number> {
  return Object.fromEntries(grants.map(({ lane: { targetId }, slots }) => [targetId, slots.length]))
}

/** Its hosts have answered so many calls quickly. */
function prove(slots: Slots, lanes: readonly DueLane[], calls: number): void {
  for (const each of lanes) {
    for (let n = 0; n < calls; n += 1) {
      const admission = slots.take(each, NOW)
      if (admission.kind !== 'go') throw new Error('no slot')
      slots.settle(admission.slot, { failed: false, durationMs: 5, nowMs: NOW, holdMs: 0 })
      slots.leave(admission.slot)
    }
  }
}

describe('free slots', () => {
  it('are shared evenly among lanes whose hosts could take all of them', () => {
    const slots = new Slots()
    const lanes = ['a', 'b', 'c', 'd'].map((name) => lane(name))
    prove(slots, lanes, 600)
    expect(granted(share(slots, lanes))).toEqual({ a: 128, b: 128, c: 128, d: 128 })
  })

  it('are not given to a lane beyond its limit, and the others have them', () => {
    const slots = new Slots()
    const lanes = [lane('a', { maxConcurrent: 3 }), lane('b'), lane('c')]
    prove(slots, lanes, 600)
    expect(granted(share(slots, lanes))).toEqual({ a: 3, b: 255, c: 254 })
  })

  it('of hosts that are not proven leave the proven ones the other half', () => {
    const slots = new Slots()
    const dead = Array.from({ length: 300 }, (_, n) => lane(`dead${n}`))
    const healthy = lane('healthy')
    prove(slots, [healthy], 600)
    const first = granted(share(slots, dead))
    expect(Object.values(first).reduce((sum, count) => sum + count)).toBe(SLOTS / 2)
    expect(granted(share(slots, [...dead, healthy]))).toEqual({ healthy: SLOTS / 2 })
  })

  it('of targets at one host are shared evenly, too', () => {
    const slots = new Slots()
    const lanes = ['a', 'b'].map((name) => lane(name, { host: 'same.example' }))
    expect(granted(share(slots, lanes))).toEqual({ a: 3, b: 3 })
  })

  it('that are given back are there again, and say nothing of the host', () => {
    const slots = new Slots()
    const { grants } = share(slots, [lane('a')])
    for (const slot of grants.flatMap((grant) => grant.slots)) slots.giveBack(slot)
    expect(granted(share(slots, [lane('a')]))).toEqual({ a: 6 })
  })

  it('go to so many lanes at once, those in front first; the others are not told to wait', () => {
    const sharing = share(
      new Slots(),
      ['a', 'b', 'c'].map((name) => lane(name)),
      2,
    )
    expect(granted(sharing)).toEqual({ a: 6, b: 6 })
    expect(sharing.waiting).toEqual([])
  })
})
