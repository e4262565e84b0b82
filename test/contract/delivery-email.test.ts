import { createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createGuard } from '../../src/delivery/guard.ts'
import { createSender } from '../../src/delivery/send.ts'
import { createMailer, type Mailer, type MailerOptions } from '../../src/delivery/send-email.ts'
import { emailRules } from '../../src/domain/target-systems/email.ts'
import { openSmtpSink, SINK_CERTIFICATE, type SmtpSinkOptions } from '../support/smtp-sink.ts'

const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function openSink(options: SmtpSinkOptions = {}) {
  const sink = await openSmtpSink(options)
  cleanups.push(sink.close)
  return sink
}

function openMailer(smtpUrl: string, changes: Partial<MailerOptions> = {}): Mailer {
  const from = 'Trailpost <alerts@tracker.example>'
  const mailer = createMailer({ smtpUrl, from, ca: SINK_CERTIFICATE, ...changes })
  cleanups.push(() => mailer.close())
  return mailer
}

function mailOf(title: string, to = 'ada@example.com', text = 'One line\nand another') {
  const built = emailRules.buildMessage?.(
    { title, text, url: 'https://t.example/alerts', at: 0 },
    {
      settings: { to },
      baseUrl: '',
    },
  )
  if (built?.kind !== 'call') throw new Error('no call')
  return { id: 'delivery-1', ...built.call }
}

describe('an e-mail', () => {
  it('arrives encrypted after STARTTLS and signing in, with the delivery as its Message-ID', async () => {
    const sink = await openSink({ auth: ['ada', 'p@ss word'] })
    const mailer = openMailer(`smtp://ada:p%40ss%20word@localhost:${sink.port}`)
    const result = await mailer.send(mailOf('Ünusual: 30 % of hits'))
    expect(result).toMatchObject({ kind: 'answered', answer: { status: 250 } })
    const [mail] = sink.mails
    expect(mail).toMatchObject({
      from: 'alerts@tracker.example',
      to: ['ada@example.com'],
      user: 'ada',
      isEncrypted: true,
    })
    expect(mail?.text).toContain('Message-ID: <delivery-1@tracker.example>')
    expect(mail?.text).toContain('From: Trailpost <alerts@tracker.example>')
    expect(mail?.text).toContain('Auto-Submitted: auto-generated')
    expect(mail?.text).toMatch(/Subject: =\?UTF-8\?Q\?=C3=9Cnusual/)
    expect(mail?.text).toContain('One line\r\nand another\r\n\r\nhttps://t.example/alerts')
    expect(JSON.stringify(result)).not.toContain('p@ss')
  })

  it('goes by TLS from the start over smtps, and unencrypted only where no password is at stake', async () => {
    const secure = await openSink({ secure: true })
    await openMailer(`smtps://localhost:${secure.port}`).send(mailOf('a'))
    expect(secure.mails).toMatchObject([{ isEncrypted: true }])
    const plain = await openSink({ plain: true, auth: ['ada', 'secret'] })
    const refused = await openMailer(`smtp://ada:secret@localhost:${plain.port}`).send(mailOf('a'))
    expect(refused).toMatchObject({ kind: 'failed', code: 'tls', forGood: false })
    const open = await openSink({ plain: true })
    expect((await openMailer(`smtp://localhost:${open.port}`).send(mailOf('a'))).kind).toBe('answered')
  })

  it('does not go to a server whose certificate nobody vouches for', async () => {
    const sink = await openSink({ auth: ['ada', 'secret'] })
    const mailer = createMailer({ smtpUrl: `smtp://ada:secret@localhost:${sink.port}`, from: 'a@b.example' })
    cleanups.push(() => mailer.close())
    expect(await mailer.send(mailOf('a'))).toMatchObject({ kind: 'failed', code: 'tls', forGood: false })
    const implicit = await openSink({ secure: true })
    const unsure = createMailer({ smtpUrl: `smtps://localhost:${implicit.port}`, from: 'a@b.example' })
    cleanups.push(() => unsure.close())
    expect(await unsure.send(mailOf('a'))).toMatchObject({ kind: 'failed', forGood: false })
    expect([...sink.mails, ...implicit.mails]).toEqual([])
  })

  it.each([
    [
      'a recipient that does not exist',
      { refuse: (step) => (step === 'to' ? 550 : undefined) },
      'smtp_refused',
      true,
    ],
    [
      'a text that is refused',
      { refuse: (step) => (step === 'data' ? 554 : undefined) },
      'smtp_refused',
      true,
    ],
    ['greylisting', { refuse: (step) => (step === 'to' ? 451 : undefined) }, 'smtp_deferred', false],
    ['a full mailbox', { refuse: (step) => (step === 'data' ? 452 : undefined) }, 'smtp_deferred', false],
    [
      'a sender that is not ours',
      { refuse: (step) => (step === 'from' ? 550 : undefined) },
      'smtp_deferred',
      false,
    ],
    ['a wrong password', { auth: ['ada', 'other'] }, 'smtp_auth', false],
    ['a connection that is cut', { drops: () => true }, 'connect', false],
  ] satisfies [string, SmtpSinkOptions, string, boolean][])(
    'fails by %s as what it is, for good only where nothing mends it',
    async (_, options, code, forGood) => {
      const sink = await openSink(options)
      const user = 'auth' in options ? 'ada:secret@' : ''
      const result = await openMailer(`smtp://${user}localhost:${sink.port}`).send(mailOf('a'))
      expect(result).toMatchObject({ kind: 'failed', code, forGood })
      expect(JSON.stringify(result)).not.toContain('secret')
      expect(sink.mails).toEqual([])
    },
  )

  it('that was greylisted or cut off is taken at the next attempt', async () => {
    const sink = await openSink({
      refuse: (step, nth) => (step === 'to' && nth === 0 ? 451 : undefined),
      drops: (nth) => nth === 0,
    })
    const mailer = openMailer(`smtp://localhost:${sink.port}`)
    expect((await mailer.send(mailOf('a'))).kind).toBe('failed')
    expect((await mailer.send(mailOf('a'))).kind).toBe('failed')
    expect((await mailer.send(mailOf('a'))).kind).toBe('answered')
    expect(sink.mails).toHaveLength(1)
  })

  it('ends its wait at a server that never answers, and at one that is not there', async () => {
    const sockets: Socket[] = []
    const silent = createServer((socket) => sockets.push(socket))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    cleanups.push(() => {
      for (const socket of sockets) socket.destroy()
      silent.close()
    })
    const address = silent.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const mailer = openMailer(`smtp://localhost:${port}`, { totalTimeoutMs: 300 })
    expect(await mailer.send(mailOf('a'))).toMatchObject({ kind: 'failed', code: 'timeout', forGood: false })
    const away = openMailer('smtp://localhost:1')
    expect(await away.send(mailOf('a'))).toMatchObject({ kind: 'failed', code: 'connect', forGood: false })
  })

  it('takes no second header and no second recipient from a title or an address', async () => {
    const sink = await openSink()
    const mailer = openMailer(`smtp://localhost:${sink.port}`)
    await mailer.send(mailOf('Sale\r\nBcc: eve@example.com\r\n\r\nbody'))
    const [mail] = sink.mails
    expect(mail?.to).toEqual(['ada@example.com'])
    expect(mail?.text).toContain('Subject: Sale Bcc: eve@example.com body')
    expect(mail?.text.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/m)
    for (const to of [
      'a@example.com,eve@example.com',
      'a@example.com\r\nRCPT TO:<eve@example.com>',
      'ada',
      '',
    ]) {
      expect(await mailer.send(mailOf('a', to)), to).toMatchObject({ code: 'bad_request', forGood: true })
    }
    const smuggled = 'mailto:ada@example.com?subject=a&bcc=eve@example.com'
    expect(await mailer.send({ ...mailOf('a'), url: smuggled })).toMatchObject({ code: 'bad_request' })
    expect(sink.mails).toHaveLength(1)
  })

  it('goes out by the sender of all calls, and waits where there is no mail server', async () => {
    const sink = await openSink()
    const guard = createGuard({ allowPrivateTargets: [] })
    const mailer = openMailer(`smtp://localhost:${sink.port}`)
    const withMail = createSender({ guard, version: '0.0.0', mailer })
    const call = { ...mailOf('a'), signing: [], headers: {} }
    expect((await withMail.send(call, Date.now())).kind).toBe('answered')
    const without = createSender({ guard, version: '0.0.0' })
    expect(await without.send(call, Date.now())).toMatchObject({
      kind: 'failed',
      code: 'no_smtp',
      forGood: false,
    })
    await Promise.all([withMail.close(), without.close()])
  })
})
