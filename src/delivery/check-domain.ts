import { randomBytes } from 'node:crypto'
import { Agent, request } from 'undici'
import type { Guard, Resolve } from './guard.ts'
import { createResolve } from './resolve-name.ts'
import { classifySendError, type SendFailureCode } from './send-failure.ts'

/**
 * works            the host name leads to this installation
 * no_address       DNS has no address for it
 * private_address  an address that is not public, which is not called
 * bad_certificate  something answers there, without a certificate for the name
 * no_answer        nothing answers there, or not in time
 * elsewhere        something else answers there
 */
export const DOMAIN_OUTCOMES = [
  'works',
  'no_address',
  'private_address',
  'bad_certificate',
  'no_answer',
  'elsewhere',
] as const

export type DomainCheck = {
  readonly outcome: (typeof DOMAIN_OUTCOMES)[number]
  /** Of the host name; empty when it has none. */
  readonly addresses: readonly string[]
  /** Of the installation's own host name, to compare. */
  readonly ownAddresses: readonly string[]
  /** What was seen, for people: a status or an error. */
  readonly detail: string
}

/** For the look-up, the connection and the answer together. */
const TOTAL_TIMEOUT_MS = 10_000
const ANSWER_BYTES_MAX = 1_024
const NONCE_BYTES = 16
const OK = 200
const OUTCOMES: Readonly<Partial<Record<SendFailureCode, DomainCheck['outcome']>>> = {
  dns: 'no_address',
  refused_address: 'private_address',
  tls: 'bad_certificate',
}

export type DomainCheckOptions = {
  readonly guard: Pick<Guard, 'connect'>
  /** As visitors see the tracking host. */
  readonly publicUrl: string
  /** What this installation answers to a nonce. */
  readonly proofOf: (nonce: string) => string
  readonly resolve?: Resolve
}

/**
 * Asks a host name for the proof that it leads here, as a visitor would come: by DNS, and over TLS where visitors do.
 * Redirects are not followed: they lead elsewhere. Never rejects for what the outside world does.
 * @param origin where visitors would come, e.g. https://go.example.com.
 */
export function createDomainCheck(options: DomainCheckOptions): (origin: string) => Promise<DomainCheck> {
  const { guard, publicUrl, proofOf, resolve = createResolve() } = options
  const addressesOf = (host: string) =>
    new Promise<readonly string[]>((done) => {
      resolve(host, (_error, found) => done((found ?? []).map(({ address }) => address)))
    })
  return async (origin) => {
    const [addresses, ownAddresses, seen] = await Promise.all([
      addressesOf(new URL(origin).hostname),
      addressesOf(new URL(publicUrl).hostname),
      askForProof(guard, origin, proofOf),
    ])
    return { ...seen, addresses, ownAddresses }
  }
}

async function askForProof(
  guard: Pick<Guard, 'connect'>,
  origin: string,
  proofOf: (nonce: string) => string,
): Promise<Pick<DomainCheck, 'outcome' | 'detail'>> {
  const nonce = randomBytes(NONCE_BYTES).toString('hex')
  const dispatcher = new Agent({ connect: guard.connect, maxResponseSize: ANSWER_BYTES_MAX })
  try {
    const answer = await request(`${origin}/tp/proof?nonce=${nonce}`, {
      dispatcher,
      signal: AbortSignal.timeout(TOTAL_TIMEOUT_MS),
    })
    const isOurs = answer.statusCode === OK && (await answer.body.text()).trim() === proofOf(nonce)
    return isOurs
      ? { outcome: 'works', detail: '' }
      : { outcome: 'elsewhere', detail: `status ${answer.statusCode}` }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    // An answer that is too long, or no HTTP, is none of ours.
    const code = classifySendError(error)
    const otherwise = code === 'protocol' ? 'elsewhere' : 'no_answer'
    return { outcome: OUTCOMES[code] ?? otherwise, detail }
  } finally {
    await dispatcher.destroy()
  }
}
