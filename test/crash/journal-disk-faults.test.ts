import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { JournalFullError, JournalLockedError, JournalWriteError } from '../../src/journal/errors.ts'
import type { JournalFile, JournalFiles } from '../../src/journal/files.ts'
import { journalEnd } from '../../src/journal/journal-directory.ts'
import { JournalReader } from '../../src/journal/journal-reader.ts'
import { JournalWriter } from '../../src/journal/journal-writer.ts'
import { SimulatedDisk, seededRandom } from './journal-simulated-disk.ts'

const DIR = '/journal'
const ALL = { recordsMax: 1_000_000, bytesMax: 1_000_000 }

test('a full disk rejects every waiting append, keeps nothing of them, and takes records again with space', async () => {
  const { disk, writer } = await openOnDisk()
  await writer.append(1, Buffer.from('before'))
  const used = disk.bytesUsed()
  disk.bytesMax = used + 20
  const waiting = ['one', 'two', 'three'].map((text) => writer.append(1, Buffer.from(text)))
  for (const outcome of await Promise.allSettled(waiting)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'journal_full' } })
  }
  expect(disk.bytesUsed()).toBe(used)
  await expect(writer.append(1, Buffer.from('still too large for it'))).rejects.toBeInstanceOf(
    JournalFullError,
  )
  disk.bytesMax = Number.POSITIVE_INFINITY
  await writer.append(1, Buffer.from('after'))
  expect(await textsOn(disk)).toEqual(['before', 'after'])
  expect(writer.counters).toMatchObject({ records: 2, rejectedRecords: 4 })
})

test('a disk that stays nearly full collects no files and shows readers nothing', async () => {
  const { disk, writer } = await openOnDisk()
  await writer.append(1, Buffer.from('before'))
  disk.bytesMax = disk.bytesUsed() + 20
  for (let i = 0; i < 50; i += 1) {
    await expect(writer.append(1, Buffer.alloc(60))).rejects.toBeInstanceOf(JournalFullError)
  }
  expect(disk.entries.size).toBeLessThanOrEqual(2)
  expect(await textsOn(disk)).toEqual(['before'])
})

test('once a disk was full, a batch that fails half-way is never seen, not even its first records', async () => {
  const disk = new SimulatedDisk(seededRandom(1))
  const seenBeforeCut: (readonly string[])[] = []
  const files = withFile(disk.process(), (file) => ({
    ...file,
    truncate: async (length) => {
      seenBeforeCut.push(await textsOn(disk))
      await file.truncate(length)
    },
  }))
  const writer = await openWriter(files)
  disk.bytesMax = 40
  for (let i = 0; i < 3; i += 1) {
    await Promise.allSettled([writer.append(1, Buffer.from('fits')), writer.append(1, Buffer.alloc(60))])
  }
  expect(seenBeforeCut).toEqual([['fits'], [], []])
})

test('what a full disk rejected no longer counts as waiting', async () => {
  const disk = new SimulatedDisk(seededRandom(1))
  const files = disk.process()
  const writer = await JournalWriter.open({
    dir: DIR,
    durability: 'disk',
    pendingBytesMax: 500,
    reserveBytes: 0,
    files,
  })
  disk.bytesMax = 0
  for (let i = 0; i < 5; i += 1) {
    await expect(writer.append(1, Buffer.alloc(200))).rejects.toBeInstanceOf(JournalFullError)
  }
  disk.bytesMax = 1000
  await writer.append(1, Buffer.alloc(200))
})

test('a record that fits is taken although a larger one before it did not', async () => {
  const { disk, writer } = await openOnDisk()
  disk.bytesMax = 20
  await expect(writer.append(1, Buffer.alloc(60))).rejects.toBeInstanceOf(JournalFullError)
  await writer.append(1, Buffer.from('small'))
  expect(await textsOn(disk)).toEqual(['small'])
})

test('a journal opens on a full disk', async () => {
  const { disk, writer } = await openOnDisk()
  await writer.append(1, Buffer.from('before'))
  await writer.close()
  disk.bytesMax = 0
  const again = await openWriter(disk.process())
  await expect(again.append(1, Buffer.from('no room'))).rejects.toBeInstanceOf(JournalFullError)
  disk.bytesMax = 100
  await again.append(1, Buffer.from('room'))
  expect(await textsOn(disk)).toEqual(['before', 'room'])
})

test('a failed sync is never repeated: its records are rejected and the next ones go to a new segment', async () => {
  let syncs = 0
  const disk = new SimulatedDisk(seededRandom(1))
  const files = withFile(disk.process(), (file) => ({
    ...file,
    sync: async () => {
      syncs += 1
      if (syncs === 2) throw Object.assign(new Error('EIO'), { code: 'EIO' })
      await file.sync()
    },
  }))
  const writer = await openWriter(files)
  const first = await writer.append(1, Buffer.from('first'))
  await expect(writer.append(1, Buffer.from('failed'))).rejects.toBeInstanceOf(JournalWriteError)
  const next = await writer.append(1, Buffer.from('next'))
  expect(next).toEqual({ segment: first.segment + 1, offset: 0 })
  expect(await textsOn(disk)).toEqual(['first', 'next'])
})

test('a quota that is reached only at the sync counts as a full disk', async () => {
  let isOver = true
  const disk = new SimulatedDisk(seededRandom(1))
  const files = withFile(disk.process(), (file) => ({
    ...file,
    sync: async () => {
      if (isOver) throw Object.assign(new Error('EDQUOT'), { code: 'EDQUOT' })
      await file.sync()
    },
  }))
  const writer = await openWriter(files)
  await expect(writer.append(1, Buffer.from('over'))).rejects.toBeInstanceOf(JournalFullError)
  isOver = false
  await writer.append(1, Buffer.from('within'))
  expect(await textsOn(disk)).toEqual(['within'])
})

test('what a restarted journal shows is kept by a later power loss, answered or not', async () => {
  let seen = 0
  for (let seed = 1; seed <= 60; seed += 1) {
    const { disk, writer } = await openOnDisk(seed)
    await writer.append(1, Buffer.from('acknowledged'))
    disk.crashAfter(2, 'kill')
    await Promise.allSettled([writer.append(1, Buffer.from('unanswered'))])
    const restarted = await openWriter(disk.process())
    const shown = await textsOn(disk)
    seen += shown.length - 1
    await restarted.append(1, Buffer.from('later'))
    disk.losePower()
    expect(await textsOn(disk)).toEqual([...shown, 'later'])
  }
  expect(seen).toBeGreaterThan(0)
})

test('a record that is written while the reader finds the next segment is not passed over', async () => {
  const { disk, writer } = await openOnDisk(1, 40)
  await writer.append(1, Buffer.from('first'))
  const process = disk.process()
  let isOvertaken = false
  const files: JournalFiles = withFile(process, (file) => file)
  files.list = async (dir) => {
    if (!isOvertaken)
      await Promise.all(['late', 'in the next segment'].map((text) => writer.append(1, Buffer.from(text))))
    isOvertaken = true
    return await process.list(dir)
  }
  const reader = await JournalReader.open({ dir: DIR, from: { segment: 1, offset: 14 }, files })
  const batch = await reader.next(ALL)
  expect(batch?.records.map((record) => record.payload.toString())).toEqual(['late'])
})

test('a reserve that finds no room costs no record, and is given back in the end', async () => {
  const disk = new SimulatedDisk(seededRandom(1))
  const writer = await JournalWriter.open({ dir: DIR, durability: 'disk', files: disk.process() })
  disk.bytesMax = 50
  await writer.append(1, Buffer.from('first'))
  expect(disk.bytesUsed()).toBe(50)
  expect(await textsOn(disk)).toEqual(['first'])
  await writer.append(1, Buffer.from('into the reserve'))
  await expect(writer.append(1, Buffer.alloc(60))).rejects.toBeInstanceOf(JournalFullError)
  expect(await textsOn(disk)).toEqual(['first', 'into the reserve'])
  await writer.close()
  expect(disk.bytesUsed()).toBe(14 + 25)
})

test('a crashed writer leaves its lock to the next one, a running one does not', async () => {
  const { disk, writer } = await openOnDisk()
  await expect(openWriter(disk.process())).rejects.toBeInstanceOf(JournalLockedError)
  disk.losePower()
  await expect(writer.append(1, Buffer.from('dead'))).rejects.toThrow()
  await openWriter(disk.process())
})

test('appends of one turn, and those that come during a sync, go to the disk together', async () => {
  const { disk, writer } = await openOnDisk()
  await writer.append(1, Buffer.from('creates the segment'))
  const before = disk.steps
  const together = [writer.append(1, Buffer.from('a')), writer.append(1, Buffer.from('b'))]
  while (disk.steps === before) await setImmediate()
  together.push(writer.append(1, Buffer.from('c')), writer.append(1, Buffer.from('d')))
  await Promise.all(together)
  expect(disk.steps - before).toBe(4)
  expect(await journalEnd(DIR, undefined, disk.process())).toEqual({ segment: 1, offset: 28 + 4 * 10 })
})

async function openOnDisk(seed = 1, segmentBytesMax = 1_000_000) {
  const disk = new SimulatedDisk(seededRandom(seed))
  const writer = await openWriter(disk.process(), segmentBytesMax)
  return { disk, writer }
}

async function openWriter(files: JournalFiles, segmentBytesMax = 1_000_000): Promise<JournalWriter> {
  return await JournalWriter.open({ dir: DIR, durability: 'disk', segmentBytesMax, reserveBytes: 0, files })
}

/** The same files, with each opened or created one changed. */
function withFile(files: JournalFiles, change: (file: JournalFile) => JournalFile): JournalFiles {
  return {
    makeDir: (dir) => files.makeDir(dir),
    list: (dir) => files.list(dir),
    create: async (path) => change(await files.create(path)),
    open: async (path, access) => change(await files.open(path, access)),
    remove: (path) => files.remove(path),
    syncDir: (dir) => files.syncDir(dir),
    lock: (dir) => files.lock(dir),
  }
}

async function textsOn(disk: SimulatedDisk): Promise<string[]> {
  const reader = await JournalReader.open({ dir: DIR, from: undefined, files: disk.process() })
  const texts: string[] = []
  for (let batch = await reader.next(ALL); batch !== undefined; batch = await reader.next(ALL)) {
    texts.push(...batch.records.map((record) => record.payload.toString()))
  }
  return texts
}
