import { earns } from '../domain/conversion.ts'
import type { StoredConversion } from '../store/conversions.ts'
import type { Configuration } from '../store/load-configuration.ts'
import type { Reconciliation, ReconciliationRow } from '../store/reconciliations.ts'
import type { AmountChangeResult, AmountChanger } from './change-amounts.ts'
import type { StatusChanger } from './change-status.ts'
import { theirMicros } from './reconcile-compare.ts'
import { RECONCILE_LIMITS } from './reconcile-limits.ts'
import { theirLineSchema } from './reconcile-line.ts'

/** What became of a row: an outcome of a hit, or one of these. */
export type RowOutcome = Pick<ReconciliationRow, 'n' | 'outcome' | 'detail'>

export type RowDeps = { readonly changeStatus: StatusChanger; readonly changeAmounts: AmountChanger }

/** What the rows of one batch are applied by. */
export type Applying = {
  readonly reconciliation: Reconciliation
  readonly configuration: Configuration
  readonly actor: string
  readonly confirmPayoutAboveRevenue: boolean
}

/**
 * Applies a row whose conversion we have, by the ways that people change conversions. Done again it changes nothing
 * more: a conversion that is as it is to be stays so.
 */
export async function applyKnownRow(
  deps: RowDeps,
  applying: Applying,
  row: ReconciliationRow,
  conversion: StoredConversion | undefined,
): Promise<RowOutcome> {
  if (conversion === undefined) return refused(row, 'the conversion is gone')
  if (row.kind === 'missing') return await setStatus(deps, applying, { row, conversion, status: 'rejected' })
  const { status } = theirLineSchema.parse(row.params)
  if (!earns(status)) return await setStatus(deps, applying, { row, conversion, status })
  if (row.kind === 'found' && !earns(conversion.status))
    return refused(row, `it became ${conversion.status} since it was compared`)
  if (row.kind === 'different') {
    const adjusted = await adjust(deps, applying, row, conversion)
    if (!adjusted.ok) return refused(row, adjusted.reason)
  }
  if (status === 'approved') {
    const approved = await setStatus(deps, applying, { row, conversion, status })
    if (approved.outcome !== 'unchanged') return approved
  }
  return { n: row.n, outcome: row.kind === 'found' ? 'unchanged' : 'changed', detail: row.detail }
}

async function setStatus(
  { changeStatus }: RowDeps,
  applying: Applying,
  of: {
    readonly row: ReconciliationRow
    readonly conversion: StoredConversion
    readonly status: StoredConversion['status']
  },
): Promise<RowOutcome> {
  const { row, conversion, status } = of
  if (conversion.status === status) return { n: row.n, outcome: 'unchanged', detail: row.detail }
  const changed = await changeStatus({ ...deedOn(applying, conversion), status })
  return changed.ok ? { n: row.n, outcome: status, detail: row.detail } : refused(row, changed.reason)
}

/** Their amount becomes ours, of the kind that the file lists. */
async function adjust(
  { changeAmounts }: RowDeps,
  applying: Applying,
  row: ReconciliationRow,
  conversion: StoredConversion,
): Promise<AmountChangeResult> {
  const { configuration, reconciliation, confirmPayoutAboveRevenue } = applying
  const { amountIs, currency } = reconciliation.summary
  const theirs = theirMicros(theirLineSchema.parse(row.params), { currency, conversion, configuration })
  if (!theirs.ok) return theirs
  if (theirs.micros === undefined) return { ok: true }
  const amounts = amountIs === 'sale' ? { saleMicros: theirs.micros } : { revenueMicros: theirs.micros }
  return await changeAmounts({ ...deedOn(applying, conversion), ...amounts, confirmPayoutAboveRevenue })
}

/** Kept in the history of the conversion. */
export function deedOn({ reconciliation, actor }: Applying, { id }: Pick<StoredConversion, 'id'>) {
  const { workspace, name } = reconciliation
  return { workspace, id, actor, reason: `reconciliation "${name}"` }
}

/** Kept with what the comparison found. */
export function refused({ n, detail }: ReconciliationRow, reason: string): RowOutcome {
  const all = detail === '' ? reason : `${detail}; ${reason}`
  return { n, outcome: 'refused', detail: all.slice(0, RECONCILE_LIMITS.detailCharsMax) }
}
