import { createHash } from 'node:crypto'
import { type Ledger, LedgerUnavailableError } from './ledger.ts'

export type OnceLedger = Pick<Ledger, 'insertRows' | 'lookUp'>

export type OnceBatch = {
  /** Each one JSON object, without a line break. */
  readonly rows: readonly Buffer[]
  /** Unique, and durable before the first attempt. */
  readonly token: string
  /** An earlier attempt may have taken effect: one that failed, or one before a crash. */
  readonly isRepeat: boolean
}

/** More than one attempt is needed only when the engine dies in the same microseconds once again. */
const ATTEMPTS_MAX = 5

/** Times that the ledger's key can hold; a row outside is left to its token alone. */
const SLOT_MS_MAX = (2 ** 32 - 1) * 1_000

/**
 * Inserts a batch so that it is in the ledger once, whatever became of earlier attempts.
 *
 * The engine drops a repeated token, but its list of tokens is not kept as safely as the rows: a token is written
 * down before its rows are put in place, without an fsync (MergeTreeSink::commitPart). After a kill in between,
 * the token is known and the rows are not; after a power cut, it can be the other way round. Therefore a repeat
 * asks first what is there, by the number that every row of the batch carries, and afterwards whether it arrived.
 * The engine adds the rows of one month as a whole, so a month is there or it is not.
 *
 * @throws LedgerRefusedError, LedgerUnavailableError
 */
export async function insertOnce(ledger: OnceLedger, batch: OnceBatch): Promise<void> {
  const { rows, token } = batch
  const number = batchNumber(token)
  if (!batch.isRepeat) return await ledger.insertRows(toLines(rows, number), token)
  const months = byMonth(rows)
  if ((await missing(ledger, months, number)).size === 0 && months.size > 0) return
  await ledger.insertRows(toLines(rows, number), token)
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const dropped = await missing(ledger, months, number)
    if (dropped.size === 0) return
    for (const [month, rowsOfMonth] of dropped) {
      await ledger.insertRows(toLines(rowsOfMonth, number), `${token}/${month}/${attempt}`)
    }
  }
  throw new LedgerUnavailableError(new Error(`the rows of ${token} do not arrive`))
}

/** The number in the column `batch`; 64 bits of a hash, so that two batches never share one. */
function batchNumber(token: string): bigint {
  return createHash('sha256').update(token).digest().readBigUInt64BE()
}

/** The rows as the engine reads them: the batch's number as their first property, a line each. */
function toLines(rows: readonly Buffer[], number: bigint): Buffer {
  const head = Buffer.from(`{"batch":${number},`)
  const length = rows.reduce((sum, row) => sum + Math.max(row.length, 1) + head.length, 0)
  const lines = Buffer.allocUnsafe(length)
  let at = 0
  for (const row of rows) {
    at += head.copy(lines, at)
    // Behind its opening brace. An empty row becomes half of one, which is refused, not skipped.
    at += row.subarray(1).copy(lines, at)
    at = lines.writeUInt8(0x0a, at)
  }
  return lines.subarray(0, at)
}

type Months = ReadonlyMap<number, readonly Buffer[]>

/** The rows by the partition they go to, e.g. 202611. */
function byMonth(rows: readonly Buffer[]): Months {
  const months = new Map<number, Buffer[]>()
  for (const row of rows) {
    const at = timeOf(row)
    if (at === undefined) continue
    const date = new Date(at)
    const month = date.getUTCFullYear() * 100 + date.getUTCMonth() + 1
    const known = months.get(month)
    if (known === undefined) months.set(month, [row])
    else known.push(row)
  }
  return months
}

function timeOf(row: Buffer): number | undefined {
  try {
    const parsed: unknown = JSON.parse(row.toString('utf8'))
    if (typeof parsed !== 'object' || parsed === null || !('at' in parsed)) return undefined
    const { at } = parsed
    return typeof at === 'number' && at >= 0 && at <= SLOT_MS_MAX ? at : undefined
  } catch {
    return undefined
  }
}

/** The months of which the ledger has nothing of this batch. */
async function missing(ledger: OnceLedger, months: Months, number: bigint): Promise<Months> {
  if (months.size === 0) return months
  const first = Math.min(...months.keys())
  const last = Math.max(...months.keys())
  const rows = await ledger.lookUp<{ month: number }>(`SELECT DISTINCT toYYYYMM(at_slot) AS month
FROM ledger
WHERE batch = ${number} AND toYYYYMM(at_slot) BETWEEN ${first} AND ${last}`)
  const there = new Set(rows.map(({ month }) => month))
  return new Map([...months].filter(([month]) => !there.has(month)))
}
