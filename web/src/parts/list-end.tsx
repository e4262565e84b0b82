import { Text } from '@mantine/core'
import { formatCount } from '../format.ts'
import { LISTED_MAX } from '../resource.ts'
import { shellTexts } from '../texts-shell.ts'

/** That a list ends before all of it is shown, and how to reach the rest. */
export function ListEnd({ isSearched }: { readonly isSearched: boolean }) {
  const count = formatCount(LISTED_MAX)
  return (
    <Text size="xs" c="dimmed" role="status">
      {isSearched ? shellTexts.list.endSearched(count) : shellTexts.list.end(count)}
    </Text>
  )
}
