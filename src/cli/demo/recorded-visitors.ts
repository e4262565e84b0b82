/**
 * Browsers and addresses as a traffic source sees them. The addresses are public ranges of access providers,
 * so that geography is looked up for real; nobody is called there: they travel in X-Forwarded-For.
 */
export type RecordedVisitor = { readonly userAgent: string; readonly ip: string; readonly language: string }

const USER_AGENTS = [
  'Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Linux; Android 13; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Linux; Android 12; Redmi Note 11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36 Edg/125.0.0.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Linux; Android 11; SAMSUNG SM-A125F) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36',
] as const

/** First three numbers of the address, and the language spoken there. */
const NETWORKS = [
  ['81.2.69', 'en-GB,en;q=0.9'],
  ['91.65.32', 'de-DE,de;q=0.9,en;q=0.6'],
  ['90.84.144', 'fr-FR,fr;q=0.9'],
  ['79.16.10', 'it-IT,it;q=0.9'],
  ['88.0.17', 'es-ES,es;q=0.9'],
  ['24.48.0', 'en-CA,en;q=0.8,fr;q=0.5'],
  ['71.192.30', 'en-US,en;q=0.9'],
  ['189.6.24', 'pt-BR,pt;q=0.9'],
  ['106.51.8', 'en-IN,en;q=0.9,hi;q=0.7'],
  ['126.72.4', 'ja-JP,ja;q=0.9'],
  ['1.128.96', 'en-AU,en;q=0.9'],
  ['2001:4860:7:405', 'en-US,en;q=0.9'],
] as const

/** Visitor number n: the same n is always the same visitor. */
export function recordedVisitor(n: number): RecordedVisitor {
  const network = NETWORKS[n % NETWORKS.length] ?? NETWORKS[0]
  const host = 1 + (Math.floor(n / NETWORKS.length) % 250)
  const [prefix, language] = network
  return {
    userAgent: USER_AGENTS[(n * 7) % USER_AGENTS.length] ?? USER_AGENTS[0],
    ip: prefix.includes(':') ? `${prefix}::${host.toString(16)}` : `${prefix}.${host}`,
    language,
  }
}
