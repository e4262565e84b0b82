import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isUnfilledMacro } from './unfilled-macro.ts'

describe('an unfilled macro', () => {
  it.each(
    (
      '{click_id} {{ob_click_id}} {{{bidhash}}} {:click_id} {$click_id} {$IMP_ID} {%click_id%} $$x$$ $x ' +
      `\${SUBID} ` +
      '[CLICK_ID] [[subid]] [$x] [=SID=] [[[subid]]] ##COST_CPC## ##SUB_ID_SHORT(action)## ###KEYWORD### #SOURCE# ' +
      '@@CLICK-ID@@ @@CAMPAIGN-KEYWORD@@ %guid% %ID% %AUCTIONPRICE% %%CLICK_URL%% __CLICKID__ __AID_NAME__ ' +
      '__clickid__ _CLICKID_ _CAMPAIGN_ID_ xxC1xx xxpayoutxx !!!clickref!!! MFOXCLICKID MFOXPUBID ' +
      'startapp_click_id_placeholder startapp_app_id creative_id bid_type __si__cb {{category {campaign.id} ' +
      '{AID-FROM-DASHBOARD} {IfSearch:string} {subid}{pubfeed} {{adSet.id}} {replace} [REPLACE-WITH-KEY] ' +
      '<click_id> {transactionid}_{goal} {action}_{status} {a}-{b} {url(sid)} {get.subid} {subids.1} ' +
      '%7Bclick_id%7D %5BCLICK_ID%5D %23%23ID%23%23 %24%7BSUBID%7D'
    ).split(' '),
  )('is %s', (value) => {
    expect(isUnfilledMacro(value)).toBe(true)
  })

  it('is one with spaces', () => {
    expect(isUnfilledMacro('{Sub Param 1}')).toBe(true)
    expect(isUnfilledMacro('{ target.bid}')).toBe(true)
  })

  it('is one whose percent sign was read as an escape', () => {
    for (const macro of ['%device%', '%campaignid%', '%dapp%', '%carrier%']) {
      const arrived = new URLSearchParams(`a=${macro}`).get('a') ?? ''
      expect([macro, isUnfilledMacro(arrived)]).toEqual([macro, true])
    }
  })

  it.each([
    '',
    'abc',
    '12',
    '0.05',
    '-1',
    '$5',
    '$1.20',
    '$',
    '#1',
    '#',
    '##',
    '{}',
    '[]',
    '[1,2]',
    '[12]',
    '[fe80::1]',
    '{"a":1}',
    '{550e8400-e29b-41d4-a716-446655440000}',
    '{F50e8400-e29b-41d4-a716-446655440000}',
    '50%',
    '%41%',
    '100%25',
    'x',
    'xx',
    'xxl',
    'xxxxxxxx',
    'xx12xx',
    '_ga',
    '_A_',
    '__',
    '____',
    'pre_{click_id}',
    '{a}_',
    '_{a}',
    '{a}__{b}',
    '<b>1</b>',
    '<3',
    '<>',
    '{click_id}_post',
    'a@b.test',
    '@handle',
    '!important',
    'EAIaIQobChMI_v_D__wE',
    'Cj0KCQiA_xx',
    'GiBabc-_123_',
    'CLICKID',
    'usd',
    'placeholder',
  ])('is not %j', (value) => {
    expect(isUnfilledMacro(value)).toBe(false)
  })

  it('is never a click id, number, word or address', () => {
    const legit = fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9-]{1,80}$/).filter((text) => !/^(xx.*xx|MFOX.*)$/.test(text)),
      fc.double({ noNaN: true }).map(String),
      fc.uuid(),
      fc.webUrl(),
      fc.emailAddress(),
      fc.ipV6().map((ip) => `[${ip}]`),
      fc.base64String({ minLength: 4 }),
    )
    fc.assert(
      fc.property(legit, (value) => {
        expect([value, isUnfilledMacro(value)]).toEqual([value, false])
      }),
      { numRuns: 500 },
    )
  })

  it('is decided quickly for hostile values', () => {
    const ambiguous = [
      '%a%%',
      '{a}',
      '__a',
      '#a##',
      '[a]',
      '%%a%',
      '\ufffda%%',
      '@@a@',
      '$$a$',
      '{a}_',
      '__a___',
      '<a>',
      '%a%_',
    ].map((piece) => `${piece.repeat(250 / piece.length)}~`)
    for (const value of [
      ...ambiguous,
      '{'.repeat(5_000),
      '{a}'.repeat(5_000),
      `{${'a '.repeat(120)}`,
      '%7B'.repeat(80),
    ]) {
      expect(isUnfilledMacro(value)).toBe(false)
    }
  })
})
