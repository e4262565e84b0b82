import type { Query } from '../query.ts'

/** The first value under a name, whatever its case; '' when absent. @param wanted in lower case. */
export function paramValue(query: Query, wanted: string): string {
  const at = query.names.findIndex((name) => name.toLowerCase() === wanted)
  return query.values[at] ?? ''
}
