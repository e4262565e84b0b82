import { describe, expect, it } from 'vitest'
import { hashOfText, type ModeratedText, moderationAfter, moderationOf } from './notification-moderation.ts'

const TEXT: ModeratedText = {
  type: 'postback',
  method: 'GET',
  url: 'https://a.test/',
  bodyTemplate: '',
  contentType: '',
  code: '',
}
const ALL = { autoApprovePostbacks: true, autoApproveImages: true }
const NONE = { autoApprovePostbacks: false, autoApproveImages: false }

describe('a new target of an affiliate', () => {
  it.each([
    ['postback', '', 'approved'],
    ['image', '', 'approved'],
    ['iframe', '', 'pending'],
    ['script', '', 'pending'],
    ['script', '<b>', 'pending'],
    ['image', '<img>', 'pending'],
  ] as const)('that is %s %j is %s where all that may be is approved by itself', (type, code, moderation) => {
    expect(moderationOf({ type, code }, ALL)).toBe(moderation)
    expect(moderationOf({ type, code }, NONE)).toBe('pending')
  })
})

describe('a changed target', () => {
  const decided = { ...TEXT, type: 'script', moderation: 'rejected', moderationReason: 'no' } as const

  it('keeps its verdict with its text', () => {
    expect(moderationAfter(decided, { ...decided }, ALL)).toEqual({
      moderation: 'rejected',
      moderationReason: 'no',
    })
  })

  it.each([
    { url: 'https://b.test/' },
    { code: '<b>' },
    { bodyTemplate: 'x' },
    { method: 'POST' },
    { contentType: 'text/plain' },
  ] as const)('is moderated anew with %j', (change) => {
    const after = { ...decided, ...change }
    expect(moderationAfter(decided, after, ALL)).toEqual({ moderation: 'pending', moderationReason: '' })
    expect(hashOfText(after)).not.toBe(hashOfText(decided))
  })

  it('of another type is judged by that', () => {
    const after = { ...decided, type: 'image' } as const
    expect(moderationAfter(decided, after, ALL).moderation).toBe('approved')
  })
})
