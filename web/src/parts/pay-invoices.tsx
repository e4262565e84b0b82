import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { navigate } from '../router.tsx'
import { invoiceTexts as words } from '../texts-billing.ts'
import { useForm } from '../use-form.ts'
import { FormProblem } from './form-footer.tsx'

type PayInvoicesProps = {
  readonly ids: readonly string[]
  /** Says more than their number where it is about one. */
  readonly label?: string
  readonly onDone?: () => void
}

/** Records that final invoices were paid. */
export function PayInvoices({ ids, label = words.pay(ids.length), onDone }: PayInvoicesProps) {
  const [opened, { open, close }] = useDisclosure()
  return (
    <Group gap="xs">
      <Button onClick={open} disabled={ids.length === 0} variant={ids.length === 0 ? 'default' : 'filled'}>
        {label}
      </Button>
      {ids.length === 0 && (
        <Text size="sm" c="dimmed">
          {words.onlyFinal}
        </Text>
      )}
      <Modal opened={opened} onClose={close} title={words.payTitle} centered>
        <PaymentForm ids={ids} label={label} onDone={onDone} />
      </Modal>
    </Group>
  )
}

type PaymentFormProps = {
  readonly ids: readonly string[]
  readonly label: string
  readonly onDone: (() => void) | undefined
}

function PaymentForm({ ids, label, onDone }: PaymentFormProps) {
  const queries = useQueryClient()
  const form = useForm({ method: '', reference: '' }, async (values) => {
    const run = await answerOf(
      api.POST('/api/v1/payment-runs', { body: { ...values, invoiceIds: [...ids] } }),
    )
    for (const name of ['invoices', 'payment-runs', 'balances']) {
      await queries.invalidateQueries({ queryKey: [name] })
    }
    onDone?.()
    navigate(`/billing/payments/${run.id}`)
  })
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        <Text>{words.payText}</Text>
        <TextInput
          {...form.text('method')}
          label={words.method}
          description={words.methodHint}
          required
          data-autofocus
        />
        <TextInput
          {...form.text('reference')}
          label={words.reference}
          description={words.referenceHint}
          required
        />
        <FormProblem problem={form.problem} />
        <Group>
          <Button type="submit" loading={form.saving}>
            {label}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
