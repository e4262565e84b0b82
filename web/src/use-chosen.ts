import { useState } from 'react'

const NONE: ReadonlySet<string> = new Set()

/**
 * The ids of the rows that somebody has ticked.
 * @param list what the rows are shown of: of another list, or through another filter, nothing is chosen.
 */
export function useChosen(list: string) {
  const [kept, setKept] = useState({ list, ids: NONE })
  const chosen = kept.list === list ? kept.ids : NONE
  const choose = (ids: ReadonlySet<string>) => setKept({ list, ids })
  return { chosen, choose, clear: () => choose(NONE) }
}
