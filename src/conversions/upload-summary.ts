import { formatMicros, parseAmount } from '../domain/money.ts'
import { UPLOAD_LIMITS } from './upload-limits.ts'
import type { UploadParams } from './upload-row.ts'

/** A row of a file; `params` is empty when it has a problem. */
export type CheckedRow = {
  /** Line of the file, from 1. */
  readonly line: number
  /** '' for a good row. */
  readonly problem: string
  readonly params: UploadParams
}

/** What applying the upload would mean, as far as it can be told without judging. */
export type UploadEffect = {
  /** Good rows: each is judged. */
  readonly rows: number
  /**
   * Of them, rows whose visit has a conversion already, or without a click the affiliate at that offer one of that
   * transaction: duplicates, updates or upsells, by the sender's policy.
   */
  readonly alreadyConverted: number
  /** Sums of the amounts that rows name; currency '' is the network's or the offer's. */
  readonly amounts: readonly { readonly currency: string; readonly rows: number; readonly amount: string }[]
  /** Rows that name no amount: the offer's counts. */
  readonly withoutAmount: number
}

export type UploadSummary = {
  readonly rows: number
  readonly broken: number
  /** The first ones. */
  readonly problems: readonly { readonly line: number; readonly reason: string }[]
  readonly firstRows: readonly { readonly line: number; readonly params: UploadParams }[]
  readonly effect: UploadEffect
}

/** Sums up row by row: what a preview shows is small, whatever the file is. */
export class UploadSummaryBuilder {
  #rows = 0
  #broken = 0
  #alreadyConverted = 0
  #withoutAmount = 0
  readonly #problems: { line: number; reason: string }[] = []
  readonly #firstRows: { line: number; params: UploadParams }[] = []
  readonly #amounts = new Map<string, { rows: number; micros: bigint }>()

  /** @param isConverted whether a row is about what has a conversion already. */
  add(rows: readonly CheckedRow[], isConverted: (params: UploadParams) => boolean): void {
    for (const row of rows) {
      this.#rows += 1
      if (row.problem === '') this.#addGood(row, isConverted(row.params))
      else this.#addBroken(row)
    }
  }

  build(): UploadSummary {
    const amounts = [...this.#amounts].map(([currency, { rows, micros }]) => ({
      currency,
      rows,
      amount: formatSum(micros),
    }))
    return {
      rows: this.#rows,
      broken: this.#broken,
      problems: this.#problems,
      firstRows: this.#firstRows,
      effect: {
        rows: this.#rows - this.#broken,
        alreadyConverted: this.#alreadyConverted,
        amounts,
        withoutAmount: this.#withoutAmount,
      },
    }
  }

  #addBroken({ line, problem }: CheckedRow): void {
    this.#broken += 1
    if (this.#problems.length < UPLOAD_LIMITS.problemsShownMax) this.#problems.push({ line, reason: problem })
  }

  #addGood({ line, params }: CheckedRow, isRepeated: boolean): void {
    if (isRepeated) this.#alreadyConverted += 1
    if (this.#firstRows.length < UPLOAD_LIMITS.rowsShownMax) this.#firstRows.push({ line, params })
    const amount = parseAmount(params.payout ?? '')
    if (!amount.ok) {
      this.#withoutAmount += 1
      return
    }
    const currency = params.currency?.toUpperCase() ?? ''
    const sum = this.#amounts.get(currency) ?? { rows: 0, micros: 0n }
    this.#amounts.set(currency, { rows: sum.rows + 1, micros: sum.micros + BigInt(amount.micros) })
  }
}

/** Fifty thousand amounts of the largest kind are beyond exact numbers: whole units are left then. */
export function formatSum(micros: bigint): string {
  const number = Number(micros)
  return Number.isSafeInteger(number) ? formatMicros(number) : String(micros / 1_000_000n)
}
