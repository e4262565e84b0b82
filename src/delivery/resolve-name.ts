import { lookup, Resolver } from 'node:dns'
import { readFileSync } from 'node:fs'
import type { Resolve, ResolvedAddress } from './guard.ts'

/** One look-up: a name whose servers are silent is given up, and nothing else waits for it. */
const RESOLVE_MS_MAX = 4_000
/** Of one question to a name server, which is asked again with twice as long each time. */
const QUERY_TIMEOUT_MS = 1_000
const QUERY_TRIES = 3
/** A name that was not found is not looked for again at once, by however many calls. */
const FAILURE_KEPT_MS = 5_000
const FAILURES_MAX = 10_000
const NAMES_IN_FLIGHT_MAX = 2_048
/** Look-ups by the system at a time: each holds a thread of the process until the system gives it up. */
const BY_SYSTEM_MAX = 4
const BY_SYSTEM_WAITING_MAX = 256
/** The system's name servers and its file of hosts are read again after this. */
const SETTINGS_KEPT_MS = 30_000
const HOSTS_FILE = '/etc/hosts'

export type NameSources = {
  /** Asks name servers, and holds no thread meanwhile. */
  readonly byQuery: Resolve
  /** Asks the system, by its own order of sources. */
  readonly bySystem: Resolve
  /** Whether the name stands in the system's file of hosts. */
  readonly isInHosts: (name: string) => boolean
}

type Found = Parameters<Parameters<Resolve>[1]>

/**
 * Finds the addresses of names so that names which nobody answers for keep no other name waiting.
 *
 * The system's own look-up (getaddrinfo) holds a thread for as long as name servers are silent, so that a few such names
 * would stop every new connection. Name servers are asked directly instead. The system is asked, a few names at a time,
 * only for what is its own: names without a dot, those in its file of hosts, and those that name servers say they do not
 * know (search domains, mDNS). A name is looked up once at a time, and one that failed not again for some seconds.
 */
export function createResolve(sources: NameSources = systemSources()): Resolve {
  const inFlight = new Map<string, Promise<Found>>()
  const failed = new Map<string, { readonly found: Found; readonly until: number }>()
  const bySystem = inTurn(sources.bySystem)
  const find = async (name: string): Promise<Found> => {
    if (!name.includes('.') || sources.isInHosts(name)) return await bounded(bySystem, name)
    const found = await bounded(sources.byQuery, name)
    return isUnknown(found) ? await bounded(bySystem, name) : found
  }
  const findOnce = (name: string): Promise<Found> => {
    const known = failed.get(name)
    if (known !== undefined && known.until > performance.now()) return Promise.resolve(known.found)
    const running = inFlight.get(name)
    if (running !== undefined) return running
    if (inFlight.size >= NAMES_IN_FLIGHT_MAX) return Promise.resolve(failure('EAI_AGAIN', name))
    const started = find(name).then((found) => {
      inFlight.delete(name)
      failed.delete(name)
      if (found[0] !== null) failed.set(name, { found, until: performance.now() + FAILURE_KEPT_MS })
      const [oldest = ''] = failed.keys()
      if (failed.size > FAILURES_MAX) failed.delete(oldest)
      return found
    })
    inFlight.set(name, started)
    return started
  }
  return (name, callback) => void tell(callback, findOnce(name.toLowerCase()))
}

async function tell(callback: Parameters<Resolve>[1], found: Promise<Found>): Promise<void> {
  callback(...(await found))
}

/** Never rejects. The source may go on after its time: whatever it says then is for nobody. */
function bounded(resolve: Resolve, name: string): Promise<Found> {
  return new Promise((settle) => {
    const timer = setTimeout(() => settle(failure('EAI_AGAIN', name)), RESOLVE_MS_MAX)
    resolve(name, (...found) => {
      clearTimeout(timer)
      settle(found)
    })
  })
}

/** So many at a time, the others in order: a look-up keeps its place until it has really ended. */
function inTurn(resolve: Resolve): Resolve {
  const waiting: (() => void)[] = []
  let running = 0
  return (name, callback) => {
    const start = () => {
      running += 1
      resolve(name, (...found) => {
        running -= 1
        waiting.shift()?.()
        callback(...found)
      })
    }
    if (running < BY_SYSTEM_MAX) start()
    else if (waiting.length < BY_SYSTEM_WAITING_MAX) waiting.push(start)
    else callback(...failure('EAI_AGAIN', name))
  }
}

function isUnknown([error]: Found): boolean {
  // ECONNREFUSED: there is no name server at all.
  return error !== null && ['ENOTFOUND', 'ENODATA', 'ECONNREFUSED'].includes(error.code ?? '')
}

function failure(code: string, name: string): Found {
  return [Object.assign(new Error(`${name} could not be looked up (${code})`), { code }), []]
}

function systemSources(): NameSources {
  const resolverNow = kept(() => new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES }))
  const hostsNow = kept(readHosts)
  return {
    byQuery: (name, callback) => queryBoth(resolverNow(), name, callback),
    bySystem: (name, callback) => lookup(name, { all: true }, callback),
    isInHosts: (name) => hostsNow().has(name),
  }
}

/** IPv4 first: where there is no way to IPv6 addresses, no time is lost with them. */
export function queryBoth(
  resolver: Pick<Resolver, 'resolve4' | 'resolve6'>,
  name: string,
  callback: Parameters<Resolve>[1],
): void {
  const found = new Map<4 | 6, ResolvedAddress[]>()
  const note = (family: 4 | 6) => (error: NodeJS.ErrnoException | null, addresses?: string[]) => {
    found.set(
      family,
      (addresses ?? []).map((address) => ({ address, family })),
    )
    if (error !== null && (failed === undefined || isUnknown([failed, []]))) failed = error
    if (found.size < 2) return
    const all = [...(found.get(4) ?? []), ...(found.get(6) ?? [])]
    callback(all.length > 0 ? null : (failed ?? null), all)
  }
  let failed: NodeJS.ErrnoException | undefined
  resolver.resolve4(name, note(4))
  resolver.resolve6(name, note(6))
}

/** Names in lower case. */
function readHosts(): ReadonlySet<string> {
  try {
    const lines = readFileSync(HOSTS_FILE, 'utf8').split('\n')
    return new Set(
      lines.flatMap((line) => line.replace(/#.*/, '').toLowerCase().trim().split(/\s+/).slice(1)),
    )
  } catch {
    return new Set()
  }
}

function kept<Value>(read: () => Value): () => Value {
  let value = read()
  let readAt = performance.now()
  return () => {
    if (performance.now() - readAt <= SETTINGS_KEPT_MS) return value
    value = read()
    readAt = performance.now()
    return value
  }
}
