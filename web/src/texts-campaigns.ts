/** Words of the list of campaigns and of what stands above a campaign's form. */
export const campaignTexts = {
  figures: {
    visits: 'Visits',
    conversions: 'Conversions',
    revenue: 'Revenue',
    cost: 'Cost',
    profit: 'Profit',
    roi: 'ROI',
  },
  trend: 'Trend',
  trendHint: 'Visits of each of the last 7 days',
  trendOf: (name: string, visits: readonly string[]) =>
    `Visits of ${name} in the last 7 days: ${visits.join(', ')}`,
  span: 'Figures of',
  spans: { today: 'Today', week: '7 days' },
  status: {
    filter: 'Status',
    all: 'All',
    switch: (name: string) => `${name} takes visitors`,
  },
  tags: 'Tags',
  tagsHint: 'Any tag',
  nothing: 'No campaign has this name, status and tag.',
  chooseAll: 'Choose all campaigns',
  choose: (name: string) => `Choose ${name}`,
  chosen: (count: number) => (count === 1 ? '1 chosen' : `${count} chosen`),
  pause: 'Pause',
  resume: 'Resume',
  /** What was done; `names` are those it was done to. */
  done: {
    paused: (names: readonly string[]) => `${those(names)} paused: visitors go to the fallback`,
    active: (names: readonly string[]) => `${those(names)} active again`,
  },
  notDone: {
    paused: (name: string) => `“${name}” could not be paused`,
    active: (name: string) => `“${name}” could not be resumed`,
  },
  actions: 'Actions',
  copyLink: (name: string) => `Copy the link of ${name}`,
  clone: 'Clone',
  cloneWhat: (name: string) => `Clone ${name}`,
  cloneName: (name: string) => `${name} (copy)`,
  today: 'Today',
  report: 'Report',
  live: 'Live',
  open: 'Open the link in a new tab. This counts as a visit.',
  qr: {
    show: 'QR code',
    label: (link: string) => `QR code of ${link}`,
    hint: 'Without the macros of the traffic source: nobody fills them in on a phone.',
    download: 'Download SVG',
  },
} as const

function those(names: readonly string[]): string {
  return names.length === 1 ? `“${names[0]}” is` : `${names.length} campaigns are`
}
