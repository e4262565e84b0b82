import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { insertOnce, type OnceBatch, type OnceLedger } from './insert-once.ts'
import { LedgerRefusedError } from './ledger.ts'

/**
 * Inserts batches exactly once, and puts what the ledger refuses aside, one file each, so that it holds up nobody.
 *
 * A refused batch is halved until the bad row is alone. The halves have tokens of their own, made from the whole's:
 * a repeat after a crash halves in the same way.
 */
export class QuarantiningInserter {
  readonly #ledger: OnceLedger
  readonly #dir: string
  #putAsideCount = 0

  constructor(ledger: OnceLedger, dir: string) {
    this.#ledger = ledger
    this.#dir = dir
  }

  /** Rows put aside by this process. */
  get refused(): number {
    return this.#putAsideCount
  }

  /** @throws LedgerUnavailableError */
  async insert(batch: OnceBatch): Promise<void> {
    if (batch.rows.length === 0) return
    try {
      await insertOnce(this.#ledger, batch)
    } catch (error) {
      if (!(error instanceof LedgerRefusedError)) throw error
      await this.#insertHalves(batch, error)
    }
  }

  /**
   * Keeps a row that cannot be in the ledger, durably.
   * @param name unique to the row: a repeat writes the same file again
   */
  async putAside(row: Buffer, name: string, reason: string): Promise<void> {
    await mkdir(this.#dir, { recursive: true })
    await writeDurably(
      join(this.#dir, `${encodeURIComponent(name)}.json`),
      `${row.toString('utf8')}\n${JSON.stringify({ reason })}\n`,
    )
    await syncDirectory(this.#dir)
    this.#putAsideCount += 1
  }

  async #insertHalves({ rows, token, isRepeat }: OnceBatch, error: LedgerRefusedError): Promise<void> {
    const [row] = rows
    if (rows.length === 1 && row !== undefined) return await this.putAside(row, token, error.message)
    const middle = Math.ceil(rows.length / 2)
    await this.insert({ rows: rows.slice(0, middle), token: `${token}/a`, isRepeat })
    await this.insert({ rows: rows.slice(middle), token: `${token}/b`, isRepeat })
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncDirectory(dir: string): Promise<void> {
  const directory = await open(dir, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
