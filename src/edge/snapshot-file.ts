import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Where the edges of an installation keep the snapshot that they start from while core is away. */
export function snapshotPath(dataDir: string): string {
  return join(dataDir, 'edge', 'snapshot.json')
}

/**
 * The text of the snapshot on disk; undefined when there is none.
 * @throws when the file is there and cannot be read.
 */
export async function loadSnapshotFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
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
