import type { HitParamList } from './hit-dialect.ts'

/** Our name → the system's names for it, the first that has a value counts. All in lower case. */
export type NameTable = Readonly<Record<string, readonly string[]>>

/** Names that mean something else in the system than in a hit of ours. Lower case. */
type RenameOptions = { readonly foreign?: ReadonlySet<string>; readonly system: string }

/**
 * Puts parameters under our names, which come first; names ignore case. What is not in the table stays as sent, so
 * that a moved URL can be given our own parameters. A name of `foreign` is kept as `system.name`: Prosper202's
 * `cid`, for instance, is a campaign and must not be read as a click id.
 */
export function renameParams(params: HitParamList, table: NameTable, options: RenameOptions): HitParamList {
  const { foreign, system } = options
  const renamed: [string, string][] = []
  const taken = new Set<string>()
  for (const [ours, theirs] of Object.entries(table)) {
    for (const name of theirs) taken.add(name)
    const value = firstFilled(params, theirs)
    if (value !== '') renamed.push([ours, value])
  }
  for (const [name, value] of params) {
    const lower = name.toLowerCase()
    if (taken.has(lower)) continue
    renamed.push([foreign?.has(lower) === true ? `${system}.${lower}` : name, value])
  }
  return renamed
}

/** The first value that is not empty, of the first name that has one; '' for none. Names ignore case. */
export function firstFilled(params: HitParamList, names: readonly string[]): string {
  for (const wanted of names) {
    const found = params.find(([name, value]) => value.trim() !== '' && name.toLowerCase() === wanted)
    if (found !== undefined) return found[1]
  }
  return ''
}

/** sub1…sub10 ← `{PREFIX}1`…`{PREFIX}10`. */
export function subNames(prefix: string): NameTable {
  return Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`sub${n + 1}`, [`${prefix}${n + 1}`]]))
}
