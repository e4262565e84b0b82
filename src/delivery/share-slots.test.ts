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
    expect(granted(share(slots, lanes))).toEqual({ a: 112, b: 112, c: 112, d: 112 })
  })

  it('are not given to a lane beyond its limit, and the others have them', () => {
    const slots = new Slots()
    const lanes = [lane('a', { maxConcurrent: 3 }), lane('b'), lane('c')]
    prove(slots, lanes, 600)
    expect(granted(share(slots, lanes))).toEqual({ a: 3, b: 128, c: 128 })
  })

  it('of hosts that are not proven leave the proven ones the other half', () => {
    const slots = new Slots()
    const dead = Array.from({ length: 300 }, (_, n) => lane(`dead${n}`))
    const healthy = lane('healthy')
    prove(slots, [healthy], 600)
    const first = granted(share(slots, dead))
    expect(Object.values(first).reduce((sum, count) => sum + count)).toBe(SLOTS / 2)
    expect(granted(share(slots, [...dead, healthy]))).toEqual({ healthy: SLOTS / 4 })
  })

  it('are there for a third host at once when two that were quick hang together, and for a fourth', () => {
    const slots = new Slots()
    const quick = ['a', 'b', 'c', 'd'].map((name) => lane(name))
    prove(slots, quick, 600)
    share(slots, quick)
    expect(
      granted(
        share(
          slots,
          ['e', 'f'].map((name) => lane(name)),
        ),
      ),
    ).toEqual({ e: 2, f: 2 })
  })

  it('are there for the first call of a host while a thousand dead ones are tried again and again', () => {
    const slots = new Slots()
    const dead = Array.from({ length: 1_000 }, (_, n) => lane(`dead${n}`))
    const answer = { failed: true, durationMs: 5_000, nowMs: NOW, holdMs: 0 }
    let pending = dead
    while (pending.length > 0) {
      const { grants, waiting } = share(slots, pending)
      for (const slot of grants.flatMap((grant) => grant.slots)) {
        slots.settle(slot, answer)
        slots.leave(slot)
      }
      pending = waiting.map((each) => each.lane)
    }
    const tried = Object.values(granted(share(slots, dead))).reduce((sum, count) => sum + count)
    expect(tried).toBe(170)
    expect(granted(share(slots, [...dead, lane('new')]))).toEqual({ new: 1 })
  })

  it('of targets at one host are shared evenly, too', () => {
    const slots = new Slots()
    const lanes = ['a', 'b'].map((name) => lane(name, { host: 'same.example' }))
    expect(granted(share(slots, lanes))).toEqual({ a: 1, b: 1 })
  })

  it('that are given back are there again, and say nothing of the host', () => {
    const slots = new Slots()
    const { grants } = share(slots, [lane('a')])
    for (const slot of grants.flatMap((grant) => grant.slots)) slots.giveBack(slot)
    expect(granted(share(slots, [lane('a')]))).toEqual({ a: 2 })
  })

  it('go to so many lanes at once, those in front first; the others are not told to wait', () => {
    const sharing = share(
      new Slots(),
      ['a', 'b', 'c'].map((name) => lane(name)),
      2,
    )
    expect(granted(sharing)).toEqual({ a: 2, b: 2 })
    expect(sharing.waiting).toEqual([])
  })
})
