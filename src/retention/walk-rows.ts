import type { Db } from '../store/transaction.ts'
import { FIRST_PLACE, type Place, type Walked, type WalkStep } from '../store/walk.ts'
import { loadCursor, saveCursor } from '../store/work-cursors.ts'
import { RETENTION_LIMITS } from './retention-limits.ts'
import { count, inStep, type RetentionOptions } from './retention-run.ts'

export type Walk = {
  readonly workspace: string
  /** For the log, and the name of its cursor. */
  readonly kind: string
  /** Rows before are done, Unix milliseconds; 0 for none. */
  readonly before: number
  /** When it changes, the walk begins anew. */
  readonly version: string
  readonly work: (db: Db, step: WalkStep) => Promise<Walked>
}

type Cursor = { readonly version: string; readonly place: Place }

/**
 * Walks through the rows of a workspace that have reached an age, oldest first, in short transactions. The next walk
 * begins a few days before the end of this one, because rows may come late: a hit that lay in a journal has its old time.
 */
export async function walkRows(options: RetentionOptions, walk: Walk): Promise<void> {
  if (walk.before <= 0) return
  const { workspace, before, version } = walk
  const name = cursorName(walk)
  let place = await startOf(options, walk)
  let rows = 0
  for (;;) {
    const walked: Walked = await inStep(options, async (db) => {
      const done = await walk.work(db, {
        workspace,
        after: place,
        before,
        limit: RETENTION_LIMITS.stepRowsMax,
      })
      await saveCursor(db, name, JSON.stringify({ version, place: done.next ?? endOf(walk) }))
      return done
    })
    rows += walked.rows
    if (walked.next === undefined) break
    place = walked.next
  }
  count(options, workspace, walk.kind, rows)
}

function cursorName({ workspace, kind }: Pick<Walk, 'workspace' | 'kind'>): string {
  return `retention/${kind}/${workspace}`
}

async function startOf({ store }: RetentionOptions, walk: Walk): Promise<Place> {
  const text = await loadCursor(store.db, cursorName(walk))
  const cursor: Cursor | undefined = text === undefined ? undefined : JSON.parse(text)
  return cursor?.version === walk.version ? cursor.place : FIRST_PLACE
}

function endOf({ before }: Walk): Place {
  return { at: Math.max(0, before - RETENTION_LIMITS.overlapMs), id: '' }
}
