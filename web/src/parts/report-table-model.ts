import { useLocalStorage, useMediaQuery } from '@mantine/hooks'
import {
  columnPinningFeature,
  columnResizingFeature,
  columnSizingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useCallback, useMemo } from 'react'
import type { TreeRow } from '../report-tree.ts'
import type { ReportColumn } from './report-cells.tsx'

/** What the table's model does: widths, and columns that stay while the others scroll. */
export const reportFeatures = tableFeatures({
  columnSizingFeature,
  columnResizingFeature,
  columnPinningFeature,
})

/** The column of the checkboxes. */
const PICK = 'pick'
const PICK_WIDTH = 40
const WIDTH_MIN = 64
const WIDTH_MAX = 640
/** The names stay in sight: on a phone they must leave room for numbers. */
const NARROW = '(max-width: 36em)'
const NARROW_NAMES_MAX = 132
const WIDTHS_KEY = 'trailpost:report-widths'

/** The columns with the widths that somebody gave them in this browser, and the rows. */
export function useReportTable(columns: readonly ReportColumn[], rows: readonly TreeRow[]) {
  const [widths, setWidths] = useLocalStorage<Record<string, number>>({
    key: WIDTHS_KEY,
    defaultValue: {},
    getInitialValueInEffect: false,
  })
  const isNarrow = useMediaQuery(NARROW, false, { getInitialValueInEffect: false })
  const definitions = useMemo(
    () => [
      { id: PICK, size: PICK_WIDTH, enableResizing: false },
      ...columns.map(({ id, width }) => ({ id, size: width, minSize: WIDTH_MIN, maxSize: WIDTH_MAX })),
    ],
    [columns],
  )
  const first = columns[0]?.id ?? ''
  const names = Math.min(widths[first] ?? NARROW_NAMES_MAX, NARROW_NAMES_MAX)
  const columnSizing = isNarrow ? { ...widths, [first]: names } : widths
  const table = useTable({
    features: reportFeatures,
    columns: definitions,
    data: rows,
    getRowId: (row: TreeRow) => row.id,
    columnResizeMode: 'onChange',
    state: { columnSizing, columnPinning: { start: [PICK, first], end: [] } },
    onColumnSizingChange: setWidths,
  })
  const setWidth = useCallback(
    (id: string, width: number) =>
      setWidths((before) => ({ ...before, [id]: Math.min(Math.max(width, WIDTH_MIN), WIDTH_MAX) })),
    [setWidths],
  )
  return { table, setWidth }
}
