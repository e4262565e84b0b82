import { Anchor, Checkbox, Table } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './data-table.module.css'

export type Column<Row> = {
  readonly key: string
  readonly header: ReactNode
  /** Numbers stand right, under each other. */
  readonly numeric?: boolean
  readonly cell: (row: Row) => ReactNode
  /** Of all rows, also of those that are not shown. */
  readonly total?: ReactNode
  readonly sorted?: 'ascending' | 'descending' | undefined
}

type DataTableProps<Row> = {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  /** Where a row leads; its first cell becomes the link and the whole row is its target. */
  readonly href?: (row: Row) => string | undefined
  /** Rows can be chosen, by their keys. */
  readonly selection?: Selection | undefined
}

export type Selection = {
  readonly chosen: ReadonlySet<string>
  readonly onChange: (chosen: ReadonlySet<string>) => void
  readonly allLabel: string
  readonly rowLabel: (key: string) => string
}

/** Rows of one kind of thing. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, href, selection } = props
  return (
    <Table.ScrollContainer type="native" minWidth={560} className={classes.frame}>
      <Table className={classes.table} aria-label={label} highlightOnHover={href !== undefined}>
        <Table.Thead>
          <Table.Tr>
            {selection && <SelectAll selection={selection} keys={rows.map(rowKey)} />}
            {columns.map((column) => (
              <Table.Th key={column.key} data-numeric={column.numeric} aria-sort={column.sorted}>
                {column.header}
              </Table.Th>
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
          {rows.map((row) => (
            <Row
              key={rowKey(row)}
              row={row}
              columns={columns}
              href={href?.(row)}
              select={selection && <SelectRow selection={selection} rowKey={rowKey(row)} />}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

type RowProps<Item> = {
  readonly row: Item
  readonly columns: readonly Column<Item>[]
  readonly href: string | undefined
  readonly select: ReactNode
}

function SelectAll({ selection, keys }: { readonly selection: Selection; readonly keys: readonly string[] }) {
  const { chosen, onChange, allLabel } = selection
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

function SelectRow({ selection, rowKey }: { readonly selection: Selection; readonly rowKey: string }) {
  const { chosen, onChange, rowLabel } = selection
  const toggle = () => {
    const next = new Set(chosen)
    if (!next.delete(rowKey)) next.add(rowKey)
    onChange(next)
  }
  return (
    <Table.Td className={classes.select}>
      <Checkbox size="xs" aria-label={rowLabel(rowKey)} checked={chosen.has(rowKey)} onChange={toggle} />
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
