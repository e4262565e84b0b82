import { JournalReader } from '../../src/journal/journal-reader.ts'

const READ = { recordsMax: 10_000, bytesMax: 16 * 1024 * 1024 }

/** The payloads of all records of a journal. */
export async function readPayloads(dir: string): Promise<Buffer[]> {
  const reader = await JournalReader.open({ dir, from: undefined })
  const payloads: Buffer[] = []
  try {
    for (let batch = await reader.next(READ); batch !== undefined; batch = await reader.next(READ)) {
      for (const record of batch.records) payloads.push(Buffer.from(record.payload))
    }
  } finally {
    await reader.close()
  }
  return payloads
}
