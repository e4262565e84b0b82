import { setImmediate } from 'node:timers/promises'
import { JournalLockedError } from '../../src/journal/errors.ts'
import type { JournalFile, JournalFiles } from '../../src/journal/files.ts'

/**
 * A disk in memory that behaves as badly as POSIX allows:
 *  - un-synced bytes and un-synced truncations survive a power loss wholly, partly or garbled;
 *  - un-synced directory entries survive or not, each for itself;
 *  - a failed sync drops what was not synced, and a later sync reports success all the same (the fsync gate);
 *  - a full disk takes part of a write;
 *  - a process or the power may go before, during or after any step.
 * Every call is a step; `crashAfter` and `failAfter` choose the steps where something happens.
 */
export type StepName = 'makeDir' | 'list' | 'create' | 'open' | 'remove' | 'syncDir' | 'lock' | FileStepName
type FileStepName = 'write' | 'read' | 'size' | 'truncate' | 'sync' | 'close'

export type CrashMode = 'power' | 'kill'

/** An integer from 0 to max, inclusive. */
export type Random = (max: number) => number

type Inode = {
  current: Buffer
  durable: Buffer
  /** The shortest the file has been since its last sync: below this, its bytes are certain. */
  certain: number
  /** Ranges whose bytes a failed sync dropped: they never become durable. */
  dropped: { readonly start: number; readonly end: number }[]
}

/** Small, so that the short records of a test lie in several. */
const SECTOR_BYTES = 16

const FAILING_STEPS: ReadonlySet<StepName> = new Set([
  'create',
  'remove',
  'syncDir',
  'write',
  'truncate',
  'sync',
  'close',
])

export class SimulatedDisk {
  readonly random: Random
  readonly lockedBy = new Map<string, SimulatedProcess>()
  /** Which steps crashed and which failed, for asserting that a test met them. */
  readonly met = new Set<string>()
  entries = new Map<string, Inode>()
  bytesMax = Number.POSITIVE_INFINITY
  steps = 0
  #durableEntries = new Map<string, Inode>()
  #processes: SimulatedProcess[] = []
  #crash: { readonly at: number; readonly mode: CrashMode } | undefined
  readonly #failAt = new Set<number>()

  constructor(random: Random) {
    this.random = random
  }

  process(): SimulatedProcess {
    const process = new SimulatedProcess(this)
    this.#processes.push(process)
    return process
  }

  /** The power, or the process that takes it, goes at the n-th step from now (1 is the next). */
  crashAfter(steps: number, mode: CrashMode): void {
    this.#crash = { at: this.steps + steps, mode }
  }

  /** The n-th step from now fails, or the first one after it that can. */
  failAfter(steps: number): void {
    this.#failAt.add(this.steps + steps)
  }

  behave(): void {
    this.#crash = undefined
    this.#failAt.clear()
  }

  bytesUsed(): number {
    return [...this.entries.values()].reduce((sum, inode) => sum + inode.current.length, 0)
  }

  /** What goes wrong with this step; a due failure waits for a step that can fail. */
  fate(name: StepName): 'crash' | 'fail' | 'well' {
    this.steps += 1
    if (this.#crash !== undefined && this.steps >= this.#crash.at) {
      this.met.add(`${this.#crash.mode} ${name}`)
      return 'crash'
    }
    const due = [...this.#failAt].find((step) => step <= this.steps)
    if (due === undefined || !FAILING_STEPS.has(name)) return 'well'
    this.#failAt.delete(due)
    this.met.add(`fail ${name}`)
    return 'fail'
  }

  crashNow(process: SimulatedProcess): void {
    const mode = this.#crash?.mode ?? 'power'
    this.#crash = undefined
    if (mode === 'kill') this.kill(process)
    else this.losePower()
  }

  /** The process is gone; the page cache keeps what it wrote. */
  kill(process: SimulatedProcess): void {
    process.isDown = true
    this.#processes = this.#processes.filter((other) => other !== process)
    for (const [dir, holder] of this.lockedBy) if (holder === process) this.lockedBy.delete(dir)
  }

  /** Every process is gone, and with them what was not synced, as far as chance wants it. */
  losePower(): void {
    for (const process of this.#processes) this.kill(process)
    const survivors = new Map<string, Inode>()
    for (const path of new Set([...this.entries.keys(), ...this.#durableEntries.keys()])) {
      const inode = this.#survivingEntry(path)
      if (inode !== undefined) survivors.set(path, inode)
    }
    for (const inode of new Set(survivors.values())) this.#loseUnsynced(inode)
    this.entries = survivors
    this.#durableEntries = new Map(survivors)
  }

  syncEntries(dir: string): void {
    const isInside = (path: string) => path.startsWith(`${dir}/`)
    for (const path of this.#durableEntries.keys()) if (isInside(path)) this.#durableEntries.delete(path)
    for (const [path, inode] of this.entries) if (isInside(path)) this.#durableEntries.set(path, inode)
  }

  /** Sectors reach the disk in any order: some of the un-synced ones are still what they were. */
  #mixSectors(outcome: Buffer, kept: number, durable: Buffer): void {
    for (let at = kept; at < Math.min(outcome.length, durable.length); at += SECTOR_BYTES) {
      if (this.random(1) === 0) durable.copy(outcome, at, at, Math.min(at + SECTOR_BYTES, outcome.length))
    }
  }

  #survivingEntry(path: string): Inode | undefined {
    const current = this.entries.get(path)
    const durable = this.#durableEntries.get(path)
    if (current === durable) return current
    return this.random(1) === 0 ? current : durable
  }

  #loseUnsynced(inode: Inode): void {
    const written = withoutDropped(inode)
    const sources = [inode.durable, written]
    const source = sources[this.random(1)] ?? written
    const kept = Math.min(inode.certain, source.length)
    const lasting = this.random(1) === 0 ? source.length : kept + this.random(source.length - kept)
    const outcome = Buffer.from(source.subarray(0, lasting))
    if (this.random(1) === 0) this.#mixSectors(outcome, kept, inode.durable)
    if (!outcome.equals(written)) this.met.add('bytes lost')
    const garbled = this.random(1) === 0 ? 1 + this.random(8) : 0
    for (let i = 0; i < garbled && outcome.length > kept; i += 1) {
      outcome[kept + this.random(outcome.length - kept - 1)] = this.random(1) * this.random(255)
      this.met.add('bytes garbled')
    }
    Object.assign(inode, { current: outcome, durable: outcome, certain: outcome.length, dropped: [] })
  }
}

/** The files as one process sees them. Everything it asks for after its end fails with SimulatedCrash. */
export class SimulatedProcess implements JournalFiles {
  readonly #disk: SimulatedDisk
  isDown = false

  constructor(disk: SimulatedDisk) {
    this.#disk = disk
  }

  makeDir(): Promise<void> {
    return this.#step('makeDir', () => undefined)
  }

  list(dir: string): Promise<readonly string[]> {
    return this.#step('list', () =>
      [...this.#disk.entries.keys()]
        .filter((path) => path.startsWith(`${dir}/`))
        .map((path) => path.slice(dir.length + 1)),
    )
  }

  create(path: string): Promise<JournalFile> {
    return this.#step('create', () => {
      if (this.#disk.entries.has(path)) throw new SimulatedFailure('EEXIST')
      const inode: Inode = { current: Buffer.alloc(0), durable: Buffer.alloc(0), certain: 0, dropped: [] }
      this.#disk.entries.set(path, inode)
      return this.#file(inode)
    })
  }

  open(path: string): Promise<JournalFile> {
    return this.#step('open', () => {
      const inode = this.#disk.entries.get(path)
      if (inode === undefined) throw new SimulatedFailure('ENOENT')
      return this.#file(inode)
    })
  }

  remove(path: string): Promise<void> {
    return this.#step('remove', () => {
      this.#disk.entries.delete(path)
    })
  }

  syncDir(dir: string): Promise<void> {
    return this.#step('syncDir', () => this.#disk.syncEntries(dir))
  }

  lock(dir: string): Promise<{ release(): Promise<void> }> {
    return this.#step('lock', () => {
      if (this.#disk.lockedBy.has(dir)) throw new JournalLockedError(dir)
      this.#disk.lockedBy.set(dir, this)
      return {
        release: async () => {
          this.#disk.lockedBy.delete(dir)
        },
      }
    })
  }

  /** Runs one step: its effect may happen although it fails or crashes, and then nobody hears of it. */
  async #step<T>(name: StepName, effect: () => T): Promise<T> {
    await this.#begin()
    const fate = this.#disk.fate(name)
    if (fate === 'well') return effect()
    if (this.#disk.random(1) === 0) effect()
    if (fate === 'fail') throw new SimulatedFailure(this.#disk.random(1) === 0 ? 'EIO' : 'ENOSPC')
    this.#disk.crashNow(this)
    throw new SimulatedCrash()
  }

  /** Some calls take long, so that processes overtake each other between any two steps. */
  async #begin(): Promise<void> {
    const turns = this.#disk.random(5) === 0 ? this.#disk.random(8) : 0
    for (let turn = 0; turn <= turns; turn += 1) await setImmediate()
    if (this.isDown) throw new SimulatedCrash()
  }

  #file(inode: Inode): JournalFile {
    return {
      write: (bytes, offset, length, position) =>
        this.#write(inode, bytes.subarray(offset, offset + length), position),
      read: (target, offset, length, position) =>
        this.#step('read', () => inode.current.subarray(position, position + length).copy(target, offset)),
      size: () => this.#step('size', () => inode.current.length),
      truncate: (length) =>
        this.#step('truncate', () => {
          inode.current = inode.current.subarray(0, length)
          inode.certain = Math.min(inode.certain, length)
          forgetDropped(inode, length)
        }),
      sync: () => this.#sync(inode),
      close: () => this.#step('close', () => undefined),
    }
  }

  /** Takes any part of the bytes: all when nothing goes wrong and there is room. */
  async #write(inode: Inode, bytes: Buffer, position: number): Promise<number> {
    await this.#begin()
    const fate = this.#disk.fate('write')
    const overwritten = Math.max(0, inode.current.length - position)
    const room = Math.max(0, overwritten + this.#disk.bytesMax - this.#disk.bytesUsed())
    if (room === 0 && fate === 'well') throw new SimulatedFailure('ENOSPC')
    const taken = fate === 'well' ? Math.min(bytes.length, room) : this.#disk.random(bytes.length - 1)
    writeInto(inode, Buffer.from(bytes.subarray(0, taken)), position)
    if (fate === 'crash') {
      this.#disk.crashNow(this)
      throw new SimulatedCrash()
    }
    // Real systems report the reason of a short write with the next one.
    if (fate === 'fail' && this.#disk.random(1) === 0) this.#disk.failAfter(1)
    if (taken > 0) return taken
    throw new SimulatedFailure(this.#disk.random(1) === 0 ? 'EIO' : 'ENOSPC')
  }

  async #sync(inode: Inode): Promise<void> {
    try {
      await this.#step('sync', () => {
        inode.durable = Buffer.from(withoutDropped(inode))
        inode.certain = inode.durable.length
      })
    } catch (error) {
      if (error instanceof SimulatedFailure) {
        inode.dropped.push({ start: inode.certain, end: inode.current.length })
        if (this.#disk.random(1) === 0) inode.current = withoutDropped(inode)
      }
      throw error
    }
  }
}

/** What a failing system call throws. */
class SimulatedFailure extends Error {
  readonly code: string

  constructor(code: string) {
    super(`${code}: simulated`)
    this.code = code
  }
}

class SimulatedCrash extends Error {}

function writeInto(inode: Inode, bytes: Buffer, position: number): void {
  const before = Buffer.alloc(Math.max(position, inode.current.length))
  inode.current.copy(before)
  inode.certain = Math.min(inode.certain, position)
  forgetDropped(inode, position)
  inode.current = Buffer.concat([
    before.subarray(0, position),
    bytes,
    before.subarray(position + bytes.length),
  ])
}

/** Bytes from here on are cut or written anew, so that they are dirty again. */
function forgetDropped(inode: Inode, from: number): void {
  inode.dropped = inode.dropped
    .filter(({ start }) => start < from)
    .map(({ start, end }) => ({ start, end: Math.min(end, from) }))
}

function withoutDropped(inode: Inode): Buffer {
  const bytes = Buffer.from(inode.current)
  for (const { start, end } of inode.dropped) {
    if (start < bytes.length) bytes.fill(0, start, Math.min(end, bytes.length))
  }
  return bytes
}

/** mulberry32, so that a failing run is repeated exactly by its seed. */
export function seededRandom(seed: number): Random {
  let state = seed | 0
  return (max) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return max <= 0 ? 0 : ((t ^ (t >>> 14)) >>> 0) % (max + 1)
  }
}
