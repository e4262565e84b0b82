import { Button, Checkbox, Skeleton } from '@mantine/core'
import { memo } from 'react'
import { formatCount } from '../format.ts'
import { type Path, SERIES_MAX, samePath, writePaths } from '../report-query.ts'
import type { TreeRow, ValuesRow } from '../report-tree.ts'
import { setQuery } from '../router.tsx'
import { explorerTexts as words } from '../texts-explorer.ts'
import type { ReportColumn } from './report-cells.tsx'
import classes from './report-table.module.css'

export type PlacedColumn = {
  readonly column: ReportColumn
  /** Where it stays while the others scroll; undefined for those. */
  readonly start: number | undefined
}

type RowProps = {
  readonly row: TreeRow
  readonly index: number
  readonly columns: readonly PlacedColumn[]
  /** The one row that the Tab key stops at. */
  readonly isActive: boolean
  readonly picked: readonly Path[]
  readonly nameOf: (row: ValuesRow) => string
  readonly onMore: (path: Path) => void
}

/** The head and the totals come before the first row. */
const ROWS_BEFORE = 2

/** One line of the table: values, or that more is coming or can be loaded. */
export const TableRow = memo(function TableRow(props: RowProps) {
  const { row, index, columns, isActive, picked, nameOf, onMore } = props
  const place = {
    className: classes.row,
    'data-index': index,
    'aria-rowindex': index + ROWS_BEFORE + 1,
    'aria-level': row.depth + 1,
    tabIndex: isActive ? 0 : -1,
  } as const
  if (row.kind !== 'values') {
    return (
      <tr {...place}>
        <td />
        <td colSpan={columns.length} style={{ paddingInlineStart: `calc(${row.depth + 1} * var(--indent))` }}>
          {row.kind === 'loading' ? (
            <Skeleton height={12} width={180} aria-label={words.table.loading} />
          ) : (
            <More row={row} onMore={onMore} />
          )}
        </td>
      </tr>
    )
  }
  const isPicked = picked.some((path) => samePath(path, row.path))
  const isFull = !isPicked && picked.length >= SERIES_MAX
  return (
    <tr
      {...place}
      {...(row.canOpen ? { 'aria-expanded': row.isOpen } : {})}
      aria-selected={isPicked}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      data-picked={isPicked || undefined}
    >
      <td data-pinned style={{ insetInlineStart: 0 }}>
        <Checkbox
          size="xs"
          aria-label={words.table.pick(nameOf(row))}
          checked={isPicked}
          disabled={isFull}
          title={isFull ? words.table.pickMost(SERIES_MAX) : undefined}
          onChange={() => setQuery({ pick: writePaths(withPicked(picked, row.path)) })}
          tabIndex={isActive ? 0 : -1}
        />
      </td>
      {columns.map(({ column, start }) => (
        <td
          key={column.id}
          data-numeric={column.isNumeric || undefined}
          data-pinned={start !== undefined || undefined}
          style={{ insetInlineStart: start }}
        >
          {column.cell(row, isActive ? 0 : -1)}
        </td>
      ))}
    </tr>
  )
})

function More({
  row,
  onMore,
}: {
  readonly row: Extract<TreeRow, { kind: 'more' }>
  readonly onMore: RowProps['onMore']
}) {
  return (
    <>
      {words.table.more(formatCount(row.shown), formatCount(row.groups))}{' '}
      <Button variant="subtle" size="compact-xs" onClick={() => onMore(row.path)}>
        {words.table.moreLoad}
      </Button>
    </>
  )
}

/** The chosen rows after one is chosen or not any more; never more than a chart draws. */
export function withPicked(picked: readonly Path[], path: Path): readonly Path[] {
  const others = picked.filter((other) => !samePath(other, path))
  return others.length < picked.length ? others : [...picked, path].slice(0, SERIES_MAX)
}
