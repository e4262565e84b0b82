/**
 * What the journal asks of a file system. The product runs on node-files.ts; the crash tests run on a simulated
 * disk that fails, fills up or loses power at any of these steps.
 */
export type JournalFiles = {
  /** Makes the directory and its missing parents, durably. */
  makeDir(dir: string): Promise<void>
  /** Names in the directory; empty when there is no such directory. */
  list(dir: string): Promise<readonly string[]>
  /** Creates a file that must not exist, for writing. Durable only after syncDir. */
  create(path: string): Promise<JournalFile>
  /** Opens an existing file; rejects with ENOENT when there is none. */
  open(path: string, access: 'read' | 'write'): Promise<JournalFile>
  remove(path: string): Promise<void>
  /** Makes creations and removals in the directory durable. */
  syncDir(dir: string): Promise<void>
  /** Takes the directory for one writer. @throws JournalLockedError */
  lock(dir: string): Promise<JournalLock>
}

export type JournalFile = {
  /** Like pwrite: writes bytes[offset, offset + length) at the position; may write fewer, and says how many. */
  write(bytes: Buffer, offset: number, length: number, position: number): Promise<number>
  /** Like pread: fills target from the position; may read fewer, and says how many (0 at the end). */
  read(target: Buffer, offset: number, length: number, position: number): Promise<number>
  size(): Promise<number>
  truncate(length: number): Promise<void>
  /** fdatasync: data and size are durable when it resolves. After a failure nothing is known of un-synced data. */
  sync(): Promise<void>
  close(): Promise<void>
}

export type JournalLock = { release(): Promise<void> }
