import type { Places } from './navigation.ts'
import type { IconName } from './parts/icon.tsx'
import type { Me } from './session.ts'
import { seenSettings } from './settings-tabs.ts'
import { texts } from './texts.ts'
import { settingsTabs } from './texts-billing.ts'
import { domainTexts, eventTexts } from './texts-more.ts'
import { movingTexts } from './texts-moving.ts'
import { advertiserTexts, affiliateTexts } from './texts-network.ts'
import { shellTexts } from './texts-shell.ts'

const words = shellTexts.palette
/** So many of a group are shown before somebody has typed enough to tell them apart. */
const SHOWN_MAX = 6
const CLICK_ID = /^[0-9a-hjkmnp-tv-z]{26}$/
/** Ids, transaction numbers and pasted URLs have no spaces, and are longer than most words. */
const ID_CHARS_MIN = 8

/** One thing that the palette can do. */
export type Command = {
  readonly id: string
  readonly group: string
  readonly label: string
  readonly icon: IconName
  /** Where it leads; what does something in place has a `run`. */
  readonly href?: string
  readonly run?: () => void
  /** Other words that find it. */
  readonly also?: string
  readonly letter?: string | undefined
}

/** Things that can be found by their name. */
export type Findable = {
  /** Of the address: `/campaigns/ID`. */
  readonly path: string
  readonly group: string
  readonly icon: IconName
  readonly items: readonly { readonly id: string; readonly name: string }[]
}

const MOVING: Command = {
  id: 'go /moving',
  group: words.goTo,
  label: movingTexts.title,
  icon: 'link',
  href: '/moving',
  also: movingTexts.also,
}

/** Every place of the navigation, and of the settings where there are any. */
export function buildPlaceCommands({ navigation, last }: Places, role: Me['workspace']['role']): Command[] {
  const items = [...navigation.flatMap((group) => group.items), ...(last === undefined ? [] : [last])]
  const places = items.map(({ href, label, icon, letter }) => ({
    id: `go ${href}`,
    group: words.goTo,
    label,
    icon,
    href,
    letter,
  }))
  const tabs = seenSettings(role).map((tab) => ({
    id: `settings ${tab}`,
    group: words.settings,
    label: words.setting(settingsTabs[tab]),
    icon: 'settings' as const,
    href: `/settings/${tab}`,
  }))
  // Who may not change the settings moves nothing.
  return last === undefined ? places : [...places, MOVING, ...tabs]
}

/** Everything that the person may make anew. */
export function buildCreateCommands(role: Me['workspace']['role']): Command[] {
  if (role !== 'owner' && role !== 'manager') return []
  const kinds = [
    ['campaigns', texts.campaigns.create],
    ['offers', texts.offers.create],
    ['traffic-sources', texts.sources.create],
    ['affiliate-networks', texts.networks.create],
    ['landers', texts.landers.create],
    ['domains', domainTexts.create],
    ['events', eventTexts.create],
    ['advertisers', advertiserTexts.create],
    ['affiliates', affiliateTexts.create],
  ] as const
  return kinds.map(([path, label]) => ({
    id: `new ${path}`,
    group: words.create,
    label,
    icon: 'plus' as const,
    href: `/${path}/new`,
    also: words.createAlso,
  }))
}

/** Each thing as a command that opens it. */
export function buildItemCommands({ path, group, icon, items }: Findable): Command[] {
  return items.map(({ id, name }) => ({
    id: `${path} ${id}`,
    group,
    label: name,
    icon,
    href: `/${path}/${id}`,
  }))
}

/** A pasted id of a click or conversion, a transaction number or a whole URL leads to its story. */
export function buildIdCommands(text: string): Command[] {
  const id = text.trim()
  if (id.length < ID_CHARS_MIN || /\s/.test(id) || !/\d/.test(id)) return []
  const href = CLICK_ID.test(id) ? `/visits/${id}` : `/visits?q=${encodeURIComponent(id)}`
  return [{ id: 'story', group: words.story, label: words.storyOf(id), icon: 'story', href, also: id }]
}

/** Commands that hold every word, those that begin so first; a few of each group. */
export function findCommands(commands: readonly Command[], text: string): Command[] {
  const wanted = text
    .toLocaleLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const found = commands.filter(({ label, group, also = '' }) => {
    const said = `${label} ${group} ${also}`.toLocaleLowerCase()
    return wanted.every((word) => said.includes(word))
  })
  const first = wanted[0] ?? ''
  const byStart = found.toSorted((a, b) => Number(begins(b.label, first)) - Number(begins(a.label, first)))
  const shown = new Map<string, number>()
  return byStart.filter(({ group }) => {
    const count = (shown.get(group) ?? 0) + 1
    shown.set(group, count)
    return group === words.goTo || count <= SHOWN_MAX
  })
}

function begins(label: string, word: string): boolean {
  return label.toLocaleLowerCase().startsWith(word)
}
