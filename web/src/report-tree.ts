import type { AskedReport, Level, ReportAnswer, ReportRow } from './report-data.ts'
import type { MetricValues } from './report-metrics.ts'
import type { Dimension } from './report-names.ts'
import { type Path, samePath } from './report-query.ts'

/** One line of the table. */
export type TreeRow = {
  readonly id: string
  readonly path: Path
  /** 0 for the outermost. */
  readonly depth: number
} & (
  | {
      readonly kind: 'values'
      /** What it is grouped by; several where the table is flat. */
      readonly groupBy: readonly Dimension[]
      readonly row: ReportRow
      /** The same of the compared period; undefined where nothing is compared, null where there was none. */
      readonly before: MetricValues | null | undefined
      readonly canOpen: boolean
      readonly isOpen: boolean
      readonly position: number
      readonly siblings: number
    }
  /** The children of an open row are on their way. */
  | { readonly kind: 'loading' }
  /** An open row has more children than are shown. */
  | { readonly kind: 'more'; readonly shown: number; readonly groups: number }
)

export type ValuesRow = Extract<TreeRow, { kind: 'values' }>

/** The rows of an answer in the order of the table. What is opened but not there yet shows that it is coming. */
export function toTreeRows({ asked, top, below }: ReportAnswer, open: readonly Path[]): readonly TreeRow[] {
  const levels = new Map(below.map((level) => [idOf(level.path), level]))
  const isOpen = new Set(open.map(idOf))
  const rows: TreeRow[] = []
  append(rows, top, { asked, levels, isOpen })
  return rows
}

type Tree = {
  readonly asked: AskedReport
  readonly levels: ReadonlyMap<string, Level>
  readonly isOpen: ReadonlySet<string>
}

function append(rows: TreeRow[], level: Level, tree: Tree): void {
  const { path: above, groupBy, before } = level
  const depth = above.length
  const canOpen = !tree.asked.isFlat && depth < tree.asked.groupBy.length - 1
  for (const [index, row] of level.rows.entries()) {
    const path = [...above, ...groupBy.map((dimension) => row.keys[dimension] ?? '')]
    const id = idOf(path)
    const isOpen = canOpen && tree.isOpen.has(id)
    rows.push({
      kind: 'values',
      id,
      path,
      depth,
      groupBy,
      row,
      canOpen,
      isOpen,
      before: before && (before.of(row) ?? null),
      position: index + 1,
      siblings: level.groups,
    })
    if (isOpen) appendChildren(rows, path, tree)
  }
}

function appendChildren(rows: TreeRow[], path: Path, tree: Tree): void {
  const children = tree.levels.get(idOf(path))
  const depth = path.length
  if (children === undefined) {
    rows.push({ kind: 'loading', id: `${idOf(path)} loading`, path, depth })
    return
  }
  append(rows, children, tree)
  const { rows: shown, groups } = children
  if (shown.length < groups) {
    rows.push({ kind: 'more', id: `${idOf(path)} more`, path, depth, shown: shown.length, groups })
  }
}

/** The open rows after one is opened or closed; what is open inside a closed one is closed with it. */
export function toggled(open: readonly Path[], path: Path): readonly Path[] {
  if (!open.some((other) => samePath(other, path))) return [...open, path]
  return open.filter((other) => !samePath(other.slice(0, path.length), path))
}

function idOf(path: Path): string {
  return JSON.stringify(path)
}
