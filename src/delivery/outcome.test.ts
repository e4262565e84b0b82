import { describe, expect, it } from 'vitest'
import { rulesOf } from '../domain/target-systems/system-rules.ts'
import { decideOutcome, isHostFailure } from './outcome.ts'
import type { SendResult } from './send.ts'
import type { SendFailureCode } from './send-failure.ts'

const request = { method: 'GET', url: 'https://a.example/', headers: {}, body: '', redirectedFrom: [] }
const context = { attempt: 1, nowMs: 1_000_000, random: 0.5 }

function answered(status: number, headers: Record<string, string> = {}): SendResult {
  return { kind: 'answered', request, answer: { status, headers, body: '', location: undefined } }
}

function failed(code: SendFailureCode, forGood = false): SendResult {
  return { kind: 'failed', request, code, detail: '', forGood }
}

describe('decideOutcome', () => {
  it.each([200, 201, 202, 204, 299])('is delivered by %i', (status) => {
    expect(decideOutcome(answered(status), context)).toEqual({ kind: 'delivered' })
  })

  it.each([300, 304, 400, 401, 404, 408, 429, 500, 503, 599])('is tried again after %i', (status) => {
    expect(decideOutcome(answered(status), context)).toEqual({ kind: 'retry', at: 1_005_000 })
  })

  it('is what the answer means to the system of its target, whatever the status is', () => {
    const refused = { kind: 'refused', reason: 'Why\nnot' } as const
    expect(decideOutcome(answered(400), { ...context, verdict: { kind: 'taken' } })).toEqual({
      kind: 'delivered',
    })
    expect(decideOutcome(answered(200), { ...context, verdict: { ...refused, forGood: true } })).toEqual({
      kind: 'dead',
      reason: 'refused_by_system: Why not',
    })
    for (const status of [200, 410]) {
      expect(
        decideOutcome(answered(status), { ...context, verdict: { ...refused, forGood: false } }),
      ).toEqual({
        kind: 'retry',
        at: 1_005_000,
      })
    }
  })

  it('ends the target with 410', () => {
    const gone = { kind: 'gone', reason: 'target_gone' }
    expect(decideOutcome(answered(410), context)).toEqual(gone)
    for (const system of ['slack', 'meta', 'tiktok', 'google_ads'] as const) {
      const verdict = rulesOf(system)?.readAnswer?.({ status: 410, body: 'channel_is_archived' })
      expect([system, decideOutcome(answered(410), { ...context, verdict })]).toEqual([system, gone])
    }
  })

  it('is tried again when Retry-After says so', () => {
    const outcome = decideOutcome(answered(503, { 'retry-after': '60' }), context)
    expect(outcome).toEqual({ kind: 'retry', at: 1_060_000 })
  })

  it.each(['dns', 'connect', 'tls', 'timeout', 'protocol', 'refused_address'] as const)(
    'is tried again after %s, which may change',
    (code) => {
      expect(decideOutcome(failed(code), context)).toEqual({ kind: 'retry', at: 1_005_000 })
    },
  )

  it('is dead at once when the call can never be made', () => {
    expect(decideOutcome(failed('refused_url', true), context)).toEqual({
      kind: 'dead',
      reason: 'refused_url',
    })
  })

  it('is dead after the tenth attempt', () => {
    const outcome = decideOutcome(answered(500), { ...context, attempt: 10 })
    expect(outcome).toEqual({ kind: 'dead', reason: 'attempts_used_up' })
  })
})

describe('isHostFailure', () => {
  it('blames the host for silence and for its own errors, not for refusing one URL', () => {
    expect([failed('timeout'), answered(500), answered(429)].map(isHostFailure)).toEqual([true, true, true])
    expect(
      [answered(200), answered(404), answered(410), failed('refused_url', true)].map(isHostFailure),
    ).toEqual([false, false, false, false])
  })
})

describe('what a mail server says of one e-mail', () => {
  it('is no failure of the server; a connection that failed is one', () => {
    const failedBy = (code: 'smtp_deferred' | 'smtp_refused' | 'smtp_auth' | 'connect' | 'tls') =>
      isHostFailure({
        kind: 'failed',
        request: { method: 'POST', url: 'mailto:a@b.example', headers: {}, body: '', redirectedFrom: [] },
        code,
        detail: '',
        forGood: false,
      })
    expect([failedBy('smtp_deferred'), failedBy('smtp_refused')]).toEqual([false, false])
    expect([failedBy('smtp_auth'), failedBy('connect'), failedBy('tls')]).toEqual([true, true, true])
  })
})
