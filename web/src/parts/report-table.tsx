import { Progress, VisuallyHidden } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import type { AskedReport } from '../report-data.ts'
import { type Path, writePaths } from '../report-query.ts'
import { type TreeRow, toggled, type ValuesRow } from '../report-tree.ts'
import { setQuery } from '../router.tsx'
import { texts } from '../texts.ts'
import { explorerTexts as words } from '../texts-explorer.ts'
import type { ReportColumn } from './report-cells.tsx'
import { HeadCell } from './report-head.tsx'
import { type PlacedColumn, TableRow, withPicked } from './report-row.tsx'
import classes from './report-table.module.css'
import { useReportTable } from './report-table-model.ts'

type ReportTableProps = {
  readonly asked: AskedReport
  readonly rows: readonly TreeRow[]
  readonly columns: readonly ReportColumn[]
  /** Rows of two lines: values with what they were before, or a verdict with its interval. */
  readonly isTall: boolean
  /** Another answer is on its way. */
  readonly isOld: boolean
  readonly nameOf: (row: ValuesRow) => string
  readonly onMore: (path: Path) => void
}

/** As in the style sheet: all rows are equally high, so that any of 50,000 is found without measuring. */
const ROW_PX = 37
const TALL_ROW_PX = 54
const HEAD_PX = 35
/** Rows beyond the edge, ready before they are scrolled to. */
const OVERSCAN = 8
const PAGE_ROWS = 12

/**
 * Groups by metrics with the totals on top. Only the rows in sight are in the document, however many there are; the
 * head, the totals and the names stay in sight.
 */
export function ReportTable(props: ReportTableProps) {
  const { asked, rows, columns, isTall, isOld, nameOf, onMore } = props
  const { table, setWidth } = useReportTable(columns, rows)
  const frame = useRef<HTMLDivElement>(null)
  const rowPx = isTall ? TALL_ROW_PX : ROW_PX
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN,
    scrollMargin: HEAD_PX + rowPx,
    scrollPaddingStart: HEAD_PX + rowPx,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another height stand elsewhere
  useEffect(() => virtualizer.measure(), [rowPx])
  const { active, onKeyDown, onFocus } = useRowKeys({
    rows,
    asked,
    frame,
    scrollTo: (index) => virtualizer.scrollToIndex(index),
  })
  const [headers] = table.getHeaderGroups()
  const placed = placeColumns(columns, (id) => table.getColumn(id)?.getStart('start') ?? 0)
  const items = virtualizer.getVirtualItems()
  const above = (items[0]?.index ?? 0) * rowPx
  const under = (rows.length - 1 - (items.at(-1)?.index ?? -1)) * rowPx
  const keysId = useId()
  return (
    <>
      <VisuallyHidden id={keysId}>{words.table.keys}</VisuallyHidden>
      {isOld && <Updating />}
      <div
        ref={frame}
        className={classes.frame}
        data-tall={isTall || undefined}
        data-old={isOld || undefined}
      >
        <table
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose rows open is a tree grid
          role="treegrid"
          className={classes.table}
          style={{ width: table.getTotalSize() }}
          aria-label={texts.report.title}
          aria-describedby={keysId}
          aria-rowcount={rows.length + 2}
          aria-multiselectable
          onKeyDown={onKeyDown}
          onFocus={onFocus}
        >
          <colgroup>
            {headers?.headers.map((header, index) => (
              // The names take what the others leave.
              <col key={header.id} style={index === 1 ? {} : { width: header.getSize() }} />
            ))}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              <th data-pinned style={{ insetInlineStart: 0 }} aria-label={words.table.picks} />
              {placed.map(({ column, start }) => {
                const header = headers?.headers.find(({ id }) => id === column.id)
                return (
                  header && (
                    <HeadCell
                      key={column.id}
                      {...{ header, column, start }}
                      sort={asked.sort}
                      onWidth={setWidth}
                    />
                  )
                )
              })}
            </tr>
          </thead>
          <tbody>
            <Totals columns={placed} />
            <Space height={above} />
            {items.map(({ index }) => {
              const row = table.getRowModel().rows[index]?.original
              return (
                row && (
                  <TableRow
                    key={row.id}
                    {...{ row, index, nameOf, onMore }}
                    columns={placed}
                    isActive={index === active}
                    picked={asked.picked}
                  />
                )
              )
            })}
            <Space height={under} />
          </tbody>
        </table>
      </div>
    </>
  )
}

/** A former answer is shown: says so once that takes long enough to be noticed. */
function Updating() {
  return (
    <div className={classes.updating} role="status">
      <Progress value={100} size={3} animated aria-label={words.table.updating} />
    </div>
  )
}

/** The first grouping stays in sight. */
function placeColumns(
  columns: readonly ReportColumn[],
  startOf: (id: string) => number,
): readonly PlacedColumn[] {
  return columns.map((column, index) => ({ column, start: index === 0 ? startOf(column.id) : undefined }))
}

function Totals({ columns }: { readonly columns: readonly PlacedColumn[] }) {
  return (
    <tr className={classes.total} aria-rowindex={2}>
      <td data-pinned style={{ insetInlineStart: 0 }} />
      {columns.map(({ column, start }) => (
        <td
          key={column.id}
          data-numeric={column.isNumeric || undefined}
          data-pinned={start !== undefined || undefined}
          style={{ insetInlineStart: start }}
        >
          {column.total}
        </td>
      ))}
    </tr>
  )
}

/** Stands for the rows that are not in the document. */
function Space({ height }: { readonly height: number }) {
  return height === 0 ? null : (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it can take the focus
    <tr className={classes.space} aria-hidden="true">
      <td style={{ height }} />
    </tr>
  )
}

type RowKeys = {
  readonly rows: readonly TreeRow[]
  readonly asked: AskedReport
  readonly frame: React.RefObject<HTMLDivElement | null>
  readonly scrollTo: (index: number) => void
}

/** Arrows move from row to row, Enter opens and closes, Space chooses. */
function useRowKeys({ rows, asked, frame, scrollTo }: RowKeys) {
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
