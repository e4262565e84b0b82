import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Snapshot } from '../domain/snapshot.ts'
import { parseSnapshot } from './snapshot-schema.ts'

/** Where the edges of an installation keep the snapshot that they start from while core is away. */
export function snapshotPath(dataDir: string): string {
  return join(dataDir, 'edge', 'snapshot.json')
}

/**
 * The snapshot on disk; undefined when there is none.
 * @throws when the file is there and cannot be read as a snapshot.
 */
export async function loadSnapshotFile(path: string): Promise<Snapshot | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  return parseSnapshot(text)
}

/**
 * Replaces the snapshot on disk as a whole: a reader sees the old one or the new one. Every edge writes it and
 * each has a draft of its own; should an older version win the race, the next start asks core and mends it.
 * @throws when the disk refuses.
 */
export async function saveSnapshotFile(path: string, text: string, writer: string): Promise<void> {
  const draft = `${path}.${writer}.draft`
  await mkdir(dirname(path), { recursive: true })
  try {
    const file = await open(draft, 'w')
    try {
      await file.writeFile(text)
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}
