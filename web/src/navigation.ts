import type { IconName } from './parts/icon.tsx'
import type { Me } from './session.ts'
import { texts } from './texts.ts'
import { networkNav } from './texts-network.ts'
import { shellTexts } from './texts-shell.ts'

export type NavItem = {
  readonly href: string
  readonly label: string
  readonly icon: IconName
  /** The key that leads there after “g”. */
  readonly letter?: string
}
export type NavGroup = { readonly label: string; readonly items: readonly NavItem[] }

/** Where somebody can go. */
export type Places = {
  readonly home: string
  readonly navigation: readonly NavGroup[]
  /** What stands apart, below the others. */
  readonly last: NavItem | undefined
}

const STAFF: readonly NavGroup[] = [
  {
    label: texts.nav.results,
    items: [
      { href: '/overview', label: shellTexts.overview, icon: 'home', letter: 'o' },
      { href: '/report', label: texts.report.title, icon: 'report', letter: 'r' },
      { href: '/conversions', label: texts.conversions.title, icon: 'conversion', letter: 'v' },
      { href: '/costs', label: texts.nav.costs, icon: 'cost', letter: 'k' },
      { href: '/fraud', label: texts.nav.fraud, icon: 'shield' },
    ],
  },
  {
    label: texts.nav.inspect,
    items: [
      { href: '/alerts', label: texts.nav.alerts, icon: 'bell', letter: 'a' },
      { href: '/live', label: texts.nav.live, icon: 'live', letter: 'l' },
      { href: '/hits', label: texts.hits.title, icon: 'hits', letter: 'h' },
      { href: '/deliveries', label: texts.nav.deliveries, icon: 'upload', letter: 'd' },
      { href: '/visits', label: texts.story.title, icon: 'story', letter: 'y' },
      { href: '/explain-url', label: texts.nav.explain, icon: 'link', letter: 'x' },
      { href: '/jobs', label: texts.nav.jobs, icon: 'clock' },
    ],
  },
  {
    label: texts.nav.build,
    items: [
      { href: '/campaigns', label: texts.campaigns.title, icon: 'campaign', letter: 'c' },
      { href: '/flows', label: texts.nav.flows, icon: 'flow', letter: 'f' },
      { href: '/traffic-sources', label: texts.sources.title, icon: 'source', letter: 's' },
      { href: '/notification-targets', label: texts.nav.targets, icon: 'send', letter: 't' },
      { href: '/affiliate-networks', label: texts.networks.title, icon: 'network', letter: 'n' },
      { href: '/offers', label: texts.offers.title, icon: 'offer', letter: 'p' },
      { href: '/landers', label: texts.landers.title, icon: 'lander', letter: 'w' },
      { href: '/events', label: texts.nav.events, icon: 'event', letter: 'e' },
      { href: '/domains', label: texts.nav.domains, icon: 'domain', letter: 'm' },
    ],
  },
  {
    label: networkNav.group,
    items: [
      { href: '/advertisers', label: networkNav.advertisers, icon: 'advertiser' },
      { href: '/affiliates', label: networkNav.affiliates, icon: 'affiliate', letter: 'j' },
      { href: '/applications?state=pending', label: networkNav.applications, icon: 'inbox', letter: 'i' },
      { href: '/pixel-moderation', label: networkNav.pixels, icon: 'pixel' },
      { href: '/billing', label: networkNav.billing, icon: 'invoice', letter: 'b' },
      { href: '/reconciliations', label: networkNav.reconciliation, icon: 'compare' },
    ],
  },
]

/** An affiliate manager goes where its affiliates are, and nowhere else. */
const MANAGERS_PLACES = [
  '/affiliates',
  '/applications',
  '/pixel-moderation',
  '/conversions',
  '/offers',
  '/billing',
]
const MANAGERS: readonly NavGroup[] = STAFF.map((group) => ({
  ...group,
  items: group.items.filter(({ href }) => MANAGERS_PLACES.includes(pathOf(href))),
})).filter(({ items }) => items.length > 0)

const SETTINGS: NavItem = { href: '/settings', label: texts.settings.title, icon: 'settings', letter: ',' }

/** Where the people of a workspace can go; affiliates have a portal of their own. */
export function placesOf(role: Me['workspace']['role']): Places {
  return role === 'affiliate_manager'
    ? { home: '/affiliates', navigation: MANAGERS, last: undefined }
    : { home: '/overview', navigation: STAFF, last: SETTINGS }
}

/** The path of an address, without what the place is asked for. */
export function pathOf(href: string): string {
  return href.split('?')[0] ?? href
}
