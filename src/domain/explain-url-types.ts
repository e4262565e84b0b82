/**
 * What a URL is for, which says who fills its macros.
 *
 * offer, lander             where we send visitors; we fill our macros
 * target, affiliate_target  what we call on conversions, for a source or campaign, or for an affiliate; we fill them
 * postback, pixel           what a network, or an advertiser's page, calls at our host; they fill theirs
 * link                      what a traffic source or affiliate sends visitors to; they fill theirs
 */
export const URL_PURPOSES = [
  'offer',
  'lander',
  'target',
  'affiliate_target',
  'postback',
  'pixel',
  'link',
] as const
export type UrlPurpose = (typeof URL_PURPOSES)[number]

export type FindingLevel = 'error' | 'warning' | 'info'

export type UrlFinding = {
  readonly level: FindingLevel
  /** A stable word, e.g. unknown_macro. */
  readonly code: string
  /** What it is about: characters of the text, from 0, without the end. Both 0 for the whole. */
  readonly start: number
  readonly end: number
  /** One sentence for the user. */
  readonly message: string
  /** What to write in the place of these characters; '' when nothing can be told. */
  readonly suggestion: string
}

/**
 * literal   stands there as it is
 * macro     is filled by us
 * foreign   is filled by somebody else, or by nobody
 */
export type UrlPart = {
  readonly kind: 'literal' | 'macro' | 'foreign'
  readonly start: number
  readonly end: number
  /** Canonical name of a macro of ours, or the name as written; '' for a literal and for what is always empty. */
  readonly name: string
  readonly meaning: string
  /** What it may look like when it is filled. */
  readonly sample: string
}

export type ExplainedUrl = { readonly findings: readonly UrlFinding[]; readonly parts: readonly UrlPart[] }

/** What is known beside the text. */
export type UrlContext = {
  readonly purpose: UrlPurpose
  /** As visitors see the tracking host, without a trailing slash. */
  readonly publicUrl: string
  /** Hosts of this installation, lower case, without ports. */
  readonly ownHosts: readonly string[]
  /** The page that carries the pixel; '' when it is not known. */
  readonly pageUrl: string
  /** Why we would not call the URL; '' when we would. */
  readonly refusal: (url: string) => string
  /** What a template left for the user to replace, as written. */
  readonly placeholders: (text: string) => readonly string[]
  /** Of the network, advertiser or source that the URL is compared with; undefined for none. */
  readonly party: UrlParty | undefined
  /** Catalogue entries whose URL it looks like. */
  readonly looksLike: readonly KnownTemplate[]
}

/** An entry of the catalogue, and the URLs that it has for this purpose: of what is called here, their parameters alone. */
export type KnownTemplate = { readonly name: string; readonly urls: readonly string[] }

export type UrlParty = {
  readonly name: string
  /** What it must send with hits; '' for nothing. */
  readonly token: string
  /** Whether whoever asks may see the token. */
  readonly isTokenShown: boolean
  /** Macros that it is known to fill, as it writes them; empty when they are not known. */
  readonly macros: readonly string[]
}

/** Whether we are called, and somebody else fills the macros. */
export function isIncoming(purpose: UrlPurpose): boolean {
  return purpose === 'postback' || purpose === 'pixel' || purpose === 'link'
}

export function finding(
  level: FindingLevel,
  code: string,
  where: { readonly start: number; readonly end: number },
  { message, suggestion = '' }: { readonly message: string; readonly suggestion?: string },
): UrlFinding {
  return { level, code, start: where.start, end: where.end, message, suggestion }
}

export const WHOLE_URL = { start: 0, end: 0 } as const
