import { connect, type Socket } from 'node:net'
import { Histogram } from './histogram.ts'

/**
 * The load generator's process: raw keep-alive sockets, one request in flight on each, so that it costs far less
 * per request than the server it measures.
 *
 * Closed loop (no rate): a socket sends as soon as it is answered. Open loop (rate): requests leave on schedule,
 * and latency counts from the scheduled moment, so a slow server cannot hide by slowing the generator down.
 */
export type LoadPlan = {
  readonly port: number
  readonly connections: number
  readonly seconds: number
  /** Requests per second over all connections; 0 for closed loop. */
  readonly rate: number
  /** Whole request heads, sent in turn. */
  readonly requests: readonly string[]
  /** Send each request once and stop early when all are sent; else they are sent round and round. */
  readonly once?: boolean
  /** Collect the values of this parameter of the URLs that answers redirect to. */
  readonly collect?: string
  /** Count the answers whose body holds this text. */
  readonly holding?: string
}

export type LoadResult = {
  readonly answered: number
  readonly errors: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly statuses: Readonly<Record<string, number>>
  /** What the answers said in `outcome`, where they are JSON of ours, or in X-Trailpost-Outcome. */
  readonly outcomes: Readonly<Record<string, number>>
  readonly collected: readonly string[]
  /** Answers whose body held the plan's text. */
  readonly holding: number
}

const HEAD_END = Buffer.from('\r\n\r\n')

// Ends when the parent has the result and disconnects.
process.once('message', (plan: LoadPlan) => {
  void runLoad(plan).then((result) => process.send?.(result))
})

async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const heads = plan.requests.map((text) => Buffer.from(text))
  const histogram = new Histogram()
  const statuses: Record<string, number> = {}
  const outcomes: Record<string, number> = {}
  const collected: string[] = []
  let errors = 0
  let holding = 0
  let next = 0
  const startedAt = performance.now()
  const endsAt = startedAt + plan.seconds * 1_000
  const intervalMs = plan.rate > 0 ? 1_000 / plan.rate : 0
  let scheduled = 0

  const lane = async (socket: Socket) => {
    while (performance.now() < endsAt) {
      let from = performance.now()
      if (intervalMs > 0) {
        from = startedAt + scheduled++ * intervalMs
        if (from >= endsAt) return
        const wait = from - performance.now()
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      }
      const turn = next++
      const head = heads[plan.once === true ? turn : turn % heads.length]
      if (head === undefined) return
      const answer = await exchange(socket, head).catch(() => undefined)
      if (answer === undefined) {
        errors += 1
        return
      }
      histogram.record(performance.now() - from)
      count(statuses, answer.status)
      if (answer.outcome !== undefined) count(outcomes, answer.outcome)
      const value = plan.collect && URL.parse(answer.location)?.searchParams.get(plan.collect)
      if (value) collected.push(value)
      if (plan.holding !== undefined && answer.body.includes(plan.holding)) holding += 1
    }
  }

  const sockets = await Promise.all(Array.from({ length: plan.connections }, () => open(plan.port)))
  await Promise.all(sockets.map(lane))
  const seconds = (performance.now() - startedAt) / 1_000
  for (const socket of sockets) socket.destroy()
  return {
    answered: histogram.count,
    errors,
    seconds,
    p50Ms: histogram.percentile(0.5),
    p99Ms: histogram.percentile(0.99),
    statuses,
    outcomes,
    collected,
    holding,
  }
}

function count(tally: Record<string, number>, name: string): void {
  tally[name] = (tally[name] ?? 0) + 1
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })
}

type Answer = {
  readonly status: string
  /** '' where the answer is no redirect. */
  readonly location: string
  readonly outcome: string | undefined
  readonly body: string
}

/** Sends one request and reads one answer with a Content-Length. */
function exchange(socket: Socket, head: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let seen: Buffer | undefined
    const finish = (act: () => void) => {
      socket.off('data', onData)
      socket.off('close', onClose)
      act()
    }
    const onClose = () => finish(() => reject(new Error('closed')))
    const onData = (chunk: Buffer) => {
      seen = seen === undefined ? chunk : Buffer.concat([seen, chunk])
      const headEnd = seen.indexOf(HEAD_END)
      if (headEnd < 0) return
      const text = seen.toString('latin1', 0, headEnd)
      const length = /content-length: (\d+)/i.exec(text)?.[1] ?? '0'
      const bodyStart = headEnd + HEAD_END.length
      if (seen.length < bodyStart + Number(length)) return
      const body = seen.toString('latin1', bodyStart)
      finish(() =>
        resolve({
          status: text.slice(9, 12),
          location: /^location: (\S+)/im.exec(text)?.[1] ?? '',
          outcome: (/"outcome":"(\w+)"/.exec(body) ?? /^x-trailpost-outcome: (\w+)/im.exec(text))?.[1],
          body,
        }),
      )
    }
    socket.on('data', onData)
    socket.once('close', onClose)
    socket.write(head)
  })
}
