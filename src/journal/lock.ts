import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { JournalLockedError } from './errors.ts'
import type { JournalLock } from './files.ts'

const LOCK_FILE = 'writer.lock'
const SQLITE_BUSY = 5

/**
 * Takes the directory for one writer, in this process or any other.
 *
 * Node has no flock, but SQLite's exclusive lock is the kernel's: it vanishes with its process however that dies.
 * So there is no stale lock to judge by a pid, which containers use again at once, and no race in taking one over.
 * The file stays empty: no data is ever kept in it, and locking needs no space on a full disk.
 * @throws JournalLockedError when another writer holds it
 */
export function lockDirectory(dir: string): JournalLock {
  const database = new DatabaseSync(join(dir, LOCK_FILE), { timeout: 0 })
  try {
    // The mode only keeps SQLite from putting a file of its own beside the lock.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    throw isBusy(error) ? new JournalLockedError(dir, error) : error
  }
  return {
    release: async () => {
      database.close()
    },
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}
