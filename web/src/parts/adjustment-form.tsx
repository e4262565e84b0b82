import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import type { Side } from '../resources-network.ts'
import { useMe } from '../session.ts'
import { billingTexts as words } from '../texts-billing.ts'
import { useForm } from '../use-form.ts'
import { FormProblem } from './form-footer.tsx'

export const ADJUSTMENTS = 'balance-adjustments'

type AdjustButtonProps = {
  readonly side: Side
  readonly party: { readonly id: string; readonly name: string }
  readonly isSmall?: boolean
}

/** Books a bonus or a fee, with the reason that its invoice tells. */
export function AdjustButton({ side, party, isSmall = false }: AdjustButtonProps) {
  const [opened, { open, close }] = useDisclosure()
  const look = isSmall
    ? ({ size: 'compact-xs', variant: 'subtle', color: 'gray' } as const)
    : ({ size: 'xs', variant: 'default' } as const)
  return (
    <>
      <Button {...look} w="fit-content" onClick={open}>
        {words.adjust}
      </Button>
      <Modal opened={opened} onClose={close} title={words.adjustTitle(party.name)} centered>
        <AdjustForm side={side} partyId={party.id} onDone={close} />
      </Modal>
    </>
  )
}

type AdjustFormProps = { readonly side: Side; readonly partyId: string; readonly onDone: () => void }

function AdjustForm({ side, partyId, onDone }: AdjustFormProps) {
  const { currency } = useMe().workspace
  const queries = useQueryClient()
  const form = useForm({ amount: '', reason: '' }, async (values) => {
    await answerOf(api.POST('/api/v1/balance-adjustments', { body: { ...values, side, partyId } }))
    for (const name of ['balances', ADJUSTMENTS]) await queries.invalidateQueries({ queryKey: [name] })
    onDone()
  })
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {words.adjustText}
        </Text>
        <TextInput
          {...form.text('amount')}
          label={`${words.amount}, ${currency}`}
          description={words.amountHint}
          required
          data-autofocus
        />
        <TextInput
          {...form.text('reason')}
          label={words.reason}
          description={words.adjustReasonHint}
          required
        />
        <FormProblem problem={form.problem} />
        <Group>
          <Button type="submit" loading={form.saving}>
            {words.adjustSave}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
