import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react'
import type { AskedReport } from '../report-data.ts'
import { writePaths } from '../report-query.ts'
import { type TreeRow, toggled } from '../report-tree.ts'
import { setQuery } from '../router.tsx'
import { withPicked } from './report-row.tsx'

const PAGE_ROWS = 12

type RowKeys = {
  readonly rows: readonly TreeRow[]
  readonly asked: AskedReport
  readonly frame: RefObject<HTMLDivElement | null>
  readonly scrollTo: (index: number) => void
}

/** Arrows move from row to row, Enter opens and closes, Space chooses. */
export function useRowKeys({ rows, asked, frame, scrollTo }: RowKeys) {
  const [chosen, setActive] = useState(0)
  const active = Math.min(chosen, rows.length - 1)
  /** A row far away comes into the document only after the table has scrolled to it. */
  const wanted = useRef<number>(undefined)
  useEffect(() => {
    if (wanted.current === undefined) return
    const row = frame.current?.querySelector<HTMLElement>(`tr[data-index="${wanted.current}"]`)
    if (row === null || row === undefined) return
    wanted.current = undefined
    row.focus({ preventScroll: true })
  })
  const moveTo = (index: number) => {
    const next = Math.min(Math.max(index, 0), rows.length - 1)
    wanted.current = next
    setActive(next)
    scrollTo(next)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const row = rows[active]
    // Keys inside a row belong to what is focused there: a button, a box to tick.
    if (!(event.target instanceof HTMLTableRowElement) || row === undefined) return
    const run = actionOf(event.key, { row, active, rows, asked, moveTo })
    if (run === undefined) return
    event.preventDefault()
    run()
  }
  const onFocus = (event: { readonly target: EventTarget }) => {
    const index = event.target instanceof Element ? event.target.closest('tr')?.dataset.index : undefined
    if (index !== undefined) setActive(Number(index))
  }
  return { active, onKeyDown, onFocus }
}

type KeyContext = Pick<RowKeys, 'rows' | 'asked'> & {
  readonly row: TreeRow
  readonly active: number
  readonly moveTo: (index: number) => void
}

function actionOf(key: string, { row, active, rows, asked, moveTo }: KeyContext): (() => void) | undefined {
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + PAGE_ROWS,
    PageUp: active - PAGE_ROWS,
    Home: 0,
    End: rows.length - 1,
  }
  const target = moves[key]
  if (target !== undefined) return () => moveTo(target)
  if (row.kind !== 'values') return undefined
  const toggle = () => setQuery({ open: writePaths(toggled(asked.open, row.path)) })
  if (key === ' ') return () => setQuery({ pick: writePaths(withPicked(asked.picked, row.path)) })
  if (key === 'Enter') return row.canOpen ? toggle : undefined
  if (key === 'ArrowRight') return row.canOpen && !row.isOpen ? toggle : () => moveTo(active + 1)
  if (key !== 'ArrowLeft') return undefined
  if (row.isOpen) return toggle
  // Out of a group: to the row that it belongs to.
  const above = rows.slice(0, active).findLastIndex(({ depth }) => depth < row.depth)
  return above === -1 ? undefined : () => moveTo(above)
}
