import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { JournalReader } from '../../src/journal/journal-reader.ts'

const KILLS = 10
const SEGMENT_BYTES_MAX = 20_000
const ALL = { recordsMax: 1_000_000, bytesMax: 1_000_000 }

test('every record acknowledged before kill -9 is found, in order and once, however often it happens', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'trailpost-journal-kill-'))
  try {
    const acknowledged: string[] = []
    for (let life = 0; life < KILLS; life += 1) acknowledged.push(...(await liveAndDie(dir, life)))
    const found = await readAll(dir)
    const present = new Set(found)
    expect(acknowledged.filter((record) => !present.has(record))).toEqual([])
    expect(acknowledged.length).toBeGreaterThan(KILLS)
    // All of a life's records up to the last one on disk: nothing twice, nothing left out.
    expect(found).toEqual(expectedOrder(found))
  } finally {
    await rm(dir, { recursive: true })
  }
})

/** Starts a writer, kills it at some moment, and returns the records it had said were safe. */
async function liveAndDie(dir: string, life: number): Promise<readonly string[]> {
  const script = join(import.meta.dirname, 'journal-kill-child.ts')
  const child = spawn(process.execPath, [script, dir, String(life), String(SEGMENT_BYTES_MAX)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const closed = once(child, 'close')
  await Promise.race([once(child.stdout, 'data'), closed])
  await setTimeout(Math.random() * 200)
  child.kill('SIGKILL')
  const [, signal] = await closed
  assert.equal(signal, 'SIGKILL')
  const lines = output.split('\n')
  // What follows the last line end is the beginning of a number.
  return lines.slice(0, -1).map((n) => `${life} ${n}`)
}

async function readAll(dir: string): Promise<readonly string[]> {
  const reader = await JournalReader.open({ dir, from: undefined })
  const found: string[] = []
  for (let batch = await reader.next(ALL); batch !== undefined; batch = await reader.next(ALL)) {
    found.push(...batch.records.map((record) => record.payload.toString()))
  }
  await reader.close()
  return found
}

function expectedOrder(found: readonly string[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const record of found) {
    const life = record.split(' ')[0] ?? ''
    counts.set(life, (counts.get(life) ?? 0) + 1)
  }
  return [...counts].flatMap(([life, count]) => Array.from({ length: count }, (_, n) => `${life} ${n}`))
}
