/** The words of what stands on pages and in links outside Trailpost. */
export const legacyTexts = {
  label: 'Legacy ids',
  hints: {
    affiliate: 'SYSTEM:ID, e.g. “tune:1002”. Links of the network software you move from then earn for it.',
    campaign: 'SYSTEM:ID, e.g. “voluum:0e4f…”. Links of the tracker you move from then lead here.',
    offer: 'SYSTEM:ID, e.g. “keitaro:22”. Links of the tracker you move from then lead here.',
    lander: 'SYSTEM:ID, e.g. “prosper202:1234”. Links of the tracker you move from then lead here.',
  },
} as const

export const scriptTexts = {
  impression: 'Impression image',
  impressionHint: 'For a traffic source that can load an image whenever it shows your ad.',
  withoutRedirect: 'Without a redirect',
  lead: 'For your own pages: what ads link to directly, and what stands before and after an offer.',
  visit: 'Page that ads link to',
  visitHint: 'Counts a visit to this campaign.',
  organic: 'The same, for visitors of no ad',
  organicHint: 'They cost nothing.',
  lander: 'Lander behind the campaign link',
  landerHint: 'Counts views, and fills {clickid} in its links.',
  conversion: 'Page after the purchase',
  conversionHint: 'Reports a conversion. Put your own amount and order id into it.',
  honeypot: 'Trap for bots',
  honeypotHint: 'A link that no person sees. Whatever follows it is a bot.',
} as const
