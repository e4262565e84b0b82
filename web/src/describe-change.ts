import { describeCondition } from './conditions.ts'
import { formatDuration, formatMoney } from './format.ts'
import { COUNTRIES } from './places.ts'
import { isKey, texts } from './texts.ts'
import { flowTexts } from './texts-flow.ts'
import { historyTexts as words } from './texts-history.ts'
import { standingTexts } from './texts-network.ts'

/** What changed in one place, in words: a value, or what came to a list and left it. */
export type ChangeLine = {
  readonly what: string
  /** Where there is nothing before it: what was said of a deed. */
  readonly value?: string
  readonly from?: string
  readonly to?: string
  readonly added?: readonly string[]
  readonly removed?: readonly string[]
}

/** What ids and amounts stand for. */
export type ChangeWords = {
  /** @param field whose value the id is, such as `trafficSourceId`. */
  readonly nameOf: (field: string, id: string) => string
  /** '' where amounts may be of any. */
  readonly currency: string
}

type Change = { readonly before: unknown; readonly after: unknown }
type Named = Readonly<Record<string, unknown>>

/** A field's change as lines: names for ids, money, and lists by what was added and removed. */
export function describeChange(field: string, change: Change, say: ChangeWords): readonly ChangeLine[] {
  return linesOf(fieldLabel(field), field, change, say)
}

function linesOf(what: string, field: string, change: Change, say: ChangeWords): readonly ChangeLine[] {
  const { before, after } = change
  if (isSame(before, after)) return []
  if (Array.isArray(before) || Array.isArray(after)) {
    return listLines(what, field, { before: toList(before), after: toList(after) }, say)
  }
  if (isRecord(before) && isRecord(after)) {
    if (field === 'when') return [{ what, from: describeCondition(before), to: describeCondition(after) }]
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return names.flatMap((name) =>
      linesOf(`${what}: ${labelOf(name)}`, name, { before: before[name], after: after[name] }, say),
    )
  }
  return [{ what, from: sayValue(field, before, say), to: sayValue(field, after, say) }]
}

type ListChange = { readonly before: readonly unknown[]; readonly after: readonly unknown[] }

function listLines(what: string, field: string, change: ListChange, say: ChangeWords): readonly ChangeLine[] {
  const before = keyed(change.before)
  const after = keyed(change.after)
  const sayItem = (item: unknown) => sayListed(field, item, say)
  const added = [...after].filter(([key]) => !before.has(key)).map(([, item]) => sayItem(item))
  const removed = [...before].filter(([key]) => !after.has(key)).map(([, item]) => sayItem(item))
  const inside = [...after].flatMap(([key, item]) => {
    const old = before.get(key)
    return isRecord(old) && isRecord(item) ? insideLines(what, field, { before: old, after: item }, say) : []
  })
  const kept = (all: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>) =>
    [...all].filter(([key]) => other.has(key)).map(([, item]) => sayItem(item))
  const [from, to] = [kept(before, after), kept(after, before)]
  return [
    ...(added.length + removed.length === 0 ? [] : [{ what, added, removed }]),
    ...(isSame(from, to) || inside.length > 0
      ? []
      : [{ what: `${what}: ${words.order}`, from: from.join(', '), to: to.join(', ') }]),
    ...inside,
  ]
}

/** What changed in an item that stayed; its name goes before the field. */
function insideLines(
  what: string,
  field: string,
  { before, after }: { readonly before: Named; readonly after: Named },
  say: ChangeWords,
): readonly ChangeLine[] {
  const item = sayListed(field, after, say)
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => name !== 'id')
  return names.flatMap((name) =>
    linesOf(`${what}: ${item}, ${labelOf(name)}`, name, { before: before[name], after: after[name] }, say),
  )
}

/** By id or name, so that a list that is put in order again shows nothing as new. */
function keyed(items: readonly unknown[]): ReadonlyMap<string, unknown> {
  return new Map(items.map((item) => [keyOf(item), item]))
}

function keyOf(item: unknown): string {
  if (!isRecord(item)) return JSON.stringify(item)
  const names = [item.id, item.event, item.name, item.param]
  return names.find((name) => typeof name === 'string') ?? JSON.stringify(item)
}

function sayListed(field: string, item: unknown, say: ChangeWords): string {
  if (!isRecord(item)) return sayValue(field, item, say)
  if (field === 'rules') return `“${textOf(item.name) || describeCondition(item.when)}”`
  if (field === 'paths') {
    const offers = toList(item.offers).flatMap((offer) =>
      isRecord(offer) ? [say.nameOf('offers', textOf(offer.id))] : [],
    )
    return textOf(item.name) || words.pathTo(offers.join(', '))
  }
  const id = textOf(item.id)
  return textOf(item.name) || (id === '' ? textOf(item.event) || keyOf(item) : say.nameOf(field, id))
}

const MONEY = /^(?:payout|revenue|amount)$/
const IDS = /Id$/
const CHOICES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  status: { ...texts.status, ...texts.campaigns.statuses },
  redirectMode: texts.campaigns.redirectModes,
  payoutMode: texts.offers.payoutModes,
  duplicatePolicy: texts.networks.duplicatePolicies,
  sticky: flowTexts.stickies,
  metric: flowTexts.metrics,
  level: flowTexts.optimizeLevels,
  state: standingTexts.now,
  type: texts.campaigns.costTypes,
}

/** A value of a field in words. */
export function sayValue(field: string, value: unknown, say: ChangeWords): string {
  if (value === null || value === undefined || value === '') return words.nothing
  if (typeof value === 'boolean') return value ? words.yes : words.no
  if (isRecord(value))
    return Object.values(value)
      .map((each) => sayValue('', each, say))
      .join(', ')
  const text = textOf(value)
  if (MONEY.test(field) && say.currency !== '') return formatMoney(text, say.currency, 6)
  if (IDS.test(field)) return say.nameOf(field, text)
  if (field.endsWith('Ms')) return formatDuration(Number(text))
  if (field === 'countries') return COUNTRIES.find((country) => country.value === text)?.label ?? text
  const choices = CHOICES[field]
  return isKey(choices ?? {}, text) ? (choices?.[text] ?? text) : text
}

/** A field at the beginning of a line. */
export function fieldLabel(field: string): string {
  const label = labelOf(field)
  return label.charAt(0).toUpperCase() + label.slice(1)
}

/** "clickToConversionMinMs" has a label; what has none is said as it is written, in words. */
function labelOf(field: string): string {
  if (isKey(words.fields, field)) return words.fields[field]
  if (field === 'weight') return words.weight
  if (field === 'when') return words.condition
  // A currency, for one.
  if (/^[A-Z]+$/.test(field)) return field
  return field.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isRecord(value: unknown): value is Named {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Values of JSON, as the API writes them. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null)
}
