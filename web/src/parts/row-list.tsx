import { ActionIcon, Button, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { Icon } from './icon.tsx'
import classes from './row-list.module.css'

type RowListProps<Row> = {
  readonly rows: readonly Row[]
  readonly onChange: (rows: readonly Row[]) => void
  readonly row: (row: Row, change: (changes: Partial<Row>) => void, index: number) => ReactNode
  readonly addLabel: string
  readonly removeLabel: (index: number) => string
  readonly empty: Row
}

/** Short rows of fields: change, remove, add. */
export function RowList<Row extends object>(props: RowListProps<Row>) {
  const { rows, onChange, row: render, addLabel, removeLabel, empty } = props
  const change = (at: number, changes: Partial<Row>) =>
    onChange(rows.map((row, index) => (index === at ? { ...row, ...changes } : row)))
  return (
    <Stack gap={6} align="stretch" mt={4}>
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row has no name until it is typed
        <div key={index} className={classes.row}>
          <div className={classes.fields}>{render(row, (changes) => change(index, changes), index)}</div>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            aria-label={removeLabel(index)}
            onClick={() => onChange(rows.filter((_, other) => other !== index))}
          >
            <Icon name="remove" size={14} />
          </ActionIcon>
        </div>
      ))}
      <Button
        variant="default"
        size="xs"
        className={classes.add}
        leftSection={<Icon name="plus" size={12} />}
        onClick={() => onChange([...rows, empty])}
      >
        {addLabel}
      </Button>
    </Stack>
  )
}
