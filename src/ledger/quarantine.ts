import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { type Ledger, LedgerRefusedError } from './ledger.ts'

/**
 * Inserts rows, and puts those that the ledger refuses aside, one file each, so that they hold up nobody.
 *
 * A refused batch is halved until the bad row is alone. The halves have tokens of their own, made from the whole's:
 * a repeat after a crash halves in the same way, and what was inserted before is dropped.
 */
export class QuarantiningInserter {
  readonly #ledger: Pick<Ledger, 'insertRows'>
  readonly #dir: string
  #refused = 0

  constructor(ledger: Pick<Ledger, 'insertRows'>, dir: string) {
    this.#ledger = ledger
    this.#dir = dir
  }

  /** Rows put aside by this process. */
  get refused(): number {
    return this.#refused
  }

  /**
   * @param rows each one JSON, without a line break
   * @throws LedgerUnavailableError
   */
  async insert(rows: readonly Buffer[], token: string): Promise<void> {
    if (rows.length === 0) return
    try {
      await this.#ledger.insertRows(toLines(rows), token)
    } catch (error) {
      if (!(error instanceof LedgerRefusedError)) throw error
      await this.#insertHalves(rows, token, error)
    }
  }

  async #insertHalves(rows: readonly Buffer[], token: string, error: LedgerRefusedError): Promise<void> {
    const [row] = rows
    if (rows.length === 1 && row !== undefined) return await this.#putAside(row, token, error)
    const middle = Math.ceil(rows.length / 2)
    await this.insert(rows.slice(0, middle), `${token}/a`)
    await this.insert(rows.slice(middle), `${token}/b`)
  }

  /** The name is the token: a repeat writes the same file again. */
  async #putAside(row: Buffer, token: string, error: LedgerRefusedError): Promise<void> {
    await mkdir(this.#dir, { recursive: true })
    const path = join(this.#dir, `${encodeURIComponent(token)}.json`)
    const file = await open(path, 'w')
    try {
      await file.writeFile(`${row.toString('utf8')}\n${JSON.stringify({ refused: error.message })}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    this.#refused += 1
  }
}

const LINE_BREAK = Buffer.from('\n')

function toLines(rows: readonly Buffer[]): Buffer {
  return Buffer.concat(rows.flatMap((row) => [row, LINE_BREAK]))
}
