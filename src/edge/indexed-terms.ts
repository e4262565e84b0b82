import type { Logger } from 'pino'
import { compileCondition, type Matches } from '../domain/condition.ts'
import type { ClickPayout, SnapshotAffiliate, SnapshotTerms } from '../domain/snapshot.ts'
import { compileRegex } from './compile-regex.ts'
import { compileTarget, type Target } from './target.ts'

type TermsSurroundings = { readonly offerId: string; readonly log: Logger }

/**
 * The terms of an advertiser's offer as affiliate links ask for them. What they need is made ready for the first
 * visitor: of thousands of offers few have visitors between two edits.
 */
export class IndexedTerms {
  readonly terms: SnapshotTerms
  readonly #surroundings: TermsSurroundings
  #bits: Buffer | undefined
  #matches: Matches | undefined
  #capped: ReadonlyMap<number, number> | undefined
  #customPayouts: ReadonlyMap<number, ClickPayout> | undefined
  #targets: ReadonlyMap<string, Target> | undefined
  #domains: readonly string[] | undefined

  constructor(terms: SnapshotTerms, surroundings: TermsSurroundings) {
    this.terms = terms
    this.#surroundings = surroundings
  }

  /** Whether anybody is taken at all. */
  isOpenAt(atMs: number): boolean {
    const { status, expiresAt, advertiserActive } = this.terms
    return status === 'active' && advertiserActive && (expiresAt === null || expiresAt > atMs)
  }

  /** @param place of an affiliate of the offer's workspace. */
  mayRun(place: number): boolean {
    this.#bits ??= Buffer.from(this.terms.affiliates, 'base64')
    const isNamed = ((this.#bits[place >>> 3] ?? 0) & (1 << (place & 7))) !== 0
    return isNamed !== this.terms.openToAll
  }

  /** Whether the visitor is one of those whom the offer is for; a condition that cannot be compiled takes nobody. */
  get targets(): Matches {
    this.#matches ??= this.#compileTargeting()
    return this.#matches
  }

  /** Until when the affiliate's own cap is used up, Unix milliseconds; 0 while there is room. */
  cappedUntil(place: number): number {
    const { cappedAffiliates } = this.terms
    if (cappedAffiliates.length === 0) return 0
    this.#capped ??= new Map(cappedAffiliates.map(({ affiliate, until }) => [affiliate, until]))
    return this.#capped.get(place) ?? 0
  }

  /** What the affiliate is paid for a unique visit and for an impression. */
  payoutOf(place: number, { tier }: SnapshotAffiliate): ClickPayout {
    const { customPayouts, tierPayouts, visitMicros, impressionMicros } = this.terms
    this.#customPayouts ??= new Map(customPayouts.map((payout) => [payout.affiliate, payout]))
    const own = this.#customPayouts.get(place)
    if (own !== undefined) return own
    const ofTier = tier === '' ? undefined : tierPayouts.find((payout) => payout.tier === tier)
    return ofTier ?? { visitMicros: visitMicros.payout, impressionMicros: impressionMicros.payout }
  }

  /** Undefined for an id that none of the landing pages has. */
  landingPage(id: string): Target | undefined {
    return this.#compiledTargets.get(`page ${id}`)
  }

  /** Where who converted already goes; undefined when they go where everybody goes. */
  get converted(): Target | undefined {
    return this.terms.convertedUrl === '' ? undefined : this.#compiledTargets.get(CONVERTED)
  }

  /** The domains of deep links as browsers write host names: lower case, in punycode. */
  get deepLinkDomains(): readonly string[] {
    this.#domains ??= this.terms.deepLinkDomains.flatMap(
      (domain) => URL.parse(`https://${domain}`)?.hostname ?? [],
    )
    return this.#domains
  }

  get #compiledTargets(): ReadonlyMap<string, Target> {
    this.#targets ??= this.#compileTargets()
    return this.#targets
  }

  #compileTargeting(): Matches {
    const { targeting } = this.terms
    if (targeting === null) return () => true
    const compiled = compileCondition(targeting, { compileRegex })
    if (compiled.ok) return compiled.matches
    const { offerId, log } = this.#surroundings
    log.error(
      { offer: offerId, reason: compiled.reason },
      'an offer whose targeting cannot be compiled takes nobody',
    )
    return () => false
  }

  #compileTargets(): ReadonlyMap<string, Target> {
    const { landingPages, convertedUrl } = this.terms
    const urls = landingPages.map(({ id, url }): [string, string] => [`page ${id}`, url])
    if (convertedUrl !== '') urls.push([CONVERTED, convertedUrl])
    return new Map(urls.flatMap(([name, url]) => this.#compileUrl(name, url)))
  }

  #compileUrl(name: string, url: string): [string, Target][] {
    const compiled = compileTarget(url)
    if (compiled.ok) return [[name, compiled.target]]
    const { offerId, log } = this.#surroundings
    log.error({ offer: offerId, name, url, reason: compiled.reason }, 'a configured URL is not served')
    return []
  }
}

const CONVERTED = 'converted'
