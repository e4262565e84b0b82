import { UnstyledButton } from '@mantine/core'
import type { Header } from '@tanstack/react-table'
import type { KeyboardEvent } from 'react'
import type { AskedReport } from '../report-data.ts'
import type { TreeRow } from '../report-tree.ts'
import { setQuery } from '../router.tsx'
import { explorerTexts as words } from '../texts-explorer.ts'
import { Icon } from './icon.tsx'
import type { ReportColumn } from './report-cells.tsx'
import classes from './report-table.module.css'
import type { reportFeatures } from './report-table-model.ts'

const WIDTH_STEP = 16

export type HeadCellProps = {
  readonly header: Header<typeof reportFeatures, TreeRow>
  readonly column: ReportColumn
  readonly sort: AskedReport['sort']
  readonly start: number | undefined
  readonly onWidth: (id: string, width: number) => void
}

/** A column's name, which sorts, and its edge, which can be dragged. */
export function HeadCell({ header, column, sort, start, onWidth }: HeadCellProps) {
  const isSorted = column.sortBy !== undefined && sort.by === column.sortBy
  const resizeByKey = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? WIDTH_STEP : event.key === 'ArrowLeft' ? -WIDTH_STEP : 0
    if (!event.shiftKey || by === 0) return
    event.preventDefault()
    onWidth(column.id, header.getSize() + by)
  }
  return (
    <th
      scope="col"
      data-numeric={column.isNumeric || undefined}
      data-pinned={start !== undefined || undefined}
      style={{ insetInlineStart: start }}
      aria-sort={isSorted ? `${sort.direction}ending` : undefined}
    >
      {column.sortBy === undefined ? (
        <span title={column.hint}>{column.label}</span>
      ) : (
        <UnstyledButton
          className={classes.sort}
          data-sorted={isSorted || undefined}
          title={words.table.resize(column.hint || column.label)}
          onKeyDown={resizeByKey}
          onClick={() => setQuery(sortBy(column.sortBy ?? '', sort))}
        >
          <span className={classes.cut}>{column.label}</span>
          {isSorted && <Icon name={sort.direction === 'asc' ? 'up' : 'down'} size={11} />}
        </UnstyledButton>
      )}
      {/* The keyboard changes widths at the name: the edge would be one more stop for each column. */}
      <span
        className={classes.edge}
        aria-hidden="true"
        data-dragged={header.column.getIsResizing() || undefined}
        onMouseDown={header.getResizeHandler()}
        onTouchStart={header.getResizeHandler()}
      />
    </th>
  )
}

/** Highest first; a second press turns the order round. */
function sortBy(by: string, sort: AskedReport['sort']) {
  const turned = sort.direction === 'desc' ? 'asc' : 'desc'
  return { sort: by, dir: sort.by === by ? turned : 'desc' }
}
