import { type FileHandle, mkdir, open, readdir, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isNoDirectory } from './errors.ts'
import type { JournalFile, JournalFiles } from './files.ts'
import { lockDirectory } from './lock.ts'

/** The operating system's files. */
export const nodeFiles: JournalFiles = {
  makeDir: makeDirDurably,
  list: async (dir) => {
    try {
      return await readdir(dir)
    } catch (error) {
      if (isNoDirectory(error)) return []
      throw error
    }
  },
  create: async (path) => toJournalFile(await open(path, 'wx')),
  open: async (path, access) => toJournalFile(await open(path, access === 'read' ? 'r' : 'r+')),
  remove: unlink,
  syncDir,
  lock: async (dir) => lockDirectory(dir),
}

function toJournalFile(handle: FileHandle): JournalFile {
  return {
    write: async (bytes, offset, length, position) =>
      (await handle.write(bytes, offset, length, position)).bytesWritten,
    read: async (target, offset, length, position) =>
      (await handle.read(target, offset, length, position)).bytesRead,
    size: async () => (await handle.stat()).size,
    truncate: (length) => handle.truncate(length),
    sync: () => handle.datasync(),
    close: () => handle.close(),
  }
}

/** A new directory is only as durable as its entry in the parent, so every parent of a new one is synced. */
async function makeDirDurably(dir: string): Promise<void> {
  const firstMade = await mkdir(dir, { recursive: true })
  if (firstMade === undefined) return
  for (let made = dir; made.length >= firstMade.length; made = dirname(made)) await syncDir(dirname(made))
}

async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
