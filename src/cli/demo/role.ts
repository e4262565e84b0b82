import { fork } from 'node:child_process'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/**
 * The demo's outside world: each party is a process of its own that speaks HTTP to the product, and talks to
 * the demo itself only through messages.
 */
export type Role = {
  /** Where the party's own web server listens, `http://127.0.0.1:PORT`. */
  readonly url: string
  /** Sends a question and waits for its answer. */
  ask(question: RoleQuestion): Promise<unknown>
  /** Called with every message that answers no question. */
  onNews(listener: (news: unknown) => void): void
  stop(): void
}

export type RoleQuestion = { readonly ask: string } & Readonly<Record<string, unknown>>
type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => void
type Answerer = (question: RoleQuestion) => Promise<unknown>

/** Starts a party in its own process; resolves when its server listens. */
export async function startRole(file: URL): Promise<Role> {
  const child = fork(file, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const waiting = new Map<number, (answer: unknown) => void>()
  const listening = Promise.withResolvers<string>()
  let listener: (news: unknown) => void = () => undefined
  let questions = 0
  child.once('exit', (code) => listening.reject(new Error(`${file.pathname} ended with ${code}`)))
  child.on('message', (message: { url?: string; answers?: number; answer?: unknown; news?: unknown }) => {
    if (message.url !== undefined) listening.resolve(message.url)
    if (message.news !== undefined) listener(message.news)
    if (message.answers === undefined) return
    waiting.get(message.answers)?.(message.answer)
    waiting.delete(message.answers)
  })
  const url = await listening.promise
  return {
    url,
    ask: (question) =>
      new Promise((resolve, reject) => {
        const id = ++questions
        const onExit = () => reject(new Error(`${file.pathname} ended before it answered`))
        child.once('exit', onExit)
        waiting.set(id, (answer) => {
          child.off('exit', onExit)
          resolve(answer)
        })
        child.send({ id, question })
      }),
    onNews: (next) => {
      listener = next
    },
    stop: () => child.kill('SIGTERM'),
  }
}

/** The other end: what a party's process runs. */
export function playRole(handle: Handler, answer: Answerer): void {
  const server = createServer((request, response) =>
    handle(request, response, new URL(request.url ?? '/', 'http://party')),
  )
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    process.send?.({ url: `http://127.0.0.1:${port}` })
  })
  // A demo that was killed leaves nobody behind.
  process.once('disconnect', () => process.exit())
  process.on('message', (message: { id: number; question: RoleQuestion }) => {
    answer(message.question).then(
      (result) => process.send?.({ answers: message.id, answer: result }),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
        process.exit(1)
      },
    )
  })
}

/** Tells the demo something it did not ask for. */
export function tellNews(news: unknown): void {
  process.send?.({ news })
}
