import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApiClient, field, idOf, setUpOwner } from '../../src/cli/demo/api-client.ts'
import { startInstallation } from '../../src/cli/demo/installation.ts'
import { startTlsFront } from '../support/tls-front.ts'

/**
 * Three sites to a browser, all on loopback: a network, its advertiser, and the tracker of its affiliate, which holds
 * the affiliate's pixels. All of them by http, and by https.
 */
export type PixelRig = {
  readonly api: ApiClient
  /** The advertiser's pages: HTML by path; `{network}` becomes the network's base URL by the page's own scheme. */
  readonly pages: Map<string, string>
  /** What the affiliate's side was asked for, in order. */
  readonly seen: Seen[]
  /** Of a server, for postbacks. */
  readonly trackerServer: string
  url(site: Site, scheme?: Scheme): string
  /** An offer of the advertiser whose visitors land on `/land`; the id, and the affiliate's link. */
  offer(terms: object, scheme?: Scheme): Promise<Offer>
  /** Makes a postback or pixel of the affiliate in its portal, which the network approves. */
  target(body: object): Promise<string>
  /** Takes all of the affiliate's postbacks and pixels away, and forgets what was seen. */
  clear(): Promise<void>
  /** Fates of the affiliate's deliveries of a conversion, as its postback log tells them. */
  log(): Promise<readonly string[]>
  stop(): Promise<void>
}

export type Site = 'network' | 'advertiser' | 'tracker'
export type Scheme = 'http' | 'https'
export type Offer = { readonly id: string; readonly link: string }
export type Seen = { readonly path: string; readonly cookie: string; readonly referrer: string }

export async function startPixelRig(): Promise<PixelRig> {
  const pages = new Map<string, string>()
  const seen: Seen[] = []
  const dataDir = mkdtempSync(join(tmpdir(), 'trailpost-affiliate-pixels-'))
  const installation = await startInstallation({
    dataDir,
    edges: 1,
    settings: {
      TRAILPOST_LOG_LEVEL: 'fatal',
      TRAILPOST_TRUSTED_PROXIES: '127.0.0.1',
      TRAILPOST_ALLOW_PRIVATE_TARGETS: '127.0.0.1',
    },
  })
  const api = await setUpOwner(installation)
  const ports = { network: installation.publicPort, sites: 0, tls: 0 }
  const url = (site: Site, scheme: Scheme = 'http') => {
    const plain = site === 'network' ? ports.network : ports.sites
    return `${scheme}://${site}.localhost:${scheme === 'https' ? ports.tls : plain}`
  }
  const server = createServer((request, response) => answer(request, response, { pages, seen, url }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ports.sites = (server.address() as AddressInfo).port // it listens on TCP
  const tls = await startTlsFront((host) => (host === 'network.localhost' ? ports.network : ports.sites))
  ports.tls = tls.port

  const advertiserId = await idOf(api, '/advertisers', { name: 'Shop', clickIdParam: 'click' })
  const affiliateId = await idOf(api, '/affiliates', {
    name: 'Tracker',
    email: 'a@example.com',
    status: 'active',
  })
  const key = String(field(await api.post(`/affiliates/${affiliateId}/api-keys`, { name: 'portal' }), 'key'))
  const portal = portalClient(installation.dashboardUrl, key)
  return {
    api,
    pages,
    seen,
    trackerServer: `http://127.0.0.1:${ports.sites}`,
    url,
    async offer(terms, scheme = 'http') {
      const price = (amount: string) => ({ model: 'flat', amount })
      const id = await idOf(api, '/offers', {
        name: 'Ringtones',
        advertiserId,
        url: `${url('advertiser', scheme)}/land`,
        defaultEvent: 'sale',
        terms: { revenue: price('3'), payout: price('2'), ...terms },
      })
      return { id, link: `${url('network', scheme)}/o/${id}/${affiliateId}` }
    },
    async target(body) {
      const id = String(field(await portal('POST', '/postbacks', body), 'id'))
      const waiting = field(await api.get('/pixel-moderation?limit=200'), 'items') as readonly unknown[]
      const mine = waiting.find((item) => field(item, 'id') === id)
      if (mine !== undefined) {
        const verdict = { moderation: 'approved', textHash: field(mine, 'textHash') }
        await api.post(`/notification-targets/${id}/moderate`, verdict)
      }
      return id
    },
    async clear() {
      const targets = field(await portal('GET', '/postbacks?limit=200'), 'items') as readonly unknown[]
      for (const target of targets) await portal('DELETE', `/postbacks/${String(field(target, 'id'))}`)
      pages.clear()
      seen.length = 0
    },
    async log() {
      const entries = field(await portal('GET', '/postback-log?limit=50'), 'items') as readonly unknown[]
      return entries.map((entry) => ['type', 'state', 'reason'].map((name) => field(entry, name)).join(' '))
    },
    async stop() {
      await tls.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await installation.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** The affiliate's way into its portal. Paths are relative to /api/v1/portal. */
function portalClient(dashboardUrl: string, key: string) {
  return async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${dashboardUrl}/api/v1/portal${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
}

const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

/** The affiliate's own script and frame say that they run by one more request. */
const RUNNING = `new Image().src='BASE/beacon?from=`

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { pages, seen, url }: Pick<PixelRig, 'pages' | 'seen' | 'url'>,
): void {
  const { pathname } = new URL(request.url ?? '', 'http://x')
  const scheme: Scheme = request.headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'
  const host = (request.headers.host ?? '').replace(/:\d+$/, '')
  if (host === 'advertiser.localhost') {
    const page = pages.get(pathname)?.replaceAll('{network}', url('network', scheme))
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html' }).end(page)
    return
  }
  const { cookie = '', referer: referrer = '' } = request.headers
  if (pathname !== '/favicon.ico') seen.push({ path: request.url ?? '', cookie, referrer })
  const beacon = (from: string) => `${RUNNING}${from}'`.replace('BASE', url('tracker', scheme))
  if (pathname === '/s.js') {
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(beacon('script'))
  } else if (pathname === '/f.html') {
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<script>${beacon('frame')}</script>`)
  } else {
    response.writeHead(200, { 'content-type': 'image/gif' }).end(GIF)
  }
}
