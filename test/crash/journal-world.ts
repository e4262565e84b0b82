import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { deleteSegmentsBefore, journalEnd } from '../../src/journal/journal-directory.ts'
import { type JournalBatch, JournalReader } from '../../src/journal/journal-reader.ts'
import { JournalWriter } from '../../src/journal/journal-writer.ts'
import type { Position } from '../../src/journal/position.ts'
import type { JournalRecord } from '../../src/journal/segment-reader.ts'
import type { SimulatedDisk, SimulatedProcess } from './journal-simulated-disk.ts'

const DIR = '/journal'
const SEGMENT_BYTES_MAX = 160
/** The rest of the segment, for batches up to 100 bytes. */
const RESERVE_BYTES = 800
const EVERYTHING = { recordsMax: 1_000_000, bytesMax: 1_000_000 }

type Fate = 'pending' | 'acknowledged' | 'rejected' | 'unanswered'

type Appended = { readonly id: number; readonly payload: Buffer; readonly life: number; fate: Fate }

/**
 * An edge that appends and a consumer that reads, on a disk that fails; it remembers what was promised to whom, so
 * that `check` can compare it with what is found in the end.
 */
export class JournalWorld {
  readonly #disk: SimulatedDisk
  readonly #appended: Appended[] = []
  readonly #consumed: JournalRecord[] = []
  readonly #batches: JournalBatch[] = []
  #pending: Promise<unknown>[] = []
  #writerProcess: SimulatedProcess | undefined
  #writer: JournalWriter | undefined
  #readerProcess: SimulatedProcess | undefined
  #reader: JournalReader | undefined
  /** The consumer's checkpoint: kept elsewhere, so it survives every crash. */
  #checkpoint: Position | undefined
  #deletedBefore = 0
  #lives = 0

  constructor(disk: SimulatedDisk) {
    this.#disk = disk
  }

  /** Appends records of these sizes in one turn, without waiting for them. */
  async append(sizes: readonly number[]): Promise<void> {
    const writer = await this.#openWriter()
    if (writer === undefined) return
    for (const size of sizes) this.#appendOne(writer, size)
  }

  /** Waits until every append is answered, or nobody is left to answer. */
  async settle(): Promise<void> {
    await Promise.all(this.#pending)
    this.#pending = []
  }

  async turn(turns: number): Promise<void> {
    for (let i = 0; i < turns; i += 1) await setImmediate()
  }

  async reopen(): Promise<void> {
    const writer = this.#writer
    this.#writer = undefined
    await this.#attempt(async () => await writer?.close())
    if (this.#writerProcess !== undefined) this.#disk.kill(this.#writerProcess)
    await this.#openWriter()
  }

  async read(recordsMax: number, bytesMax: number): Promise<boolean> {
    const reader = await this.#openReader()
    const batch = await this.#attempt(async () => await reader.next({ recordsMax, bytesMax }))
    if (batch === undefined) return false
    this.#checkpoint = batch.to
    this.#batches.push(batch)
    this.#consumed.push(...batch.records)
    return true
  }

  async deletePassed(): Promise<void> {
    const checkpoint = this.#checkpoint
    if (checkpoint === undefined) return
    const reader = await this.#openReader()
    await this.#attempt(async () => {
      this.#deletedBefore = checkpoint.segment
      await deleteSegmentsBefore(DIR, checkpoint, this.#readerProcess)
      return reader
    })
  }

  /** The power goes a last time, the disk behaves from then on, and everything that was promised is looked for. */
  async check(): Promise<void> {
    await this.settle()
    this.#disk.behave()
    this.#disk.bytesMax = Number.POSITIVE_INFINITY
    this.#disk.losePower()
    await this.append([5])
    await this.settle()
    assert.equal(this.#appended.at(-1)?.fate, 'acknowledged', 'the journal takes records again')
    while (await this.read(1000, 1000)) this.#checkOrder(this.#consumed)
    const found = await this.#readFromStart()
    this.#checkAcknowledged(found)
    this.#checkPrefixOfUnanswered(found)
    await this.#checkRepeats()
  }

  #appendOne(writer: JournalWriter, size: number): void {
    const id = this.#appended.length
    const record: Appended = { id, payload: toPayload(id, size), life: this.#lives, fate: 'pending' }
    this.#appended.push(record)
    const process = this.#writerProcess
    this.#pending.push(
      writer.append(id & 0xff, record.payload).then(
        () => {
          record.fate = 'acknowledged'
        },
        () => {
          record.fate = process?.isDown === false ? 'rejected' : 'unanswered'
        },
      ),
    )
  }

  /** Starts the writer when it is not running; gives up for now when it fails, as a supervisor's back-off would. */
  async #openWriter(): Promise<JournalWriter | undefined> {
    if (this.#writer !== undefined && this.#writerProcess?.isDown === false) return this.#writer
    const process = this.#disk.process()
    this.#writerProcess = process
    this.#lives += 1
    this.#writer = await this.#attempt(
      async () =>
        await JournalWriter.open({
          dir: DIR,
          durability: 'disk',
          segmentBytesMax: SEGMENT_BYTES_MAX,
          reserveBytes: this.#lives % 2 === 0 ? 0 : RESERVE_BYTES,
          files: process,
        }),
    )
    if (this.#writer === undefined) this.#disk.kill(process)
    return this.#writer
  }

  async #openReader(): Promise<JournalReader> {
    if (this.#reader !== undefined && this.#readerProcess?.isDown === false) return this.#reader
    this.#readerProcess = this.#disk.process()
    this.#reader = await JournalReader.open({ dir: DIR, from: this.#checkpoint, files: this.#readerProcess })
    return this.#reader
  }

  /** Crashes and failures of the disk are what these tests are about; anything else is a finding. */
  async #attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
      return await act()
    } catch (error) {
      if (error instanceof Error && error.constructor.name.startsWith('Simulated')) return undefined
      throw error
    }
  }

  async #readFromStart(): Promise<readonly JournalRecord[]> {
    const files = this.#disk.process()
    const reader = await JournalReader.open({ dir: DIR, from: undefined, files })
    const found: JournalRecord[] = []
    for (let b = await reader.next(EVERYTHING); b !== undefined; b = await reader.next(EVERYTHING)) {
      found.push(...b.records)
    }
    assert.deepEqual(await journalEnd(DIR, undefined, files), reader.position)
    assert.deepEqual(await journalEnd(DIR, this.#checkpoint, files), reader.position)
    this.#checkOrder(found)
    return found
  }

  /** Never garbled, never twice, never out of order. */
  #checkOrder(records: readonly JournalRecord[]): void {
    let previous = -1
    for (const { type, payload } of records) {
      const id = payload.readUInt32LE(0)
      assert.ok(this.#appended[id]?.payload.equals(payload), `record ${id} is garbled`)
      assert.equal(type, id & 0xff)
      assert.ok(id > previous, `record ${id} comes after ${previous}`)
      previous = id
    }
  }

  #checkAcknowledged(found: readonly JournalRecord[]): void {
    const onDisk = idsOf(found)
    const consumed = idsOf(this.#consumed)
    for (const { id, fate } of this.#appended) {
      if (fate !== 'acknowledged') {
        if (consumed.has(id)) this.#disk.met.add(`${fate} record seen`)
        continue
      }
      assert.ok(consumed.has(id), `the consumer misses the acknowledged record ${id}`)
      const isDeleted = this.#consumed.some(
        (record) => record.position.segment < this.#deletedBefore && idOf(record) === id,
      )
      assert.ok(isDeleted || onDisk.has(id), `the acknowledged record ${id} is missing`)
    }
  }

  /** No hole: of the records that a crash left without an answer, the first ones are there, or none. */
  #checkPrefixOfUnanswered(found: readonly JournalRecord[]): void {
    const onDisk = idsOf(found.filter((record) => record.position.segment >= this.#deletedBefore))
    const deleted = idsOf(this.#consumed.filter((record) => record.position.segment < this.#deletedBefore))
    for (let life = 0; life <= this.#lives; life += 1) {
      const present = this.#appended
        .filter((record) => record.life === life && record.fate === 'unanswered' && !deleted.has(record.id))
        .map((record) => onDisk.has(record.id))
      const firstMissing = present.indexOf(false)
      assert.ok(firstMissing === -1 || !present.includes(true, firstMissing), `a hole: ${present.join(' ')}`)
    }
  }

  /** A batch is repeated byte for byte, short only of records at its end that were never acknowledged. */
  async #checkRepeats(): Promise<void> {
    const reader = await this.#openReader()
    for (const batch of this.#batches) {
      if (batch.to.segment < this.#deletedBefore) continue
      const again = await reader.readRange(batch.from, batch.to)
      assert.deepEqual(again, batch.records.slice(0, again.length))
      for (const record of batch.records.slice(again.length)) {
        assert.notEqual(this.#appended[idOf(record)]?.fate, 'acknowledged')
        this.#disk.met.add('repeat is shorter')
      }
    }
  }
}

/** The id, then bytes that only this id has. */
function toPayload(id: number, size: number): Buffer {
  const payload = Buffer.alloc(4 + size)
  payload.writeUInt32LE(id)
  const filling = createHash('sha256').update(String(id)).digest()
  for (let i = 0; i < size; i += 1) payload[4 + i] = filling[i % filling.length] ?? 0
  return payload
}

function idOf(record: JournalRecord): number {
  return record.payload.readUInt32LE(0)
}

function idsOf(records: readonly JournalRecord[]): ReadonlySet<number> {
  return new Set(records.map(idOf))
}
