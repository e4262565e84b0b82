import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HostCall, HostGate, type HostPlace } from './host-gate.ts'

const HOST = 'a.example'
const NOW = 1_000_000
const QUICK_MS = 10
const UNTIL_ONE_ENDS = Number.POSITIVE_INFINITY

type Call = { failed: boolean; durationMs?: number; holdMs?: number }

/** A gate that ends its calls in the order in which they began. */
class Gate {
  readonly #gate = new HostGate()
  readonly #places: HostPlace[] = []

  waitMs(host: string, nowMs: number): number {
    return this.#gate.waitMs(host, nowMs)
  }

  isProven(host: string, nowMs: number): boolean {
    return this.#gate.standing(host, nowMs).isProven
  }

  take(host: string, nowMs: number): void {
    this.#places.push(this.#gate.take(host, nowMs))
  }

  giveBack(host: string): void {
    this.#gate.giveBack(host, this.#oldest())
  }

  settle(host: string, call: HostCall): void {
    this.#gate.settle(host, this.#oldest(), call)
  }

  #oldest(): HostPlace {
    const place = this.#places.shift()
    if (place === undefined) throw new Error('no call under way')
    return place
  }
}

/** Makes calls one after the other, all within one millisecond. */
function gateAfter(...calls: Call[]): Gate {
  const gate = new Gate()
  for (const call of calls) {
    expect(gate.waitMs(HOST, NOW)).toBe(0)
    gate.take(HOST, NOW)
    settle(gate, NOW, call)
  }
  return gate
}

function settle(gate: Gate, nowMs: number, call: Call): void {
  gate.settle(HOST, { durationMs: QUICK_MS, holdMs: 0, nowMs, ...call })
}

const failures = (count: number) => Array.from({ length: count }, () => ({ failed: true }))
const answers = (count: number, durationMs = QUICK_MS) =>
  Array.from({ length: count }, () => ({ failed: false, durationMs }))

describe('the breaker of a host', () => {
  it('opens after five failures of a host that has never answered, and after ten of one that has', () => {
    expect(gateAfter(...failures(5)).waitMs(HOST, NOW)).toBe(10_000)
    expect(gateAfter(...answers(1), ...failures(9)).waitMs(HOST, NOW)).toBe(0)
    expect(gateAfter(...answers(1), ...failures(10)).waitMs(HOST, NOW + 9_999)).toBe(1)
  })

  it('stays closed while an answer comes now and then', () => {
    expect(gateAfter(...failures(4), ...answers(1), ...failures(9)).waitMs(HOST, NOW)).toBe(0)
  })

  it('leaves other hosts alone', () => {
    expect(gateAfter(...failures(5)).waitMs('b.example', NOW)).toBe(0)
  })

  it('lets one probe through after the cool-down, and others once the probe is answered', () => {
    const gate = gateAfter(...failures(5))
    expect(gate.waitMs(HOST, NOW + 10_000)).toBe(0)
    gate.take(HOST, NOW + 10_000)
    expect(gate.waitMs(HOST, NOW + 10_000)).toBe(UNTIL_ONE_ENDS)
    settle(gate, NOW + 10_010, { failed: false })
    expect(gate.waitMs(HOST, NOW + 10_010)).toBe(0)
  })

  it('lets another probe through when the first one was not made after all', () => {
    const gate = gateAfter(...failures(5))
    gate.take(HOST, NOW + 10_000)
    gate.giveBack(HOST)
    expect(gate.waitMs(HOST, NOW + 10_000)).toBe(0)
  })

  it('cools down twice as long after a probe that failed, up to five minutes', () => {
    const gate = gateAfter(...failures(5))
    let now = NOW
    const waits: number[] = []
    for (let probes = 0; probes < 7; probes += 1) {
      const waitMs = gate.waitMs(HOST, now)
      waits.push(waitMs)
      now += waitMs
      gate.take(HOST, now)
      settle(gate, now, { failed: true })
    }
    expect(waits).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000])
  })

  it('is opened once by calls that were under way together', () => {
    const gate = new Gate()
    for (let n = 0; n < 6; n += 1) gate.take(HOST, NOW)
    for (let n = 0; n < 6; n += 1) settle(gate, NOW + n, { failed: true })
    expect(gate.waitMs(HOST, NOW + 6)).toBe(4 + 10_000 - 6)
  })
})

describe('a clock that is set', () => {
  it('back while a probe is under way does not close the host for ever', () => {
    const gate = gateAfter(...failures(5))
    gate.take(HOST, NOW + 10_000)
    settle(gate, NOW + 7_000, { failed: true })
    expect(gate.waitMs(HOST, NOW + 7_000)).toBe(20_000)
    expect(gate.waitMs(HOST, NOW + 27_000)).toBe(0)
  })

  it('anyhow leaves every host to be asked again after the longest cool-down', () => {
    const step = fc.record({ ms: fc.integer({ min: -1_000_000, max: 1_000_000 }), failed: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const gate = new Gate()
        let now = NOW
        for (const { ms, failed } of steps) {
          if (gate.waitMs(HOST, now) === 0) {
            gate.take(HOST, now)
            now += ms
            settle(gate, now, { failed })
          } else now += ms
        }
        expect(gate.waitMs(HOST, now)).toBeLessThanOrEqual(300_000)
        expect(gate.waitMs(HOST, now + 300_000)).toBe(0)
      }),
    )
  })
})

describe('a Retry-After', () => {
  it('holds all calls to the host for so long, and no longer than ten minutes', () => {
    expect(gateAfter({ failed: true, holdMs: 60_000 }).waitMs(HOST, NOW + 1_000)).toBe(59_000)
    expect(gateAfter({ failed: true, holdMs: 86_400_000 }).waitMs(HOST, NOW)).toBe(600_000)
    expect(gateAfter({ failed: true, holdMs: 60_000 }).waitMs(HOST, NOW + 60_000)).toBe(0)
  })
})

describe('the calls that a host may hold', () => {
  function heldAtOnce(gate: Gate): number {
    let held = 0
    while (held < 1_000 && gate.waitMs(HOST, NOW) === 0) {
      gate.take(HOST, NOW)
      held += 1
    }
    expect(gate.waitMs(HOST, NOW)).toBe(UNTIL_ONE_ENDS)
    return held
  }

  it('are few at first, grow by one with each quick answer, and have an end', () => {
    expect(heldAtOnce(new Gate())).toBe(2)
    expect(heldAtOnce(gateAfter(...answers(20)))).toBe(22)
    expect(heldAtOnce(gateAfter(...answers(1_000)))).toBe(128)
  })

  it('halve with a failure, down to one', () => {
    expect(heldAtOnce(gateAfter(...answers(30), { failed: true }))).toBe(16)
    expect(heldAtOnce(gateAfter(...failures(4)))).toBe(1)
  })

  it('stay below what a quick host may hold while it is slow, and sink to that', () => {
    expect(heldAtOnce(gateAfter(...answers(1_000, 8_000)))).toBe(32)
    expect(heldAtOnce(gateAfter(...answers(1_000), ...answers(1_000, 8_000)))).toBe(32)
  })

  it('are few while one of them takes too long, however quickly the others are answered', () => {
    const gate = new HostGate()
    const answered = { failed: false, durationMs: QUICK_MS, holdMs: 0 }
    for (const { durationMs } of answers(100)) {
      gate.settle(HOST, gate.take(HOST, NOW), { ...answered, durationMs, nowMs: NOW })
    }
    const hangs = gate.take(HOST, NOW)
    for (let n = 0; n < 9; n += 1) gate.take(HOST, NOW + 999)
    expect(gate.standing(HOST, NOW + 1_000)).toEqual({ isProven: true, hasFailed: false, running: 10 })
    expect(gate.waitMs(HOST, NOW + 1_000)).toBe(0)
    gate.settle(HOST, gate.take(HOST, NOW + 1_000), { ...answered, nowMs: NOW + 1_001 })
    expect(gate.standing(HOST, NOW + 1_001)).toEqual({ isProven: false, hasFailed: true, running: 10 })
    expect(gate.waitMs(HOST, NOW + 1_001)).toBe(UNTIL_ONE_ENDS)
    gate.settle(HOST, hangs, { ...answered, durationMs: 1_100, nowMs: NOW + 1_100 })
    expect(gate.waitMs(HOST, NOW + 1_100)).toBe(0)
  })
})

describe('a host', () => {
  it('is proven by its first quick answer, not by a failure or a slow one', () => {
    expect(new Gate().isProven(HOST, NOW)).toBe(false)
    expect(gateAfter(...answers(1)).isProven(HOST, NOW)).toBe(true)
    expect(gateAfter(...failures(1)).isProven(HOST, NOW)).toBe(false)
    expect(gateAfter(...answers(1, 3_000)).isProven(HOST, NOW)).toBe(false)
  })
})
