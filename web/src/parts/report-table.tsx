import { Progress, VisuallyHidden } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useEffect, useId, useMemo, useRef } from 'react'
import type { AskedReport } from '../report-data.ts'
import type { Path } from '../report-query.ts'
import type { TreeRow, ValuesRow } from '../report-tree.ts'
import { texts } from '../texts.ts'
import { explorerTexts as words } from '../texts-explorer.ts'
import type { ReportColumn } from './report-cells.tsx'
import { HeadCell, type HeadCellProps } from './report-head.tsx'
import { type PlacedColumn, TableRow } from './report-row.tsx'
import { useRowKeys } from './report-row-keys.ts'
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

/**
 * Groups by metrics with the totals on top. Only the rows in sight are in the document, however many there are; the
 * head, the totals and the names stay in sight.
 */
export function ReportTable(props: ReportTableProps) {
  const { asked, rows, columns, isTall, isOld, nameOf, onMore } = props
  const { table, setWidth } = useReportTable(columns, rows)
  const frame = useRef<HTMLDivElement>(null)
  const { indexes, above, under, scrollTo } = useRowsInSight(frame, rows.length, isTall)
  const { active, onKeyDown, onFocus } = useRowKeys({ rows, asked, frame, scrollTo })
  const headers = table.getHeaderGroups()[0]?.headers ?? []
  const placed = usePlaced(columns, table.getColumn(columns[0]?.id ?? '')?.getStart('start') ?? 0)
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
          <Head headers={headers} columns={placed} sort={asked.sort} onWidth={setWidth} />
          <tbody>
            <Totals columns={placed} />
            <Space height={above} />
            {indexes.map((index) => {
              const row = rows[index]
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

/** Which rows are in the document, and how much room those above and under them take. */
function useRowsInSight(frame: RefObject<HTMLDivElement | null>, count: number, isTall: boolean) {
  const rowPx = isTall ? TALL_ROW_PX : ROW_PX
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => frame.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN,
    scrollMargin: HEAD_PX + rowPx,
    scrollPaddingStart: HEAD_PX + rowPx,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another height stand elsewhere
  useEffect(() => virtualizer.measure(), [rowPx])
  const indexes = virtualizer.getVirtualItems().map(({ index }) => index)
  return {
    indexes,
    above: (indexes[0] ?? 0) * rowPx,
    under: (count - 1 - (indexes.at(-1) ?? -1)) * rowPx,
    scrollTo: (index: number) => virtualizer.scrollToIndex(index),
  }
}

/** The first grouping stays in sight. The same array while nothing moves: rows are not drawn anew by scrolling. */
function usePlaced(columns: readonly ReportColumn[], start: number): readonly PlacedColumn[] {
  return useMemo(
    () => columns.map((column, index) => ({ column, start: index === 0 ? start : undefined })),
    [columns, start],
  )
}

type HeadProps = {
  readonly headers: readonly HeadCellProps['header'][]
  readonly columns: readonly PlacedColumn[]
  readonly sort: AskedReport['sort']
  readonly onWidth: HeadCellProps['onWidth']
}

/** Widths and names of the columns, after that of the checkboxes. */
function Head({ headers, columns, sort, onWidth }: HeadProps) {
  return (
    <>
      <colgroup>
        {headers.map((header, index) => (
          // The names take what the others leave.
          <col key={header.id} style={index === 1 ? {} : { width: header.getSize() }} />
        ))}
      </colgroup>
      <thead>
        <tr aria-rowindex={1}>
          <th data-pinned style={{ insetInlineStart: 0 }} aria-label={words.table.picks} />
          {columns.map(({ column, start }) => {
            const header = headers.find(({ id }) => id === column.id)
            return header && <HeadCell key={column.id} {...{ header, column, start, sort, onWidth }} />
          })}
        </tr>
      </thead>
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
