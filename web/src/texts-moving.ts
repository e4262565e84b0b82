/** The words of moving here from another tracker, beside those of the systems. */
export const movingTexts = {
  title: 'Moving from another tracker',
  lead: 'Links, postbacks and pixels that are out in the world keep working when their host name is pointed here. You change DNS, not hundreds of URLs at other people’s systems.',
  openHint: 'Your old links, postbacks and pixels can keep working here.',
  also: 'migrate import legacy ids prosper202 voluum bemob binom keitaro tune hasoffers redtrack clickflare cpv lab funnelflux',
  system: 'You move from',
  systemPlaceholder: 'Choose the system',
  steps: 'The steps',
  stepsLast: [
    'Point the old host name at this server, and add it under Domains. Lower its time to live a day ahead.',
    'Keep the old server running for a few days, for what still has the old address.',
    'Watch the unmatched hits: clicks from before the move are not known here.',
  ],
  idsStep: 'Give each thing here its old id, under “Legacy ids” of its page. The table below says which id.',
  try: 'Try it before anybody else does: send requests with the old host name to this server. test=1 on any postback checks everything and counts nothing.',
  ids: 'Legacy ids',
  idsHead: { thing: 'Here', id: 'Legacy id', from: 'In the old URL' },
  noIds: 'Nothing: its postbacks alone are answered. Make campaigns for its links.',
  things: { campaign: 'Campaign', offer: 'Offer', lander: 'Lander', affiliate: 'Affiliate' },
  urls: 'Its URLs, and what they do here',
  urlsHead: { url: 'Old URL', does: 'What happens' },
  different: 'What is different',
  differentForAll: [
    'Click ids of the old system are not known here. Such conversions land among the unmatched hits: let networks report to the old server until they have come in, or upload them.',
    'Cookies of the old system are not read: who was seen before the move is a new visitor.',
    'A link never leads to an address that its own parameters name.',
    'Reports and history stay in the old system.',
  ],
  unmatched: 'Open the unmatched hits',
  domains: 'Open domains',
} as const

export const legacyTexts = {
  label: 'Legacy ids',
  hints: {
    affiliate: 'Its ids in links of the network software that you move from. Those links then earn for it.',
    campaign: 'Its ids in links of the tracker that you move from. Those links then lead here.',
    offer: 'Its ids in links and pixels of the system that you move from. They then mean this offer.',
    lander: 'Its ids in the scripts and links of the tracker that you move from. They then mean this lander.',
  },
  system: (number: number) => `System of legacy id ${number}`,
  id: (number: number) => `Legacy id ${number}`,
  add: 'Add a legacy id',
  remove: (number: number) => `Remove legacy id ${number}`,
  more: 'Which id it is, and what old URLs do here',
} as const
