import { type RawBuilder, sql } from 'kysely'
import type { SqlEngine } from './open-store.ts'

/**
 * A member of the object in a column of JSON text, as text; null when it is absent or null. The engines have no
 * operator in common for it.
 * @param column is qualified where others are joined.
 */
export function jsonText(engine: SqlEngine, column: string, name: string): RawBuilder<string | null> {
  return engine === 'sqlite'
    ? sql<string | null>`json_extract(${sql.ref(column)}, ${sql.lit(`$.${name}`)})`
    : sql<string | null>`((${sql.ref(column)})::jsonb ->> ${sql.lit(name)})`
}

/** `text` as a part of a LIKE pattern that has `escape '\'`. */
export function likePart(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
