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
}

export type LoadResult = {
  readonly answered: number
  readonly errors: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly statuses: Readonly<Record<string, number>>
}

const HEAD_END = Buffer.from('\r\n\r\n')

process.once('message', (plan: LoadPlan) => {
  void runLoad(plan).then((result) => {
    process.send?.(result)
    process.disconnect()
  })
})

async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const heads = plan.requests.map((text) => Buffer.from(text))
  const histogram = new Histogram()
  const statuses: Record<string, number> = {}
  let errors = 0
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
      const head = heads[next++ % heads.length]
      if (head === undefined) return
      const status = await exchange(socket, head).catch(() => undefined)
      if (status === undefined) {
        errors += 1
        return
      }
      histogram.record(performance.now() - from)
      statuses[status] = (statuses[status] ?? 0) + 1
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
  }
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })
}

/** Sends one request and reads one answer with a Content-Length; resolves with the status. */
function exchange(socket: Socket, head: Buffer): Promise<string> {
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
      if (seen.length < headEnd + HEAD_END.length + Number(length)) return
      finish(() => resolve(text.slice(9, 12)))
    }
    socket.on('data', onData)
    socket.once('close', onClose)
    socket.write(head)
  })
}
