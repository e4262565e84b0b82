import { Anchor, Table } from '@mantine/core'
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
}

/** Rows of one kind of thing. */
export function DataTable<Row>({ label, columns, rows, rowKey, href }: DataTableProps<Row>) {
  return (
    <Table.ScrollContainer type="native" minWidth={560} className={classes.frame}>
      <Table className={classes.table} aria-label={label} highlightOnHover={href !== undefined}>
        <Table.Thead>
          <Table.Tr>
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
              {columns.map((column) => (
                <Table.Td key={column.key} data-numeric={column.numeric}>
                  {column.total}
                </Table.Td>
              ))}
            </Table.Tr>
          )}
          {rows.map((row) => (
            <Row key={rowKey(row)} row={row} columns={columns} href={href?.(row)} />
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
}

function Row<Item>({ row, columns, href }: RowProps<Item>) {
  return (
    <Table.Tr className={href && classes.linked}>
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
