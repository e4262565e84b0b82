import { Anchor, Checkbox, Table, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './data-table.module.css'
import { Icon } from './icon.tsx'

export type Column<Row> = {
  readonly key: string
  readonly header: ReactNode
  /** Numbers stand right, under each other. */
  readonly numeric?: boolean
  readonly cell: (row: Row) => ReactNode
  /** Of all rows, also of those that are not shown. */
  readonly total?: ReactNode
  /** The rows come sorted by it already, from whoever asked for them so. */
  readonly sorted?: 'ascending' | 'descending' | undefined
  /** What its rows are sorted by; cells of plain text or numbers need none. */
  readonly sortBy?: (row: Row) => string | number
}

type DataTableProps<Row> = {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  /** Where a row leads; its first cell becomes the link and the whole row is its target. */
  readonly href?: (row: Row) => string | undefined
  /** Rows can be chosen, by their keys. */
  readonly selection?: Selection<Row> | undefined
  /** Rows can be sorted by the headers; only where all rows are there. */
  readonly sorting?: Sorting | undefined
}

export type Sorting = {
  /** Key of a column; `-` before it sorts from the end. Undefined: as the rows come. */
  readonly by: string | undefined
  readonly onChange: (by: string | undefined) => void
}

const COLUMN_WIDTH_MIN = 112
/** Narrower than this a table of many columns scrolls sideways in its frame. */
const TABLE_WIDTH_MIN = 560

export type Selection<Row> = {
  readonly chosen: ReadonlySet<string>
  readonly onChange: (chosen: ReadonlySet<string>) => void
  readonly allLabel: string
  /** Says which row it is to who does not see it. */
  readonly rowLabel: (row: Row) => string
}

/** Rows of one kind of thing. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, href, selection, sorting } = props
  const minWidth = Math.min(TABLE_WIDTH_MIN, columns.length * COLUMN_WIDTH_MIN)
  return (
    <Table.ScrollContainer
      type="native"
      minWidth={minWidth}
      className={classes.frame}
      // Without anything inside to go to, the arrow keys could not scroll it.
      {...(href === undefined && { tabIndex: 0, role: 'group', 'aria-label': label })}
    >
      <Table stickyHeader className={classes.table} aria-label={label} highlightOnHover={href !== undefined}>
        <Table.Thead>
          <Table.Tr>
            {selection && <SelectAll {...selection} keys={rows.map(rowKey)} />}
            {columns.map((column) => (
              <Header key={column.key} column={column} rows={rows} sorting={sorting} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {columns.some((column) => column.total !== undefined) && (
            <Table.Tr className={classes.total}>
              {selection && <Table.Td />}
              {columns.map((column) => (
                <Table.Td key={column.key} data-numeric={column.numeric}>
                  {column.total}
                </Table.Td>
              ))}
            </Table.Tr>
          )}
          {sorted(rows, columns, sorting?.by).map((row) => (
            <Row
              key={rowKey(row)}
              row={row}
              columns={columns}
              href={href?.(row)}
              select={
                selection && <SelectRow {...selection} label={selection.rowLabel(row)} rowKey={rowKey(row)} />
              }
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

type HeaderProps<Row> = {
  readonly column: Column<Row>
  readonly rows: readonly Row[]
  readonly sorting: Sorting | undefined
}

function Header<Row>({ column, rows, sorting }: HeaderProps<Row>) {
  const { key, header, numeric } = column
  const first = rows[0]
  if (sorting === undefined || first === undefined || sortValue(column, first) === undefined) {
    return (
      <Table.Th data-numeric={numeric} aria-sort={column.sorted}>
        {header}
      </Table.Th>
    )
  }
  const { by, onChange } = sorting
  const direction = by === key ? 'ascending' : by === `-${key}` ? 'descending' : undefined
  const next = { ascending: `-${key}`, descending: undefined }
  return (
    <Table.Th data-numeric={numeric} aria-sort={direction ?? 'none'}>
      <UnstyledButton
        className={classes.sort}
        onClick={() => onChange(direction === undefined ? key : next[direction])}
      >
        {header}
        <span className={classes.direction} data-shown={direction !== undefined}>
          <Icon name={direction === 'descending' ? 'down' : 'up'} size={11} />
        </span>
      </UnstyledButton>
    </Table.Th>
  )
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], by: string | undefined) {
  const descending = by?.startsWith('-') ?? false
  const column = columns.find(({ key }) => key === (descending ? by?.slice(1) : by))
  if (column === undefined) return rows
  const values = new Map(rows.map((row) => [row, sortValue(column, row) ?? '']))
  return rows.toSorted((a, b) => compare(values.get(a), values.get(b)) * (descending ? -1 : 1))
}

function compare(a: string | number = '', b: string | number = ''): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b))
}

/** Undefined for a cell that is a picture of something: a badge, a button. */
function sortValue<Row>({ sortBy, cell }: Column<Row>, row: Row): string | number | undefined {
  if (sortBy !== undefined) return sortBy(row)
  const shown = cell(row)
  return typeof shown === 'string' || typeof shown === 'number' ? shown : undefined
}

type RowProps<Item> = {
  readonly row: Item
  readonly columns: readonly Column<Item>[]
  readonly href: string | undefined
  readonly select: ReactNode
}

type SelectAllProps = Omit<Selection<never>, 'rowLabel'> & { readonly keys: readonly string[] }

function SelectAll({ chosen, onChange, allLabel, keys }: SelectAllProps) {
  const count = keys.filter((key) => chosen.has(key)).length
  return (
    <Table.Th className={classes.select}>
      <Checkbox
        size="xs"
        aria-label={allLabel}
        checked={count > 0 && count === keys.length}
        indeterminate={count > 0 && count < keys.length}
        onChange={() => onChange(new Set(count === keys.length ? [] : keys))}
      />
    </Table.Th>
  )
}

type SelectRowProps = Pick<Selection<never>, 'chosen' | 'onChange'> & {
  readonly label: string
  readonly rowKey: string
}

function SelectRow({ chosen, onChange, label, rowKey }: SelectRowProps) {
  const toggle = () => {
    const next = new Set(chosen)
    if (!next.delete(rowKey)) next.add(rowKey)
    onChange(next)
  }
  return (
    <Table.Td className={classes.select}>
      <Checkbox size="xs" aria-label={label} checked={chosen.has(rowKey)} onChange={toggle} />
    </Table.Td>
  )
}

function Row<Item>({ row, columns, href, select }: RowProps<Item>) {
  return (
    <Table.Tr className={href && classes.linked}>
      {select}
      {columns.map((column, index) => (
        <Table.Td key={column.key} data-numeric={column.numeric}>
          {index === 0 && href !== undefined ? (
            <Anchor href={href} className={classes.link}>
              {column.cell(row)}
            </Anchor>
          ) : (
            column.cell(row)
          )}
        </Table.Td>
      ))}
    </Table.Tr>
  )
}
