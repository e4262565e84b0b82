/** In place of what a person may have been named by. */
export const ERASED_MARK = '(erased)'

/** What is erased. */
export type ErasedClick = {
  readonly workspace: string
  readonly clickId: string
  /**
   * The visit is the workspace's. Then so are hits that name it and of which no workspace could be told: nobody else
   * could know its id. Whoever sends a hit to a workspace may name any click id in it, so that a hit is no proof.
   */
  readonly isOwnVisit: boolean
}

export type Part = ErasedClick & {
  /** The one conversion that is erased, of those without a click; '' for all of a click id. */
  readonly conversionId: string
  readonly now: number
  /** Id of the row before the first; '' at the beginning. */
  readonly after: string
  readonly limit: number
}
export type Done = { readonly read: number; readonly changed: number; readonly last: string }

export function toDone(rows: readonly { readonly id: string }[], changed: number): Done {
  return { read: rows.length, changed, last: rows.at(-1)?.id ?? '' }
}
