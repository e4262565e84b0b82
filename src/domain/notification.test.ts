import { describe, expect, it } from 'vitest'
import { compileTemplate, renderTemplate } from './macros.ts'
import {
  buildMacroValues,
  decideNotification,
  holdsLoop,
  isLoop,
  type NotificationQuestion,
  type NotifiedConversion,
  type SkipReason,
} from './notification.ts'

const conversion: NotifiedConversion = {
  id: 'v1',
  event: 'sale',
  txid: 'T 1',
  status: 'approved',
  revenueMicros: 12_500_000,
  currency: 'USD',
  values: { p1: 'blue' },
}
const question: NotificationQuestion = {
  target: {
    id: 't1',
    type: 'postback',
    percent: 100,
    status: 'active',
    events: [],
    statuses: [],
    onlyFirst: false,
    onlyWithPayout: false,
    delaySeconds: 0,
    url: 'https://source.test/postback?c={externalid}',
    ownerType: 'traffic_source',
    code: '',
    moderation: 'approved',
  },
  tellsStatus: false,
  allowsPixels: true,
  conversion,
  statusBefore: undefined,
  pastStatuses: [],
  isFirst: true,
  ownHosts: ['track.test', '192.0.2.1', '[::1]'],
  browser: undefined,
  silent: false,
}
type Change = Partial<Omit<NotificationQuestion, 'target' | 'conversion'>> & {
  target?: Partial<NotificationQuestion['target']>
  conversion?: Partial<NotifiedConversion>
}

const OF_AFFILIATE: Change = { target: { ownerType: 'affiliate' } }

function decide(change: Change) {
  return decideNotification({
    ...question,
    ...change,
    target: { ...question.target, ...change.target },
    conversion: { ...conversion, ...change.conversion },
  })
}

describe('a notification', () => {
  it.each<[string, Change, number]>([
    ['of a new approved conversion', {}, 0],
    ['of a new pending one', { conversion: { status: 'pending' } }, 0],
    ['of an approval after pending', { statusBefore: 'pending' }, 0],
    ['of a listed status', { target: { statuses: ['rejected'] }, conversion: { status: 'rejected' } }, 0],
    ['of a listed event, in any case', { target: { events: ['Sale'] } }, 0],
    ['of the first conversion only', { target: { onlyFirst: true } }, 0],
    ['with a payout only', { target: { onlyWithPayout: true } }, 0],
    ['after a delay', { target: { delaySeconds: 90 } }, 90_000],
    ['to an affiliate', { target: { ownerType: 'affiliate' } }, 0],
    ['to an affiliate where the offer allows no pixels', { ...OF_AFFILIATE, allowsPixels: false }, 0],
    [
      'of a reversal to an affiliate who can tell it',
      { ...OF_AFFILIATE, tellsStatus: true, statusBefore: 'approved', conversion: { status: 'rejected' } },
      0,
    ],
  ])('%s is sent', (_, change, delayMs) => {
    expect(decide(change)).toEqual({ kind: 'send', delayMs })
  })

  it.each<[SkipReason, Change]>([
    ['disabled', { target: { status: 'disabled' } }],
    ['loop', { target: { url: 'https://TRACK.test:8080/postback?cid=1' } }],
    ['event filter', { target: { events: ['lead', 'deposit'] } }],
    ['status filter', { conversion: { status: 'rejected' } }],
    ['status filter', { target: { statuses: ['approved'] }, conversion: { status: 'pending' } }],
    ['status unchanged', { statusBefore: 'approved' }],
    ['status told before', { statusBefore: 'rejected', pastStatuses: ['approved', 'rejected'] }],
    ['payout 0', { target: { onlyWithPayout: true }, conversion: { revenueMicros: 0 } }],
    ['payout 0', { target: { onlyWithPayout: true }, conversion: { revenueMicros: -1 } }],
    ['payout 0', { target: { onlyWithPayout: true }, conversion: { payoutMicros: 0 } }],
    ['not first', { target: { onlyFirst: true }, isFirst: false }],
    ['muted', { silent: true }],
    ['percent', { target: { percent: 0 } }],
    ['no browser', { target: { type: 'image' } }],
    ['images only', { target: { type: 'iframe' }, browser: 'image' }],
    ['images only', { target: { type: 'script' }, browser: 'image' }],
    ['not new', { target: { type: 'script' }, browser: 'script', statusBefore: 'pending' }],
    ['status filter', { ...OF_AFFILIATE, conversion: { status: 'pending' } }],
    ['status filter', { ...OF_AFFILIATE, statusBefore: 'approved', conversion: { status: 'rejected' } }],
    ['moderation pending', { target: { ownerType: 'affiliate', moderation: 'pending' } }],
    ['moderation rejected', { target: { ownerType: 'affiliate', moderation: 'rejected' } }],
    ['disabled', { target: { status: 'disabled', moderation: 'pending' } }],
    [
      'offer allows no pixels',
      { target: { ownerType: 'affiliate', type: 'image' }, allowsPixels: false, browser: 'image' },
    ],
    [
      'loop',
      {
        target: { type: 'script', url: '', code: '<img src="https:\\/\\/track.test\\/pixel.gif">' },
        browser: 'script',
      },
    ],
    ['loop', { target: { type: 'iframe', url: 'https://track.test/pixel.html' }, browser: 'iframe' }],
  ])('is skipped and says: %s', (reason, change) => {
    expect(decide(change)).toEqual({ kind: 'skip', reason })
  })

  it.each([
    ['image', 'image'],
    ['image', 'iframe'],
    ['iframe', 'iframe'],
    ['script', 'iframe'],
    ['iframe', 'script'],
  ] as const)('of the type %s is shown by a pixel that is an %s', (type, browser) => {
    expect(decide({ target: { type }, browser })).toEqual({ kind: 'show' })
  })

  it('for a share of the conversions goes out for about that share, always for the same ones', () => {
    const ids = Array.from({ length: 4_000 }, (_, n) => `conversion-${n}`)
    const told = (percent: number, target = 't1') =>
      ids.filter((id) => decide({ target: { percent, id: target }, conversion: { id } }).kind === 'send')
    const [some, more] = [told(20), told(60)]
    expect(some.length).toBeGreaterThan(700)
    expect(some.length).toBeLessThan(900)
    expect(told(20)).toEqual(some)
    expect(more).toEqual(expect.arrayContaining(some))
    expect(told(100)).toHaveLength(4_000)
    // Two targets of a share each do not hear of the same conversions.
    expect(told(20, 't2')).not.toEqual(some)
  })

  it.each([
    ['https://track.test/postback', true],
    ['http://user:secret@track.test./x', true],
    ['http://192.0.2.1:8080/', true],
    ['http://[::1]:8080/', true],
    ['https://other.test/?u=https://track.test/', false],
    ['https://track.test.other.test/', false],
    ['https://{sub1}/', false],
    ['not a url', false],
  ])('to %s loops: %s', (url, loops) => {
    expect(isLoop(url, question.ownHosts)).toBe(loops)
  })
})

it.each([
  ['<img src="https://track.test/pixel.gif">', true],
  ["s.src='//TRACK.test:8080/x'", true],
  ['x="http:\\/\\/192.0.2.1\\/p"', true],
  ['<img src=http://user@track.test/>', true],
  ['<script src="https://other.test/a.js?u=track.test"></script> // track.test', false],
  ['', false],
])('markup %s loops: %s', (markup, loops) => {
  expect(holdsLoop(markup, question.ownHosts)).toBe(loops)
})

describe('the macros of a conversion', () => {
  const visit = {
    at: 1_000,
    click_id: 'c1',
    external_id: 'E/1',
    country: 'US',
    cost: '0.010000',
    tokens: { zone: '7' },
  }
  const template =
    'c={externalid}&v={payout}&r={revenue}&cur={currency}&t={txid}&e={event}&s={status}&z={token.zone}'

  function render(text: string, changed: NotifiedConversion): string {
    const compiled = compileTemplate(text)
    if (!compiled.ok) throw new Error(compiled.reason)
    return renderTemplate(
      compiled.template,
      buildMacroValues({ conversion: changed, visit, at: 1_790_000_000_000 }),
    )
  }

  it('tell a traffic source what came in', () => {
    expect(render(template, conversion)).toBe('c=E%2F1&v=12.5&r=12.5&cur=USD&t=T%201&e=sale&s=approved&z=7')
    expect(render('{clickid} {cost} {p1} {conversionid} {timestamp}', conversion)).toBe(
      'c1%200.01%20blue%20v1%201790000000',
    )
  })

  it('tell an affiliate the payout, and never the revenue', () => {
    expect(render('{payout}/{revenue}', { ...conversion, payoutMicros: 3_000_000 })).toBe('3/')
  })
})

describe('a system that counts every call', () => {
  const ONCE = { rules: { isToldOnce: true } } as const
  const BACK = { rules: { isToldOnce: true, retracts: { datedBy: 'conversion' } } } as const

  const HEARD = { status: 'approved', state: 'delivered' } as const
  const DEAD = { status: 'approved', state: 'dead' } as const
  const BACKED = { status: 'rejected', state: 'delivered' } as const

  it.each([
    [ONCE, [], [], 'pending', 'sent'],
    [ONCE, [{ status: 'pending', state: 'delivered' }], ['pending'], 'approved', 'told already'],
    [ONCE, [{ status: 'pending', state: 'pending' }], ['pending'], 'approved', 'told already'],
    [ONCE, [{ status: 'pending', state: 'dead' }], ['pending'], 'approved', 'sent'],
    [ONCE, [{ status: 'pending', state: 'cancelled' }], ['pending'], 'approved', 'sent'],
    [ONCE, [{ status: 'pending', state: 'skipped' }], ['pending'], 'approved', 'sent'],
    [ONCE, [], ['pending'], 'approved', 'sent'],
    [ONCE, [HEARD], ['approved'], 'approved', 'told already'],
    [ONCE, [], ['approved'], 'approved', 'status unchanged'],
    [ONCE, [], ['rejected'], 'approved', 'sent'],
    [ONCE, [HEARD], ['approved'], 'rejected', 'status filter'],
    [BACK, [HEARD], ['approved'], 'rejected', 'sent'],
    [BACK, [], ['approved'], 'rejected', 'not told'],
    [BACK, [DEAD], ['approved'], 'rejected', 'not told'],
    [BACK, [HEARD, BACKED], ['approved', 'rejected'], 'trash', 'told already'],
    [BACK, [HEARD, { ...BACKED, state: 'dead' }], ['approved', 'rejected'], 'trash', 'sent'],
    [BACK, [HEARD, BACKED], ['approved', 'rejected'], 'approved', 'told already'],
    [BACK, [{ ...BACKED, state: 'skipped' }, HEARD], ['rejected', 'approved'], 'rejected', 'sent'],
    [BACK, [], [], 'rejected', 'status filter'],
  ] as const)('%o, told %o, after %o, with %s: %s', (...row) => {
    const [rules, toldBefore, pastStatuses, status, expected] = row
    const statusBefore = pastStatuses.at(-1)
    const decision = decide({ ...rules, toldBefore, pastStatuses, statusBefore, conversion: { status } })
    expect(decision.kind === 'skip' ? decision.reason : 'sent').toBe(expected)
  })

  it('is told of the first status that its target wants, and of no other one', () => {
    const target = { statuses: ['approved'] } as const
    const approved = { ...BACK, target, pastStatuses: ['pending'], statusBefore: 'pending' } as const
    expect(decide(approved)).toMatchObject({ kind: 'send' })
    expect(decide({ ...BACK, target, conversion: { status: 'pending' } })).toMatchObject({
      reason: 'status filter',
    })
    // Never told: there is nothing to take back.
    expect(decide({ ...approved, conversion: { status: 'rejected' } })).toMatchObject({
      reason: 'status filter',
    })
  })

  it('takes back what it was told, however small the amount has become', () => {
    const target = { onlyWithPayout: true, onlyFirst: true } as const
    const rejected = { status: 'rejected', revenueMicros: 0 } as const
    const past = { pastStatuses: ['approved'], statusBefore: 'approved', isFirst: false } as const
    expect(decide({ ...BACK, target, ...past, toldBefore: [HEARD], conversion: rejected })).toMatchObject({
      kind: 'send',
    })
  })

  it('is not told of a negative amount of its own; any other target is', () => {
    const correction = { conversion: { revenueMicros: -1 } }
    expect(decide({ ...BACK, ...correction })).toMatchObject({ reason: 'correction' })
    expect(decide(correction)).toMatchObject({ kind: 'send' })
  })
})
