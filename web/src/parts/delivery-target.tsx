import { Anchor, Group, Paper, Stack, Text } from '@mantine/core'
import { type Receiver, useReceiverLabel, useReceiverStanding } from '../resources-notifications.ts'
import { deliveryTexts, oneDeliveryTexts as words } from '../texts-deliveries.ts'
import { HEALTH_REFRESH_MS, TargetHealth, TargetStatus } from './target-standing.tsx'

type DeliveryTargetProps = { readonly targetId: string; readonly receiver: Receiver }

/** Whom a delivery goes to, and how they stand now as far as one may know: whether a next attempt has a chance. */
export function DeliveryTarget({ targetId, receiver }: DeliveryTargetProps) {
  const label = useReceiverLabel()(receiver)
  const known = useReceiverStanding(receiver?.kind, targetId, HEALTH_REFRESH_MS)
  return (
    <Paper withBorder p="md" component="section" aria-label={deliveryTexts.target}>
      <Group justify="space-between" align="flex-start" gap="md">
        <Stack gap={4}>
          <Text size="xs" c="dimmed">
            {deliveryTexts.target}
          </Text>
          {known === undefined ? (
            <Text fw={500} size="sm">
              {label}
            </Text>
          ) : (
            <Anchor href={known.href} fw={500} size="sm">
              {label}
            </Anchor>
          )}
          {known !== undefined && <TargetHealth target={known.standing} />}
        </Stack>
        <Group gap="md">
          {known !== undefined && <TargetStatus target={known.standing} />}
          <Anchor href={`/deliveries?targetId=${targetId}`} size="sm">
            {words.targetLog}
          </Anchor>
        </Group>
      </Group>
    </Paper>
  )
}
