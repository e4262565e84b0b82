import { type LedgerMeasures, type LedgerRow, ON_PAGE } from './ledger-row.ts'

export const SUB_NAMES = [
  ...(['sub1', 'sub2', 'sub3', 'sub4', 'sub5'] as const),
  ...(['sub6', 'sub7', 'sub8', 'sub9', 'sub10'] as const),
] as const

/** New values for a visit that is recorded already. What is absent stays as it is. */
export type VisitChange = {
  readonly externalId?: string
  readonly subs?: Readonly<Partial<Record<(typeof SUB_NAMES)[number], string>>>
  /** Named tokens and other parameters: given names are set, the others stay. */
  readonly tokens?: Readonly<Record<string, string>>
  readonly params?: Readonly<Record<string, string>>
  /** Why the visit is not a person's; '' makes it a person's again. */
  readonly bot?: string
  /** Fraud flags to add, and to take away. */
  readonly addFlags?: readonly string[]
  readonly removeFlags?: readonly string[]
}

/**
 * The visit's row with the change applied; measures that depend on it being a person's move with `bot`.
 *
 * A bot's row has none of the counts that it had as a person's, so they come from an earlier state of the row. A visit
 * that was a bot's from the start has none: it becomes one visit, and one click when a link led straight to an offer,
 * but whether the visitor was new to the campaign is not known, so it is not counted as unique.
 * @param past earlier states of the same row, in any order
 */
export function applyVisitChange(
  row: LedgerRow,
  change: VisitChange,
  past: readonly LedgerRow[] = [],
): LedgerRow {
  const changed: LedgerRow = {
    ...row,
    ...(change.externalId !== undefined && { external_id: change.externalId }),
    ...change.subs,
    ...(change.tokens !== undefined && { tokens: { ...row.tokens, ...change.tokens } }),
    ...(change.params !== undefined && { params: { ...row.params, ...change.params } }),
    ...((change.addFlags !== undefined || change.removeFlags !== undefined) && {
      flags: changedFlags(row.flags, change),
    }),
  }
  return change.bot === undefined ? changed : withBot(changed, change.bot, past)
}

/** All changes as one; of what several set, the last one counts. */
export function joinVisitChanges(changes: readonly VisitChange[]): VisitChange {
  return changes.reduce<VisitChange>((joined, change) => {
    const { addFlags, removeFlags, ...rest } = change
    const { addFlags: _, removeFlags: __, ...before } = joined
    return {
      ...before,
      ...rest,
      ...mergedMap('subs', joined, change),
      ...mergedMap('tokens', joined, change),
      ...mergedMap('params', joined, change),
      ...flagList('addFlags', without(joined.addFlags, removeFlags), addFlags),
      ...flagList('removeFlags', without(joined.removeFlags, addFlags), removeFlags),
    }
  }, {})
}

function mergedMap(name: 'subs' | 'tokens' | 'params', joined: VisitChange, change: VisitChange) {
  const merged = { ...joined[name], ...change[name] }
  return Object.keys(merged).length === 0 ? {} : { [name]: merged }
}

function flagList(
  name: 'addFlags' | 'removeFlags',
  kept: readonly string[],
  added: readonly string[] = [],
): VisitChange {
  const flags = [...new Set([...kept, ...added])]
  return flags.length === 0 ? {} : { [name]: flags }
}

function without(flags: readonly string[] = [], taken: readonly string[] = []): readonly string[] {
  return flags.filter((flag) => !taken.includes(flag))
}

function changedFlags(flags: string | undefined, { addFlags, removeFlags }: VisitChange): string {
  const kept = without((flags ?? '').split(','), removeFlags)
  return [...new Set([...kept, ...(addFlags ?? [])])]
    .filter((flag) => flag !== '')
    .sort()
    .join(',')
}

/**
 * A person's counts become a bot visit, and back, with the click money that is paid for people alone; what the traffic
 * cost stays. Conversions stay as they are.
 */
function withBot(row: LedgerRow, bot: string, past: readonly LedgerRow[]): LedgerRow {
  const marked: LedgerRow = { ...row, bot }
  if (isPersons(row) === (bot === '')) return marked
  if (row.kind !== 'visit' && row.kind !== 'click' && row.kind !== 'lander_view') return marked
  const { bot_visits: botVisits = 0, ...counted } = marked
  const rest = withoutPersonMeasures(counted)
  if (bot !== '') return (row.visits ?? 0) === 0 ? rest : { ...rest, bot_visits: row.visits ?? 0 }
  return { ...rest, ...personMeasures(past.find(isPersons) ?? firstAsPerson(row, botVisits)) }
}

function isPersons(row: LedgerRow): boolean {
  return (row.bot ?? '') === ''
}

/** What counts for people alone. */
const PERSON_COUNTS = [
  ...(['visits', 'unique_visits', 'workspace_unique_visits'] as const),
  ...(['lander_views', 'clicks', 'unique_clicks'] as const),
] as const satisfies readonly (keyof LedgerMeasures)[]

/** What a visit itself earns where an offer is paid by the click; decimal strings. */
const CLICK_MONEY = ['revenue', 'payout'] as const satisfies readonly (keyof LedgerMeasures)[]

function withoutPersonMeasures(row: LedgerRow): LedgerRow {
  const { visits: _, unique_visits: __, workspace_unique_visits: ___, ...others } = row
  const { lander_views: ____, clicks: _____, unique_clicks: ______, ...paid } = others
  const { revenue: _______, payout: ________, ...rest } = paid
  return rest
}

function personMeasures(row: Partial<LedgerMeasures>): Partial<LedgerMeasures> {
  const counts = PERSON_COUNTS.map((name) => [name, row[name] ?? 0] as const)
  const money = CLICK_MONEY.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]] as const]))
  return Object.fromEntries([...counts.filter(([, count]) => count !== 0), ...money])
}

/** Of a row that was never a person's. A HEAD or prefetch counts as nothing, whoever made it. */
function firstAsPerson(row: LedgerRow, botVisits: number): Partial<LedgerMeasures> {
  if (row.kind === 'click') return { clicks: 1 }
  if (row.kind === 'lander_view') return { lander_views: 1 }
  const wentOn = (row.lander_id ?? '') === '' && (row.offer_id ?? '') !== ''
  const isDirect = botVisits > 0 && wentOn && !(row.route_reason ?? '').endsWith(ON_PAGE)
  return { visits: botVisits, ...(isDirect && { clicks: 1, unique_clicks: 1 }) }
}
