import { Agent } from 'node:http'
import { z } from 'zod'
import type { Hit, HitAnswer } from '../domain/hit.ts'
import { LIMITS } from '../domain/limits.ts'
import { Circuit } from './circuit.ts'
import { EDGE_LIMITS } from './edge-limits.ts'
import { type RememberedVisit, rememberedVisitSchema } from './remembered-visit.ts'
import { requestOverUnixSocket } from './unix-request.ts'

const OUTCOMES = [
  'recorded',
  'updated',
  'duplicate',
  'rejected',
  'test',
  'unmatched',
  'queued',
  'malformed',
  'unauthorized',
  'overloaded',
] as const

/** As core normalises it: a URL of this form fits into a header and, escaped, into a document. */
const WEB_ADDRESS = /^https?:\/\/[\x21-\x7e]+$/

const pixelSchema = z.union([
  z.object({ type: z.enum(['image', 'iframe', 'script']), url: z.string().regex(WEB_ADDRESS) }),
  z.object({ type: z.literal('html'), html: z.string() }),
])

const answersSchema = z.object({
  answers: z.array(
    z.object({
      hit: z.string(),
      outcome: z.enum(OUTCOMES),
      reason: z.string().exactOptional(),
      conversion: z.string().exactOptional(),
      clickId: z.string().exactOptional(),
      pixels: z.array(pixelSchema).exactOptional(),
      steps: z.array(z.object({ step: z.string(), ok: z.boolean(), detail: z.string() })).exactOptional(),
    }),
  ),
})

const convertedSchema = z.object({ converted: z.boolean() })

export type CoreClient = {
  /** Core's judgement; undefined when it does not come within LIMITS.judgeWaitMs. Never rejects. */
  judge(hit: Hit): Promise<HitAnswer | undefined>
  /** The route of a visit as the ledger knows it; undefined when unknown or core is away. Never rejects. */
  findVisit(clickId: string): Promise<RememberedVisit | undefined>
  /** Whether the visit has a conversion of the offer that earns; false when core does not say in time. Never rejects. */
  hasConverted(clickId: string, offerId: string): Promise<boolean>
  close(): void
}

type WaitingHit = { readonly json: string; readonly answer: (answer: HitAnswer | undefined) => void }

/** Asks core over its unix socket. @param clock Unix milliseconds. */
export function createCoreClient(socketPath: string, clock: () => number): CoreClient {
  const agent = new Agent({ keepAlive: true, maxSockets: EDGE_LIMITS.hitRequestsMax * 2 })
  const circuit = new Circuit(clock)
  // Of its own: a question that may not wait long must not keep hits from core.
  const convertedCircuit = new Circuit(clock)
  const desk = new HitDesk((body) => postHits({ agent, socketPath, circuit, body }))
  return {
    judge: (hit) => (circuit.allows() ? desk.judge(hit) : Promise.resolve(undefined)),
    findVisit: (clickId) =>
      circuit.allows() ? findVisit({ agent, socketPath, circuit }, clickId) : Promise.resolve(undefined),
    hasConverted: (clickId, offerId) =>
      convertedCircuit.allows()
        ? hasConverted({ agent, socketPath, circuit: convertedCircuit }, clickId, offerId)
        : Promise.resolve(false),
    close: () => agent.destroy(),
  }
}

/**
 * Hits of one tick share a request, and hits that come while all requests are under way share the next one:
 * core commits a request's hits in one transaction, so the busier it is the more each commit carries.
 */
class HitDesk {
  readonly #post: (body: string) => Promise<readonly HitAnswer[]>
  #waiting: WaitingHit[] = []
  #requests = 0
  #scheduled = false

  constructor(post: (body: string) => Promise<readonly HitAnswer[]>) {
    this.#post = post
  }

  judge(hit: Hit): Promise<HitAnswer | undefined> {
    if (this.#waiting.length >= EDGE_LIMITS.hitsWaitingMax) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      // The wait counts from here, in the queue too: the sender's patience does not depend on ours.
      const timer = setTimeout(resolve, LIMITS.judgeWaitMs, undefined)
      const answer = (given: HitAnswer | undefined): void => {
        clearTimeout(timer)
        resolve(given)
      }
      this.#waiting.push({ json: JSON.stringify(hit), answer })
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#scheduled || this.#requests >= EDGE_LIMITS.hitRequestsMax) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      void this.#send()
    })
  }

  async #send(): Promise<void> {
    const hits = this.#waiting.splice(0, EDGE_LIMITS.hitsPerRequestMax)
    if (hits.length === 0) return
    this.#requests += 1
    if (this.#waiting.length > 0) this.#schedule()
    try {
      const answers = await this.#post(`{"hits":[${hits.map((hit) => hit.json).join(',')}]}`)
      hits.forEach((hit, index) => {
        hit.answer(answers[index])
      })
    } catch {
      // Core is away: the circuit has counted it, the hits are in the journal and will be judged from there.
      for (const hit of hits) hit.answer(undefined)
    } finally {
      this.#requests -= 1
      if (this.#waiting.length > 0) this.#schedule()
    }
  }
}

type Line = { readonly agent: Agent; readonly socketPath: string; readonly circuit: Circuit }

async function postHits(line: Line & { readonly body: string }): Promise<readonly HitAnswer[]> {
  return guarded(line.circuit, async () => {
    const answer = await requestOverUnixSocket({
      ...line,
      method: 'POST',
      path: '/internal/hits',
      timeoutMs: LIMITS.judgeWaitMs,
      answerBytesMax: EDGE_LIMITS.answerBytesMax,
    })
    return answersSchema.parse(JSON.parse(answer.text)).answers
  })
}

async function findVisit(line: Line, clickId: string): Promise<RememberedVisit | undefined> {
  try {
    return await guarded(line.circuit, async () => {
      const answer = await requestOverUnixSocket({
        ...line,
        method: 'GET',
        path: `/internal/visits/${clickId}`,
        timeoutMs: EDGE_LIMITS.coreLookupTimeoutMs,
        answerBytesMax: EDGE_LIMITS.answerBytesMax,
      })
      return answer.status === 200 ? rememberedVisitSchema.parse(JSON.parse(answer.text)) : undefined
    })
  } catch {
    return undefined
  }
}

async function hasConverted(line: Line, clickId: string, offerId: string): Promise<boolean> {
  const asked = new URLSearchParams({ clickId, offer: offerId })
  try {
    return await guarded(line.circuit, async () => {
      const answer = await requestOverUnixSocket({
        ...line,
        method: 'GET',
        path: `/internal/converted?${asked.toString()}`,
        timeoutMs: EDGE_LIMITS.convertedTimeoutMs,
        answerBytesMax: EDGE_LIMITS.answerBytesMax,
      })
      return answer.status === 200 && convertedSchema.parse(JSON.parse(answer.text)).converted
    })
  } catch {
    return false
  }
}

async function guarded<T>(circuit: Circuit, ask: () => Promise<T>): Promise<T> {
  try {
    const answer = await ask()
    circuit.succeeded()
    return answer
  } catch (error) {
    circuit.failed()
    throw error
  }
}
