import { Text } from '@mantine/core'

/** A long text in a table's cell, on one line; all of it on hover. */
export function Shortened({ text, width = 360 }: { readonly text: string; readonly width?: number }) {
  return (
    <Text size="sm" c="dimmed" truncate maw={width} title={text}>
      {text}
    </Text>
  )
}
