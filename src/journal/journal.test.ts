import { appendFile, mkdir, mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { JournalLockedError, JournalOverloadedError, JournalPositionError } from './errors.ts'
import { deleteSegmentsBefore, journalEnd, listJournals } from './journal-directory.ts'
import { JournalReader } from './journal-reader.ts'
import { JournalWriter } from './journal-writer.ts'
import { RECORD_PAYLOAD_BYTES_MAX } from './limits.ts'
import { comparePositions } from './position.ts'

const ALL = { recordsMax: 1_000_000, bytesMax: 64 * 1024 * 1024 }
let dir = ''

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'trailpost-journal-'))
})

afterEach(async () => {
  await rm(dir, { recursive: true })
})

test('records come back in the order of their appends, with their types, bytes and positions', async () => {
  const writer = await JournalWriter.open({ dir, durability: 'disk' })
  const payloads = Array.from({ length: 500 }, (_, i) => Buffer.from(`record ${i}`))
  const positions = await Promise.all(payloads.map((payload, i) => writer.append(i % 256, payload)))
  const reader = await JournalReader.open({ dir, from: undefined })
  const batch = await reader.next(ALL)
  expect(batch?.records).toEqual(
    payloads.map((payload, i) => ({ type: i % 256, payload, position: positions[i] })),
  )
  expect(await reader.next(ALL)).toBeUndefined()
  expect(await journalEnd(dir)).toEqual(batch?.to)
  await reader.close()
  await writer.close()
})

test('many appends share one sync', async () => {
  const writer = await JournalWriter.open({ dir, durability: 'disk' })
  const payload = Buffer.alloc(100)
  await Promise.all(Array.from({ length: 1000 }, () => writer.append(1, payload)))
  expect(writer.counters).toEqual({ records: 1000, bytes: 109_000, batches: 1, rejectedRecords: 0 })
  await writer.close()
})

test('the payload may be changed as soon as append has returned', async () => {
  const writer = await JournalWriter.open({ dir, durability: 'disk' })
  const payload = Buffer.from('before')
  const appended = writer.append(1, payload)
  payload.fill('x')
  await appended
  expect(await readAll()).toEqual(['before'])
  await writer.close()
})

test('a reader goes on from its checkpoint over segments and restarts of the writer', async () => {
  let from: Parameters<typeof JournalReader.open>[0]['from']
  const seen: string[] = []
  for (let life = 0; life < 3; life += 1) {
    const writer = await JournalWriter.open({ dir, durability: 'disk', segmentBytesMax: 64 })
    for (let i = 0; i < 10; i += 1) await writer.append(1, Buffer.from(`life ${life} record ${i}`))
    await writer.close()
    const reader = await JournalReader.open({ dir, from })
    for (let b = await reader.next(ALL); b !== undefined; b = await reader.next(ALL)) {
      seen.push(...b.records.map((record) => record.payload.toString()))
      from = b.to
    }
    await reader.close()
  }
  expect(seen).toEqual(
    [0, 1, 2].flatMap((life) => Array.from({ length: 10 }, (_, i) => `life ${life} record ${i}`)),
  )
  expect((await segmentFiles()).length).toBeGreaterThan(3)
})

test('a batch keeps the limits, but always holds a record, and readRange repeats it', async () => {
  const writer = await JournalWriter.open({ dir, durability: 'disk', segmentBytesMax: 400 })
  for (let i = 0; i < 30; i += 1) await writer.append(2, Buffer.alloc(i * 3, i))
  const reader = await JournalReader.open({ dir, from: undefined })
  const first = await reader.next({ recordsMax: 3, bytesMax: 1000 })
  expect(first?.records.length).toBe(3)
  const one = await reader.next({ recordsMax: 3, bytesMax: 1 })
  expect(one?.records.length).toBe(1)
  for (let b = await reader.next(ALL); b !== undefined; b = await reader.next(ALL)) {
    expect(await reader.readRange(b.from, b.to)).toEqual(b.records)
  }
  const everything = await reader.readRange(first?.from ?? fail(), await journalEnd(dir))
  expect(everything.map((record) => record.payload.length)).toEqual(
    Array.from({ length: 30 }, (_, i) => i * 3),
  )
  await reader.close()
  await writer.close()
})

test('a segment is left when it is full, and the largest record is taken whole', async () => {
  const writer = await JournalWriter.open({ dir, durability: 'os', segmentBytesMax: 1000 })
  const large = await writer.append(1, Buffer.alloc(RECORD_PAYLOAD_BYTES_MAX, 7))
  const next = await writer.append(1, Buffer.from('next'))
  expect(next.segment).toBe(large.segment + 1)
  await expect(writer.append(1, Buffer.alloc(RECORD_PAYLOAD_BYTES_MAX + 1))).rejects.toMatchObject({
    code: 'journal_record_too_large',
  })
  expect((await readAll()).map((text) => text.length)).toEqual([RECORD_PAYLOAD_BYTES_MAX, 4])
  await writer.close()
})

test('a torn tail is cut, and the next record goes to a new segment', async () => {
  const position = await writeOnce('kept')
  const [file = ''] = await segmentFiles()
  const whole = (await stat(join(dir, file))).size
  await appendFile(join(dir, file), Buffer.from([30, 0, 0, 0, 1, 2, 3, 4, 1, 65]))
  const next = await writeOnce('after the crash')
  expect((await stat(join(dir, file))).size).toBe(whole)
  expect(next.segment).toBe(position.segment + 1)
  expect(await readAll()).toEqual(['kept', 'after the crash'])
})

test('a reader waits before an incomplete record, and passes it once a newer segment exists', async () => {
  await writeOnce('kept')
  const [file = ''] = await segmentFiles()
  await appendFile(join(dir, file), Buffer.from([30, 0, 0, 0, 1]))
  const reader = await JournalReader.open({ dir, from: undefined })
  expect((await reader.next(ALL))?.records.length).toBe(1)
  expect(await reader.next(ALL)).toBeUndefined()
  expect(reader.skippedBytes).toBe(0)
  await writeFile(join(dir, '0000000000000007.seg'), '')
  expect(await reader.next(ALL)).toBeUndefined()
  expect(reader.skippedBytes).toBe(5)
  expect(await journalEnd(dir, reader.position)).toEqual({ segment: 7, offset: 0 })
  expect((await writeOnce('later')).segment).toBe(8)
  expect((await reader.next(ALL))?.records[0]?.payload.toString()).toBe('later')
  await reader.close()
})

test('a directory has one writer', async () => {
  const writer = await JournalWriter.open({ dir, durability: 'disk' })
  await expect(JournalWriter.open({ dir, durability: 'disk' })).rejects.toBeInstanceOf(JournalLockedError)
  await writer.close()
  await (await JournalWriter.open({ dir, durability: 'disk' })).close()
})

test('closing writes what waits, refuses what comes later, and may be repeated', async () => {
  const writer = await JournalWriter.open({ dir, durability: 'disk' })
  const appended = writer.append(1, Buffer.from('waiting'))
  const closed = writer.close()
  await expect(writer.append(1, Buffer.from('late'))).rejects.toMatchObject({ code: 'journal_closed' })
  await closed
  await writer.close()
  expect(await appended).toEqual({ segment: 1, offset: 0 })
  expect(await readAll()).toEqual(['waiting'])
})

test('more than the limit of waiting bytes is refused, and taken again when the disk has caught up', async () => {
  const writer = await JournalWriter.open({ dir, durability: 'disk', pendingBytesMax: 2000 })
  const payload = Buffer.alloc(500)
  const taken = [writer.append(1, payload), writer.append(1, payload)]
  await expect(writer.append(1, payload)).rejects.toBeInstanceOf(JournalOverloadedError)
  await Promise.all(taken)
  await writer.append(1, payload)
  expect(writer.counters).toMatchObject({ records: 3, rejectedRecords: 1 })
  await writer.close()
})

test('segments before a position are deleted, the newest never', async () => {
  const writer = await JournalWriter.open({ dir, durability: 'disk', segmentBytesMax: 10 })
  const positions = []
  for (let i = 0; i < 5; i += 1) positions.push(await writer.append(1, Buffer.from(`record ${i}`)))
  expect(await deleteSegmentsBefore(dir, positions[2] ?? fail())).toBe(2)
  expect(await readAll()).toEqual(['record 2', 'record 3', 'record 4'])
  expect(await deleteSegmentsBefore(dir, { segment: 99, offset: 0 })).toBe(2)
  await writer.close()
  expect((await writeOnce('next')).segment).toBe(6)
  expect(await readAll()).toEqual(['record 4', 'next'])
})

test('a range of a deleted segment and a checkpoint of another journal are errors, never silence', async () => {
  const position = await writeOnce('record')
  const reader = await JournalReader.open({ dir, from: { segment: 9, offset: 0 } })
  await expect(reader.next(ALL)).rejects.toBeInstanceOf(JournalPositionError)
  const range = reader.readRange({ segment: 9, offset: 0 }, { segment: 9, offset: 8 })
  await expect(range).rejects.toBeInstanceOf(JournalPositionError)
  await rm(join(dir, (await segmentFiles())[0] ?? ''))
  await expect(reader.readRange(position, position)).rejects.toBeInstanceOf(JournalPositionError)
  await reader.close()
})

test('a missing directory reads as an empty journal and is made by the writer', async () => {
  const nested = join(dir, 'a', 'b')
  const reader = await JournalReader.open({ dir: nested, from: undefined })
  expect(await reader.next(ALL)).toBeUndefined()
  const writer = await JournalWriter.open({ dir: nested, durability: 'disk' })
  await writer.append(1, Buffer.from('first'))
  expect((await reader.next(ALL))?.records[0]?.payload.toString()).toBe('first')
  await writer.close()
  await reader.close()
})

test('journals are the sub-directories that hold segments', async () => {
  await mkdir(join(dir, 'empty'))
  await writeFile(join(dir, 'a-file'), '')
  for (const name of ['edge-1', 'edge-0']) {
    const writer = await JournalWriter.open({ dir: join(dir, name), durability: 'os' })
    await writer.append(1, Buffer.from(name))
    await writer.close()
  }
  expect(await listJournals(dir)).toEqual([
    { name: 'edge-0', dir: join(dir, 'edge-0') },
    { name: 'edge-1', dir: join(dir, 'edge-1') },
  ])
  expect(await listJournals(join(dir, 'missing'))).toEqual([])
})

test('a file that lost its end costs only the records that lay there', async () => {
  await writeOnce('first')
  const [file = ''] = await segmentFiles()
  const firstEnd = (await stat(join(dir, file))).size
  await writeOnce('second')
  const last = (await segmentFiles()).at(-1) ?? ''
  await truncate(join(dir, last), 6)
  expect(await readAll()).toEqual(['first'])
  await writeOnce('third')
  expect(await readAll()).toEqual(['first', 'third'])
  expect(firstEnd).toBe(14)
})

test('positions are ordered by segment, then offset', () => {
  const ordered = [
    { segment: 1, offset: 5 },
    { segment: 2, offset: 0 },
    { segment: 2, offset: 9 },
  ]
  expect([...ordered].reverse().sort(comparePositions)).toEqual(ordered)
})

async function writeOnce(text: string) {
  const writer = await JournalWriter.open({ dir, durability: 'disk' })
  const position = await writer.append(1, Buffer.from(text))
  await writer.close()
  return position
}

async function readAll(): Promise<string[]> {
  const reader = await JournalReader.open({ dir, from: undefined })
  const texts: string[] = []
  for (let batch = await reader.next(ALL); batch !== undefined; batch = await reader.next(ALL)) {
    texts.push(...batch.records.map((record) => record.payload.toString()))
  }
  await reader.close()
  return texts
}

async function segmentFiles(): Promise<string[]> {
  return (await readdir(dir)).filter((name) => name.endsWith('.seg')).sort()
}

function fail(): never {
  throw new Error('missing')
}
