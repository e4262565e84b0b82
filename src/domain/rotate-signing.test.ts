import { expect, it } from 'vitest'
import { rotateSigning } from './rotate-signing.ts'
import { NO_SECRETS, signingSecretsAt } from './target-secrets.ts'

const NOW = 1_000_000
const HOUR = 3_600_000

it('the secret before signs along until its time is over, and the new one comes first', () => {
  const signing = rotateSigning([{ secret: 'old', until: null }], {
    secret: 'new',
    now: NOW,
    overlapMs: HOUR,
  })
  const at = (now: number) => signingSecretsAt({ ...NO_SECRETS, signing }, now)
  expect(at(NOW)).toEqual(['new', 'old'])
  expect(at(NOW + HOUR - 1)).toEqual(['new', 'old'])
  expect(at(NOW + HOUR)).toEqual(['new'])
})

it('a second rotation never lets an older secret sign for longer than was said', () => {
  const first = rotateSigning([{ secret: 'a', until: null }], { secret: 'b', now: NOW, overlapMs: HOUR })
  const second = rotateSigning(first, { secret: 'c', now: NOW + 1, overlapMs: 10 * HOUR })
  expect(second).toEqual([
    { secret: 'c', until: null },
    { secret: 'b', until: NOW + 1 + 10 * HOUR },
    { secret: 'a', until: NOW + HOUR },
  ])
})

it('without an overlap the secrets before sign nothing more', () => {
  const first = rotateSigning([{ secret: 'a', until: null }], { secret: 'b', now: NOW, overlapMs: HOUR })
  expect(rotateSigning(first, { secret: 'c', now: NOW, overlapMs: 0 })).toEqual([
    { secret: 'c', until: null },
  ])
})

it('a secret that is put in force again signs once', () => {
  const first = rotateSigning([{ secret: 'a', until: null }], { secret: 'b', now: NOW, overlapMs: HOUR })
  expect(rotateSigning(first, { secret: 'a', now: NOW, overlapMs: HOUR })).toEqual([
    { secret: 'a', until: null },
    { secret: 'b', until: NOW + HOUR },
  ])
})

it('secrets that have ended are dropped', () => {
  const signing = [
    { secret: 'b', until: null },
    { secret: 'a', until: NOW },
  ]
  expect(
    rotateSigning(signing, { secret: 'c', now: NOW, overlapMs: HOUR }).map(({ secret }) => secret),
  ).toEqual(['c', 'b'])
})
