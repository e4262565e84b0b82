import { JournalWriter } from '../../src/journal/journal-writer.ts'

/**
 * Appends records "<life> <n>" to the journal as fast as it goes and prints each number once it is acknowledged,
 * until it is killed. Run by journal-kill.test.ts.
 */
const [dir = '', life = '', segmentBytesMax = ''] = process.argv.slice(2)
const CONCURRENT_APPENDS = 64

const writer = await JournalWriter.open({ dir, durability: 'disk', segmentBytesMax: Number(segmentBytesMax) })
let next = 0

async function appendForever(): Promise<void> {
  for (;;) {
    const n = next
    next += 1
    await writer.append(n & 0xff, Buffer.from(`${life} ${n}`))
    process.stdout.write(`${n}\n`)
  }
}

await Promise.all(Array.from({ length: CONCURRENT_APPENDS }, appendForever))
