import { isIP, type LookupFunction, Socket } from 'node:net'
import { buildConnector } from 'undici'
import { type Allowlist, isReachable, parseAllowlist } from './address-rules.ts'
import type { Opening } from './call-phases.ts'
import { createResolve } from './resolve-name.ts'

const URL_CHARS_MAX = 8_192
/** For the name's look-up, TCP and TLS together. */
const CONNECT_TIMEOUT_MS = 5_000
/** Below this, a port is a system service's; only the web's own two are called. */
const SYSTEM_PORTS_END = 1_024
const WEB_PORTS: ReadonlySet<number> = new Set([80, 443])
/**
 * Ports above the system's where another protocol could take an HTTP request for its own: the "bad ports" of
 * the Fetch standard (fetch.spec.whatwg.org/#port-blocking).
 */
const BAD_PORTS: ReadonlySet<number> = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
  10080,
])

type UrlVerdict =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly code: 'refused_url' | 'refused_address'; readonly reason: string }

/** Finds every address of a name. */
export type Resolve = (
  hostname: string,
  callback: (error: NodeJS.ErrnoException | null, addresses: ResolvedAddress[]) => void,
) => void
export type ResolvedAddress = { address: string; family: number }

export type Guard = {
  /** Checks what can be told from the URL alone; a name's addresses are checked when it is connected. */
  checkUrl(text: string): UrlVerdict
  /**
   * Opens sockets to reachable addresses only: the one way by which a sender gets a connection.
   * @param opening is told how far it is.
   */
  connect(target: buildConnector.Options, callback: buildConnector.Callback, opening?: Opening): void
}

export type GuardOptions = {
  /** Addresses and CIDR ranges that may be called although they are not public. */
  readonly allowPrivateTargets: readonly string[]
  readonly resolve?: Resolve
}

/** The guard stopped a call: the address, or one of a name's addresses, is not public. */
class RefusedAddressError extends Error {
  readonly code = 'refused_address'

  constructor(address: string) {
    super(`${address} is not a public address`)
    this.name = 'RefusedAddressError'
  }
}

/**
 * Keeps outgoing calls on the public internet (server-side request forgery, OWASP A10:2021).
 *
 * The check is part of connecting: the addresses that are judged are the very ones that the socket gets, so
 * that a name which resolves differently a moment later (DNS rebinding) gains nothing. The peer of an open
 * socket is judged once more, before the first byte is written.
 * @throws RangeError when the allowlist can not be read.
 */
export function createGuard(options: GuardOptions): Guard {
  const allowlist = parseAllowlist(options.allowPrivateTargets)
  const open = buildConnector({
    lookup: guardedLookup(options.resolve ?? createResolve(), allowlist),
    timeout: CONNECT_TIMEOUT_MS,
    // Said here, so that no setting of the process can switch it off (NODE_TLS_REJECT_UNAUTHORIZED).
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    // One protocol, one parser: HTTP/2 would bring its own limits for no gain on single small calls.
    allowH2: false,
  })
  return {
    checkUrl: (text) => checkUrl(text, allowlist),
    connect(target, callback, opening) {
      // net.connect resolves names only: an address written out never reaches the lookup.
      if (isIP(target.hostname) !== 0 && !isReachable(target.hostname, allowlist)) {
        callback(new RefusedAddressError(target.hostname), null)
        return
      }
      // undici's connector returns the socket that it opens, of which its types say nothing.
      const opened: unknown = open(target, (error, socket) => {
        if (error !== null) return callback(error, null)
        if (opening !== undefined) opening.readyAt = performance.now()
        handOver(socket, allowlist, callback)
      })
      if (opening !== undefined && opened instanceof Socket) watch(opened, opening)
    },
  }
}

function watch(socket: Socket, opening: Opening): void {
  // A name that was not found, or that is refused, is not past its look-up.
  socket.once('lookup', (error: Error | null) => {
    if (error === null) opening.resolvedAt = performance.now()
  })
  socket.once('connect', () => {
    opening.connectedAt = performance.now()
  })
}

function handOver(socket: Socket, allowlist: Allowlist, callback: buildConnector.Callback): void {
  const peer = socket.remoteAddress
  // No peer: the socket is closed again, and nothing can be sent on it.
  if (peer === undefined || isReachable(peer, allowlist)) {
    callback(null, socket)
    return
  }
  socket.destroy()
  callback(new RefusedAddressError(peer), null)
}

function guardedLookup(resolve: Resolve, allowlist: Allowlist): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      const [first] = addresses ?? []
      const failure = error ?? decideRefusal(addresses, allowlist)
      if (failure !== undefined || first === undefined)
        callback(failure ?? new NoAddressError(hostname), '', 0)
      else if (options.all === true) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

/** One private address among public ones refuses the name: an attacker's record, or a mistake. */
function decideRefusal(addresses: readonly ResolvedAddress[], allowlist: Allowlist): Error | undefined {
  const refused = addresses.find(({ address }) => !isReachable(address, allowlist))
  return refused === undefined ? undefined : new RefusedAddressError(refused.address)
}

class NoAddressError extends Error {
  readonly code = 'ENOTFOUND'

  constructor(hostname: string) {
    super(`${hostname} has no address`)
    this.name = 'NoAddressError'
  }
}

function checkUrl(text: string, allowlist: Allowlist): UrlVerdict {
  if (text.length > URL_CHARS_MAX) return refuseUrl(`longer than ${URL_CHARS_MAX} characters`)
  const url = URL.parse(text)
  if (url === null) return refuseUrl('not a URL')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return refuseUrl('neither http nor https')
  if (url.username !== '' || url.password !== '') return refuseUrl('credentials in the URL')
  if (!isPortAllowed(url)) return refuseUrl(`port ${url.port} is not a web port`)
  // The parser has turned 0x7f.1, 2130706433 and the like into dotted form by now.
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !isReachable(host, allowlist)) {
    return { ok: false, code: 'refused_address', reason: `${host} is not a public address` }
  }
  return { ok: true, url }
}

function isPortAllowed(url: URL): boolean {
  if (url.port === '') return true
  const port = Number(url.port)
  return WEB_PORTS.has(port) || (port >= SYSTEM_PORTS_END && !BAD_PORTS.has(port))
}

function refuseUrl(reason: string): UrlVerdict {
  return { ok: false, code: 'refused_url', reason }
}
