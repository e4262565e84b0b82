/** The words of events and domains. */
export const eventTexts = {
  title: 'Events',
  lead: 'What a conversion can be, besides a sale: a registration, a deposit, an install. Names come with the hits.',
  create: 'New event',
  emptyTitle: 'Do you pay or earn by several events?',
  emptyText:
    'Without events of your own, each one counts as a conversion and as revenue. Add an event that should not: a registration before the deposit, say.',
  nameHint: 'As it comes in “event”, e.g. “registration”.',
  counts: 'It counts as',
  conversion: 'A conversion',
  conversionHint: 'In “Conversions”, CR and EPC. Otherwise it stands in “Events”.',
  revenue: 'Revenue',
  revenueHint: 'Its amount is earned.',
  cost: 'Cost',
  costHint: 'Campaigns that are paid by conversion pay for it.',
  yes: 'Yes',
  no: 'No',
} as const

export const domainTexts = {
  title: 'Domains',
  lead: 'Your own hosts for campaign links. Each one’s page says which DNS record it needs, and checks it.',
  create: 'New domain',
  emptyTitle: 'Links under your own name',
  emptyText:
    'Add a domain here: its page says which DNS record to make. Choose it in a campaign, and the link begins with it.',
  name: 'Host',
  nameHint: 'Without http:// and path, e.g. “go.example.com”.',
  defaultCampaign: 'Campaign of its front page',
  defaultCampaignHint: 'Where visitors of the bare domain go.',
  fallback: 'Fallback URL',
  fallbackHint: 'Where visitors of unknown links go. Empty: the fallback of the workspace.',
} as const
