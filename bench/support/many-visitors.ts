import { createHash } from 'node:crypto'
import { recordedVisitor } from '../../src/cli/demo/recorded-visitors.ts'
import { benchVisitPath } from './snapshot.ts'

/**
 * Visits as unlike each other as real ones: an address of its own each, hundreds of user agents, external ids of
 * random digits, referrers, prices. What the ledger needs on disk depends on exactly this.
 */
const ACCESS_NETWORKS = [24, 31, 46, 62, 71, 77, 81, 88, 91, 106, 126, 151, 177, 189, 201] as const
const ZONES = 400
const CREATIVES = 24
const PAGES = 2_000
/** Versions of a browser that are about at one time. */
const BROWSER_VERSIONS = 24

/** Whole request heads of `count` visits; the same on every run. */
export function manyVisitRequests(count: number): string[] {
  return Array.from({ length: count }, (_, n) => requestHead(n))
}

function requestHead(n: number): string {
  const random = createHash('sha256').update(String(n)).digest()
  const { userAgent, language } = recordedVisitor(random.readUInt16BE(0))
  const version = 103 + (random.readUInt8(2) % BROWSER_VERSIONS)
  const network = ACCESS_NETWORKS[random.readUInt8(3) % ACCESS_NETWORKS.length] ?? ACCESS_NETWORKS[0]
  const ip = [network, random.readUInt8(4), random.readUInt8(5), random.readUInt8(6)].join('.')
  const referrer = `https://news-${random.readUInt8(7) % 30}.example/story/${random.readUInt16BE(8) % PAGES}`
  return [
    `GET ${visitPath(n, random)} HTTP/1.1`,
    'Host: localhost',
    `User-Agent: ${userAgent.replace(/(Chrome|Firefox)\/\d+/g, `$1/${version}`)}`,
    'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    `Accept-Language: ${language}`,
    `X-Forwarded-For: ${ip}`,
    ...(random.readUInt8(10) % 2 === 0 ? [`Referer: ${referrer}`] : []),
    'Connection: keep-alive',
    '\r\n',
  ].join('\r\n')
}

function visitPath(n: number, random: Buffer): string {
  const url = new URL(benchVisitPath(n), 'http://localhost')
  url.searchParams.set('subid', String(random.readBigUInt64BE(11)).padStart(20, '0'))
  url.searchParams.set('bid', (0.001 + (random.readUInt16BE(19) % 400) / 10_000).toFixed(4))
  url.searchParams.set('zone', String(100_000 + (random.readUInt16BE(21) % ZONES)))
  url.searchParams.set('creative', String(7_000_000 + (random.readUInt8(23) % CREATIVES)))
  return url.pathname + url.search
}
