import type { DuplicatePolicy } from './conversion-types.ts'

/** Why the request of a hit is no longer kept: its age, the size of all of them, or a person's wish. */
export type HitRemoval = 'age' | 'size' | 'erased'

/** One received postback or pixel request, as the edge journals it and conversions judges it. */
export type Hit = {
  /** Why the request is no longer kept: what it held is empty then. Absent while it is kept. */
  readonly removed?: HitRemoval
  /** Unique, made by the edge; judging is idempotent by it. */
  readonly id: string
  readonly kind: HitKind
  /** Unix milliseconds of arrival at the edge. */
  readonly at: number
  readonly method: string
  readonly host: string
  readonly path: string
  /** The query string as sent, without '?'; a signature covers exactly these bytes. */
  readonly rawQuery: string
  /** Decoded parameters in order, query before body. Names keep the sender's spelling. */
  readonly params: readonly (readonly [name: string, value: string])[]
  readonly ip: string
  readonly userAgent: string
  readonly referrer: string
  /** Click ids the browser's cookies carry: the latest, and the latest per offer id. */
  readonly cookieClickId?: string
  readonly cookieOfferClickIds?: Readonly<Record<string, string>>
  /** The click id that tp.js keeps as a first-party value on the page's own site. */
  readonly firstPartyClickId?: string
  /** Which other system's URL it came by, e.g. 'prosper202'; its parameters are already under our names. */
  readonly dialect?: string
  /**
   * What the URL itself says about a repeated conversion (Prosper202's `t202dedupe=1`, CPV Lab's `cladd=true`); it
   * goes before the network's and the event's policy.
   */
  readonly duplicatePolicy?: DuplicatePolicy
  /**
   * Whose signature it carried when it came: ids of senders. Of a kept hit whose query string has personal data masked,
   * so that nothing can be checked against it any more.
   */
  readonly signedBy?: readonly string[]
  /** The visit that a person matched it to by hand. */
  readonly matchedClickId?: string
  /** The member of the workspace, or the key, that reported it: `user:ID` or `key:ID`. Absent when a sender did. */
  readonly reportedBy?: string
  /** Set when the request could not be read; the hit is then `malformed` with this reason. */
  readonly problem?: string
}

/**
 * postback, image, iframe, script: a conversion, over the wire. upload, manual: a conversion that a member of the
 * workspace reports, so that nothing about its sender is checked. update: new values for a visit. trap: a link was
 * followed that no person sees.
 */
export const HIT_KINDS = [
  ...(['postback', 'image', 'iframe', 'script'] as const),
  ...(['upload', 'manual', 'update', 'trap'] as const),
] as const
export type HitKind = (typeof HIT_KINDS)[number]

/** PROTOCOL section 2: what became of a hit. */
export type HitOutcome =
  | 'recorded'
  | 'updated'
  | 'duplicate'
  | 'rejected'
  | 'test'
  | 'unmatched'
  | 'queued'
  | 'malformed'
  | 'unauthorized'
  | 'overloaded'

export type HitAnswer = {
  /** The hit's id. */
  readonly hit: string
  readonly outcome: HitOutcome
  readonly reason?: string
  /** The conversion's id, when there is one. */
  readonly conversion?: string
  /** The visit that was found. */
  readonly clickId?: string
  /** Pixels to show in the visitor's browser, once. */
  readonly pixels?: readonly RenderedPixel[]
  /** `test=1`: every step that was checked, in order. */
  readonly steps?: readonly HitStep[]
}

/** A notification target of a pixel type, filled in: shown by the answer to a pixel request. */
export type RenderedPixel =
  | UrlPixel
  /** An affiliate's approved markup: shown in a frame of its own, without a right to the page or to its origin. */
  | { readonly type: 'html'; readonly html: string }

export type UrlPixel = { readonly type: 'image' | 'iframe' | 'script'; readonly url: string }

export type HitStep = { readonly step: string; readonly ok: boolean; readonly detail: string }

/** HTTP status of the answer to a postback; pixels answer 200 whatever the outcome. */
export const HTTP_STATUS_BY_OUTCOME: Readonly<Record<HitOutcome, number>> = {
  recorded: 200,
  updated: 200,
  duplicate: 200,
  rejected: 200,
  test: 200,
  unmatched: 202,
  queued: 202,
  malformed: 400,
  unauthorized: 401,
  overloaded: 503,
}
