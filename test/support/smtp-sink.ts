import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SMTPServer } from 'smtp-server'

const read = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8')
/** Of localhost, signed by itself. */
export const SINK_CERTIFICATE = read('localhost-cert.pem')

export type SinkMail = {
  readonly from: string
  readonly to: readonly string[]
  readonly user: string
  readonly isEncrypted: boolean
  /** As it came, headers and body. */
  readonly text: string
}

export type SmtpSinkOptions = {
  /** smtps:// */
  readonly secure?: boolean
  /** No STARTTLS. */
  readonly plain?: boolean
  /** User and password that it asks for. */
  readonly auth?: readonly [user: string, password: string]
  /** Refuses a recipient, or the text, with this code. */
  readonly refuse?: (step: 'from' | 'to' | 'data', nth: number) => number | undefined
  /** Cuts the connection when the text begins. */
  readonly drops?: (nth: number) => boolean
}

/** A real mail server on a port of its own, which remembers what it took. */
export async function openSmtpSink(options: SmtpSinkOptions = {}) {
  const mails: SinkMail[] = []
  const asked = { from: 0, to: 0, data: 0 }
  const refusal = (step: 'from' | 'to' | 'data') => {
    const responseCode = options.refuse?.(step, asked[step]++)
    return responseCode === undefined ? undefined : Object.assign(new Error('not now'), { responseCode })
  }
  const server = new SMTPServer({
    secure: options.secure === true,
    key: read('localhost-key.pem'),
    cert: SINK_CERTIFICATE,
    disabledCommands: [...(options.plain ? ['STARTTLS'] : []), ...(options.auth ? [] : ['AUTH'])],
    authOptional: options.auth === undefined,
    onAuth: ({ username, password }, _session, done) => {
      const [user, right] = options.auth ?? []
      if (username === user && password === right) done(null, { user: username })
      else done(Object.assign(new Error('unknown'), { responseCode: 535 }))
    },
    onMailFrom: (_address, _session, done) => done(refusal('from')),
    onRcptTo: (_address, _session, done) => done(refusal('to')),
    onData: (stream, session, done) => {
      if (options.drops?.(asked.data) === true) {
        asked.data++
        for (const connection of server.connections) connection.close()
        return
      }
      let text = ''
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      stream.on('end', () => {
        const refused = refusal('data')
        if (refused === undefined) {
          const { mailFrom, rcptTo } = session.envelope
          mails.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            user: String(session.user ?? ''),
            isEncrypted: session.secure,
            text,
          })
        }
        done(refused)
      })
    },
  })
  // A client that does not trust us ends the handshake; that is its result, not ours.
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    port,
    mails,
    close: async () => await new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
