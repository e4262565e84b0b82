import type { LedgerRow } from './ledger-row.ts'

const SUB_NAMES = [
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
  /** Fraud flags to add. */
  readonly addFlags?: readonly string[]
}

/** The visit's row with the change applied; measures that depend on it being a person's move with `bot`. */
export function applyVisitChange(row: LedgerRow, change: VisitChange): LedgerRow {
  const changed: LedgerRow = {
    ...row,
    ...(change.externalId !== undefined && { external_id: change.externalId }),
    ...change.subs,
    ...(change.tokens !== undefined && { tokens: { ...row.tokens, ...change.tokens } }),
    ...(change.params !== undefined && { params: { ...row.params, ...change.params } }),
    ...(change.addFlags !== undefined && { flags: joinFlags(row.flags, change.addFlags) }),
  }
  return change.bot === undefined ? changed : withBot(changed, change.bot)
}

function joinFlags(flags: string | undefined, added: readonly string[]): string {
  const all = new Set([...(flags ?? '').split(','), ...added].filter((flag) => flag !== ''))
  return [...all].sort().join(',')
}

/** A person's counts become a bot visit, and back; what the traffic cost stays. Conversions stay as they are. */
function withBot(row: LedgerRow, bot: string): LedgerRow {
  const wasBot = (row.bot ?? '') !== ''
  const isBot = bot !== ''
  const marked: LedgerRow = { ...row, bot }
  if (wasBot === isBot || row.kind === 'conversion' || row.kind === 'event') return marked
  if (isBot) {
    const {
      visits,
      unique_visits: _,
      workspace_unique_visits: __,
      clicks: ___,
      unique_clicks: ____,
      ...rest
    } = marked
    return (visits ?? 0) === 0 ? rest : { ...rest, bot_visits: visits ?? 0 }
  }
  const { bot_visits: botVisits, ...rest } = marked
  return (botVisits ?? 0) === 0 ? rest : { ...rest, visits: botVisits ?? 0 }
}
