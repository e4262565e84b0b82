import { describe, expect, it } from 'vitest'
import { HostGate } from './host-gate.ts'

const HOST = 'a.example'
const NOW = 1_000_000

function gateAfter(...outcomes: { failed: boolean; durationMs?: number }[]): HostGate {
  const gate = new HostGate(() => 0)
  for (const { failed, durationMs = 10 } of outcomes) {
    expect(gate.admit(HOST, NOW)).toEqual({ kind: 'send' })
    gate.settle(HOST, { failed, durationMs, nowMs: NOW })
  }
  return gate
}

const failures = (count: number) => Array.from({ length: count }, () => ({ failed: true }))

describe('the breaker of a host', () => {
  it('opens after ten failures in a row and postpones to the end of its cool-down', () => {
    const gate = gateAfter(...failures(10))
    expect(gate.admit(HOST, NOW)).toEqual({ kind: 'postpone', dueAt: NOW + 10_000 })
    expect(gate.admit(HOST, NOW + 9_999)).toEqual({ kind: 'postpone', dueAt: NOW + 10_000 })
  })

  it('stays closed while an answer comes now and then', () => {
    const gate = gateAfter(...failures(9), { failed: false }, ...failures(9))
    expect(gate.admit(HOST, NOW)).toEqual({ kind: 'send' })
  })

  it('leaves other hosts alone', () => {
    expect(gateAfter(...failures(10)).admit('b.example', NOW)).toEqual({ kind: 'send' })
  })

  it('lets one probe through after the cool-down, and everything once the probe is answered', () => {
    const gate = gateAfter(...failures(10))
    expect(gate.admit(HOST, NOW + 10_000)).toEqual({ kind: 'send' })
    expect(gate.admit(HOST, NOW + 10_000)).toEqual({ kind: 'postpone', dueAt: NOW + 15_000 })
    gate.settle(HOST, { failed: false, durationMs: 10, nowMs: NOW + 10_010 })
    expect(gate.admit(HOST, NOW + 10_010)).toEqual({ kind: 'send' })
    expect(gate.admit(HOST, NOW + 10_010)).toEqual({ kind: 'send' })
  })

  it('cools down twice as long after a probe that failed, up to five minutes', () => {
    const gate = gateAfter(...failures(10))
    let now = NOW
    const waits: number[] = []
    for (let probes = 0; probes < 7; probes += 1) {
      const admission = gate.admit(HOST, now)
      if (admission.kind !== 'postpone') throw new Error('the breaker is closed')
      waits.push(admission.dueAt - now)
      now = admission.dueAt
      expect(gate.admit(HOST, now)).toEqual({ kind: 'send' })
      gate.settle(HOST, { failed: true, durationMs: 10, nowMs: now })
    }
    expect(waits).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000])
  })

  it('is opened once by calls that were under way together', () => {
    const gate = new HostGate(() => 0)
    for (let n = 0; n < 40; n += 1) gate.admit(HOST, NOW)
    for (let n = 0; n < 40; n += 1) gate.settle(HOST, { failed: true, durationMs: 10, nowMs: NOW + n })
    expect(gate.admit(HOST, NOW + 50)).toEqual({ kind: 'postpone', dueAt: NOW + 9 + 10_000 })
  })
})

describe('the slots of a host', () => {
  function sentAtOnce(gate: HostGate): number {
    let sent = 0
    while (sent < 1_000 && gate.admit(HOST, NOW).kind === 'send') sent += 1
    return sent
  }

  it('are few before its first answer and while it is slow, and free when it is quick', () => {
    expect(sentAtOnce(new HostGate(() => 0))).toBe(64)
    expect(sentAtOnce(gateAfter({ failed: true, durationMs: 1 }))).toBe(64)
    expect(sentAtOnce(gateAfter({ failed: false, durationMs: 8_000 }))).toBe(64)
    expect(sentAtOnce(gateAfter({ failed: false, durationMs: 20 }))).toBe(1_000)
  })

  it('are given to what waits at the pace of the host, and within five minutes', () => {
    const gate = gateAfter({ failed: false, durationMs: 8_000 })
    for (let n = 0; n < 64; n += 1) gate.admit(HOST, NOW)
    const waits = Array.from({ length: 5_000 }, () => {
      const admission = gate.admit(HOST, NOW)
      return admission.kind === 'postpone' ? admission.dueAt - NOW : 0
    })
    // 64 slots of 8 s each: one comes free every eighth of a second.
    expect(waits.slice(0, 3)).toEqual([8_125, 8_250, 8_375])
    expect(waits.at(-1)).toBe(300_000)
  })
})
