import { Anchor, Group, Paper, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { targets } from '../resources.ts'
import { useReceivers } from '../resources-notifications.ts'
import { deliveryTexts, oneDeliveryTexts as words } from '../texts-deliveries.ts'
import { HEALTH_REFRESH_MS, TargetHealth, TargetStatus } from './target-standing.tsx'

/** Whom a delivery goes to, and how they stand now: whether a next attempt has a chance. */
export function DeliveryTarget({ targetId }: { readonly targetId: string }) {
  const { labelOf, receiverOf } = useReceivers()
  const receiver = receiverOf(targetId)
  const params = { path: { id: targetId } }
  const isTarget = receiver?.kind === 'target'
  // Its health changes by itself; webhooks and channels are as they were when the page was opened.
  const fresh = useQuery({
    queryKey: [targets.name, targetId],
    queryFn: () => answerOf(api.GET('/api/v1/notification-targets/{id}', { params })),
    enabled: isTarget,
    refetchInterval: HEALTH_REFRESH_MS,
  }).data
  if (receiver === undefined) return null
  const standing = fresh ?? receiver.standing
  return (
    <Paper withBorder p="md" component="section" aria-label={deliveryTexts.target}>
      <Group justify="space-between" align="flex-start" gap="md">
        <Stack gap={4}>
          <Anchor href={receiver.href} fw={500} size="sm">
            {labelOf(targetId)}
          </Anchor>
          <TargetHealth target={standing} />
        </Stack>
        <Stack gap={4} align="flex-end">
          <TargetStatus target={standing} />
          <Anchor href={`/deliveries?targetId=${targetId}`} size="sm">
            {words.targetLog}
          </Anchor>
        </Stack>
      </Group>
    </Paper>
  )
}
