import { describe, expect, it } from 'vitest'
import { checkSystem, checkSystemSecrets, type SystemQuestion } from './target-system-checks.ts'

const PAGE = { pageUrl: 'https://shop.example/' }
const SNAPCHAT: SystemQuestion = {
  system: 'snapchat',
  settings: { ...PAGE, pixelId: '5bf81ee1-15b1-4dc1-b636-d7dae49b950e' },
  secretNames: ['accessToken'],
  url: '',
}

const fieldsOf = (changes: Partial<SystemQuestion>) =>
  checkSystem({ ...SNAPCHAT, ...changes }).map(({ field }) => field)

describe('a target of a system', () => {
  it('that has what its system asks for can be saved', () => {
    expect(checkSystem(SNAPCHAT)).toEqual([])
    expect(fieldsOf({ url: 'http://127.0.0.1:8080/gateway' })).toEqual([])
  })

  it('of an unknown system is refused, and nothing else is said of it', () => {
    for (const system of ['myspace', '', 'constructor']) expect(fieldsOf({ system })).toEqual(['system'])
  })

  it('is told every missing, unknown and wrong setting at once', () => {
    expect(fieldsOf({ settings: PAGE })).toEqual(['settings.pixelId'])
    const wrong = {
      pixelId: 'x',
      ...PAGE,
      shareVisitor: 'perhaps',
      eventNames: 'sale=lower',
      constructor: '',
    }
    expect(fieldsOf({ settings: wrong })).toEqual([
      'settings.constructor',
      'settings.pixelId',
      'settings.eventNames',
      'settings.shareVisitor',
    ])
  })

  it('needs every secret of its system, and takes no other', () => {
    expect(fieldsOf({ secretNames: ['password'] })).toEqual(['secrets.password', 'secrets.accessToken'])
  })

  it('has secrets that look right, and a message about one does not repeat it', () => {
    const secrets = { webhookUrl: 'https://hooks.slack.com.evil.example/services/A/B/C' }
    const errors = checkSystemSecrets('slack', secrets)
    expect(errors).toMatchObject([{ field: 'secrets.webhookUrl' }])
    expect(JSON.stringify(errors)).not.toContain('evil')
    expect(checkSystemSecrets('slack', { webhookUrl: 'https://hooks.slack.com/services/T0/B0/X' })).toEqual(
      [],
    )
  })

  it.each([
    ['ftp://host.example'],
    ['//host.example'],
    ['https:host.example'],
    ['https://user:pw@host.example'],
    ['https://host.example/'],
    ['https://host.example/?a=1'],
    ['https://host.example#x'],
    ['https://host.example/{sub1}'],
    ['nonsense'],
  ])('may not have the base address %s', (url) => {
    expect(fieldsOf({ url })).toEqual(['url'])
  })

  it('that is a webhook has an address of its own, whatever its path and query', () => {
    const webhook = { system: 'webhook', settings: {}, secretNames: [] }
    expect(fieldsOf(webhook)).toEqual(['url'])
    expect(fieldsOf({ ...webhook, url: 'https://in.example/?key=1' })).toEqual([])
  })

  it('with a text has only macros in it that there are', () => {
    const slack = { system: 'slack', secretNames: ['webhookUrl'] }
    expect(checkSystem({ ...SNAPCHAT, ...slack, settings: { text: 'a {payout}\nb {payuot}' } })).toEqual([
      { field: 'settings.text', message: 'unknown macro {payuot}; did you mean {payout}?' },
    ])
    expect(fieldsOf({ ...slack, settings: { text: 'a {payout}\nb {sub1|upper}' } })).toEqual([])
  })
})
