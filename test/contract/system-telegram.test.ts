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

const TOKEN = '110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw'
const TAGS = /<\/?b>|<a href="[^"<>]*">|<\/a>/g
const ENTITIES = /&(?:amp|lt|gt|quot|#39);/g

/** As the Bot API answers ("Making requests", "HTML style"). */
function answerAsTelegram({ method, path, headers, body }: Received): SystemAnswer {
  const refuse = (code: number, description: string) => ({
    status: code,
    body: JSON.stringify({ ok: false, error_code: code, description }),
  })
  if (path !== `/bot${TOKEN}/sendMessage`) return refuse(401, 'Unauthorized')
  if (method !== 'POST' || headers['content-type'] !== 'application/json') return refuse(400, 'Bad Request')
  const { chat_id, text, parse_mode } = JSON.parse(body)
  if (chat_id !== '-1001234567890') return refuse(400, 'Bad Request: chat not found')
  if (typeof text !== 'string' || parse_mode !== 'HTML')
    return refuse(400, 'Bad Request: message text is empty')
  const plain = text.replace(TAGS, '')
  if (/[<>]|&/.test(plain.replace(ENTITIES, ''))) return refuse(400, "Bad Request: can't parse entities")
  const { length } = plain.replace(ENTITIES, '.')
  if (length === 0 || length > 4_096) return refuse(400, 'Bad Request: message is too long')
  return { status: 200, body: JSON.stringify({ ok: true, result: { message_id: 1, text } }) }
}

describe('Telegram', () => {
  useSystemServers()

  const open = async (settings: Record<string, string> = {}, answer = answerAsTelegram) => {
    const server = await openSystem(answer)
    const target = {
      system: 'telegram',
      settings: { chatId: '-1001234567890', ...settings },
      secrets: { botToken: TOKEN },
      url: server.url,
    } as const
    const textOf = (n: number) => JSON.parse(server.received[n]?.body ?? '').text
    return { target, textOf }
  }

  it('is told of a conversion by the bot, whose token no log shows', async () => {
    const { target, textOf } = await open()
    const told = await tellSystem(target, conversionOf())
    expect(told).toMatchObject({ kind: 'told', verdict: { kind: 'taken' } })
    expect(textOf(0)).toBe('sale, approved: 12.50 EUR\nClick CLICK\nTransaction ')
    expect(JSON.stringify(told)).not.toContain(TOKEN)
  })

  it('shows hostile values as they are, and they are no markup', async () => {
    const { target, textOf } = await open({ text: '<b>{sub1}</b>\nPaid {payout}' })
    const macros = { sub1: '<a href="tg://user?id=1">x</a> & *b* _i_\n`c`', payout: '1' }
    expect(await tellSystem(target, conversionOf({ macros }))).toMatchObject({ verdict: { kind: 'taken' } })
    expect(textOf(0)).toBe(
      '&lt;b&gt;&lt;a href=&quot;tg://user?id=1&quot;&gt;x&lt;/a&gt; &amp; *b* _i_`c`&lt;/b&gt;\nPaid 1',
    )
  })

  it('gets an alert with a title, a text and a link', async () => {
    const { target, textOf } = await open()
    const message = { title: 'A & B', text: '1 < 2', url: 'https://tp.example/a?b="1"&c=2', at: SYSTEM_NOW }
    expect(await messageSystem(target, message)).toMatchObject({ verdict: { kind: 'taken' } })
    const link = 'https://tp.example/a?b=&quot;1&quot;&amp;c=2'
    expect(textOf(0)).toBe(`<b>A &amp; B</b>\n1 &lt; 2\n<a href="${link}">${link}</a>`)
  })

  it('gets long texts cut to what it takes', async () => {
    const { target } = await open({ text: '{sub1}' })
    const macros = { sub1: '&😀'.repeat(4_000) }
    expect(await tellSystem(target, conversionOf({ macros }))).toMatchObject({ verdict: { kind: 'taken' } })
    const message = {
      title: '<'.repeat(900),
      text: '&'.repeat(9_000),
      url: `https://tp.example/${'a'.repeat(900)}`,
      at: 0,
    }
    expect(await messageSystem(target, message)).toMatchObject({ verdict: { kind: 'taken' } })
  })

  it('refuses an unknown chat for good, and a call too many for a while', async () => {
    const { target } = await open({ chatId: '@nobody' })
    expect(await tellSystem(target, conversionOf())).toMatchObject({
      verdict: { kind: 'refused', reason: 'status 400: Bad Request: chat not found', forGood: true },
    })
    const limited = {
      ok: false,
      error_code: 429,
      description: 'Too Many Requests',
      parameters: { retry_after: 7 },
    }
    const busy = await open({}, () => ({ status: 429, body: JSON.stringify(limited) }))
    expect(await tellSystem(busy.target, conversionOf())).toMatchObject({
      verdict: { kind: 'refused', reason: 'Too Many Requests: to be tried again in 7 s', forGood: false },
    })
  })

  it('that says ok: false with status 200 has refused', async () => {
    const { target } = await open({}, () => ({ status: 200, body: '{"ok":false,"description":"no"}' }))
    expect(await tellSystem(target, conversionOf())).toMatchObject({
      verdict: { kind: 'refused', reason: 'no', forGood: false },
    })
  })
})
