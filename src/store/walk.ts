import { type RawBuilder, type SqlBool, sql } from 'kysely'

/** A place in a table that is walked by (time, id), oldest first. */
export type Place = { readonly at: number; readonly id: string }

export const FIRST_PLACE: Place = { at: 0, id: '' }

/** A step of a walk through the rows of a workspace. */
export type WalkStep = {
  readonly workspace: string
  readonly after: Place
  /** Rows of this moment and later are left alone. */
  readonly before: number
  readonly limit: number
}

/** What a step of a walk did. */
export type Walked = {
  /** Rows that it changed, and what they got smaller by. */
  readonly rows: number
  readonly bytes: number
  /** Where the next step begins; undefined at the end. */
  readonly next: Place | undefined
}

/** The rows behind the place, as an index of (workspace, time, id) has them. */
export function walkedBy(atColumn: string, { after, before }: WalkStep): RawBuilder<SqlBool> {
  const place = sql.join([sql.ref(atColumn), sql.ref('id')])
  return sql<SqlBool>`(${place}) > (${after.at}, ${after.id}) and ${sql.ref(atColumn)} < ${before}`
}

/** @param last the last row that the step read; a step that read less than its limit was the last one. */
export function nextPlace(read: number, limit: number, last: Place | undefined): Place | undefined {
  return read < limit ? undefined : last
}
