import { Text } from '@mantine/core'
import { formatTime } from '../format.ts'
import { useMe } from '../session.ts'
import { deliveryTexts as words } from '../texts-deliveries.ts'

/** A search looks only so far back at a time; null when it looked at everything. */
export function LookedTo({ at }: { readonly at: string | null }) {
  const { timeZone } = useMe().workspace
  if (at === null) return null
  return (
    <Text size="sm" c="dimmed" ta="center">
      {words.lookedTo(formatTime(at, timeZone))}
    </Text>
  )
}
