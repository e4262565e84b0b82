import { describe, expect, it } from 'vitest'
import {
  conversionOf,
  messageSystem,
  openSystem,
  type Received,
  SYSTEM_NOW,
  type SystemAnswer,
  tellSystem,
  useSystemServers,
} from './system-rig.ts'

const WEBHOOK_PATH = '/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX'
const HOSTILE = '<!channel> & <http://evil.example|click> *bold* `code` @here\nsecond line'

/** As Slack answers ("Handling errors" of incoming webhooks). */
function answerAsSlack({ method, path, headers, body }: Received): SystemAnswer {
  if (method !== 'POST' || headers['content-type'] !== 'application/json')
    return { status: 400, body: 'invalid_payload' }
  if (path !== WEBHOOK_PATH) return { status: 404, body: 'no_service' }
  const { text, blocks } = JSON.parse(body)
  if (typeof text !== 'string' || text === '') return { status: 400, body: 'no_text' }
  if (!Array.isArray(blocks) || !blocks.every(isBlock)) return { status: 400, body: 'invalid_blocks' }
  return { status: 200, body: 'ok' }
}

function isBlock(block: {
  type: string
  text?: { type: string; text: string }
  elements?: unknown[]
}): boolean {
  if (block.type === 'context') return Array.isArray(block.elements) && block.elements.length > 0
  const charsMax = { header: 150, section: 3_000 }[block.type] ?? 0
  const { type, text = '' } = block.text ?? {}
  return type === 'plain_text' && text.length > 0 && text.length <= charsMax
}

describe('Slack', () => {
  useSystemServers()

  const open = async (
    settings: Record<string, string> = {},
    secret = `https://hooks.slack.com${WEBHOOK_PATH}`,
  ) => {
    const server = await openSystem(answerAsSlack)
    const target = { system: 'slack', settings, secrets: { webhookUrl: secret }, url: server.url } as const
    const bodyOf = (n: number) => JSON.parse(server.received[n]?.body ?? '')
    return { server, target, bodyOf }
  }

  it('is told of a conversion at its webhook, whose address no log shows', async () => {
    const { target, bodyOf } = await open()
    const told = await tellSystem(target, conversionOf())
    expect(told).toMatchObject({ kind: 'told', verdict: { kind: 'taken' } })
    expect(bodyOf(0).blocks[0].text.text).toBe('sale, approved: 12.50 EUR\nClick CLICK\nTransaction ')
    expect(JSON.stringify(told)).not.toContain('XXXXXXXX')
  })

  it('shows hostile values as they are, and they mention, link and format nothing', async () => {
    const { target, bodyOf } = await open({ text: 'Sub {sub1}\nPaid {payout}' })
    const macros = { sub1: HOSTILE, payout: '1' }
    expect(await tellSystem(target, conversionOf({ macros }))).toMatchObject({ verdict: { kind: 'taken' } })
    const { text, blocks } = bodyOf(0)
    const shown =
      'Sub &lt;!channel&gt; &amp; &lt;http://evil.example|click&gt; *bold* `code` @heresecond line\nPaid 1'
    expect(text).toBe(shown)
    expect(blocks).toEqual([{ type: 'section', text: { type: 'plain_text', text: shown, emoji: false } }])
  })

  it('gets an alert with a title, a text and a link that can not be broken out of', async () => {
    const { target, bodyOf } = await open()
    const message = {
      title: 'Target <fails>',
      text: HOSTILE,
      url: 'https://tp.example/a?b=1&c=<!here|x>',
      at: SYSTEM_NOW,
    }
    expect(await messageSystem(target, message)).toMatchObject({ verdict: { kind: 'taken' } })
    const [header, section, context] = bodyOf(0).blocks
    expect(header.text).toEqual({ type: 'plain_text', text: 'Target &lt;fails&gt;', emoji: false })
    expect(section.text.text).toContain('&lt;!channel&gt; &amp;')
    expect(context.elements[0].text).toBe('<https://tp.example/a?b=1&amp;c=%3C!here%7Cx%3E>')
  })

  it('gets long texts cut to what it takes, escaped ones too', async () => {
    const { target } = await open({ text: '{sub1}' })
    const macros = { sub1: '&<'.repeat(3_000) }
    expect(await tellSystem(target, conversionOf({ macros }))).toMatchObject({ verdict: { kind: 'taken' } })
    const message = { title: '&'.repeat(400), text: '😀<'.repeat(4_000), url: '', at: SYSTEM_NOW }
    expect(await messageSystem(target, message)).toMatchObject({ verdict: { kind: 'taken' } })
  })

  it('refuses in words; a webhook that is gone is refused for good', async () => {
    const { target } = await open({}, 'https://hooks.slack.com/services/T0/B0/GONE')
    expect(await tellSystem(target, conversionOf())).toMatchObject({
      verdict: { kind: 'refused', reason: 'status 404: no_service', forGood: true },
    })
  })

  it('is not told a text without any text', async () => {
    const { target, server } = await open({ text: '{sub1}' })
    expect(await tellSystem(target, conversionOf({ macros: {} }))).toEqual({
      kind: 'skipped',
      reason: 'the text is empty',
    })
    expect(server.received).toEqual([])
  })
})
