/** Why an offer does not take an affiliate's visit, in words of the visit's story. */
export const LINK_REFUSALS = [
  ...(['affiliate not active', 'affiliate not approved', 'source blocked'] as const),
  ...(['offer paused', 'offer pending', 'offer expired', 'advertiser paused'] as const),
  ...(['country not taken', 'visitor not targeted', 'offer capped', 'affiliate capped'] as const),
] as const
export type LinkRefusal = (typeof LINK_REFUSALS)[number]
