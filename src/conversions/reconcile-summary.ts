import {
  RECONCILIATION_KINDS,
  type ReconciliationRow,
  type ReconciliationSummary,
} from '../store/reconciliations.ts'
import { formatSum } from './upload-summary.ts'

type Kind = ReconciliationRow['kind']

/** Sums of one kind, in micros: a hundred thousand of the largest amounts are beyond exact numbers. */
type Sum = { rows: number; ours: bigint; theirs: bigint }

/** Sums up row by row, so that nothing of the file is kept for it. */
export class ReconciliationSummaryBuilder {
  readonly #sums = new Map<Kind, Sum>()

  /** @param of amounts of what earns, in the workspace's currency; 0 where a side has none. */
  add(kind: Kind, of: { readonly oursMicros: number; readonly theirsMicros: number }): void {
    const sum = this.#sums.get(kind) ?? { rows: 0, ours: 0n, theirs: 0n }
    sum.rows += 1
    sum.ours += BigInt(of.oursMicros)
    sum.theirs += BigInt(of.theirsMicros)
    this.#sums.set(kind, sum)
  }

  build(): ReconciliationSummary['kinds'] {
    const shown = (kind: Kind) => {
      const { rows, ours, theirs } = this.#sums.get(kind) ?? { rows: 0, ours: 0n, theirs: 0n }
      return { rows, ours: formatSum(ours), theirs: formatSum(theirs) }
    }
    const [found, different, missing, unknown, problem] = RECONCILIATION_KINDS
    return {
      [found]: shown(found),
      [different]: shown(different),
      [missing]: shown(missing),
      [unknown]: shown(unknown),
      [problem]: shown(problem),
    }
  }
}
