import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { byHandTexts, conversionTexts as words } from '../texts-conversions.ts'
import { useForm } from '../use-form.ts'
import { AboveRevenue, useAboveRevenue } from './above-revenue.tsx'
import { FormProblem } from './form-footer.tsx'

type Conversion = components['schemas']['Conversion']
type AdjustProps = { readonly conversion: Conversion }
const FORM_ID = 'adjust-conversion'

/** Another amount for a conversion, by hand and with a reason. */
export function AdjustAmounts({ conversion }: AdjustProps) {
  const [opened, { open, close }] = useDisclosure()
  return (
    <>
      <Button size="xs" variant="default" onClick={open}>
        {words.adjust}
      </Button>
      <Modal opened={opened} onClose={close} title={words.adjustTitle} centered>
        <AdjustForm conversion={conversion} onDone={close} />
      </Modal>
    </>
  )
}

/** Of an advertiser's offer the sale is known too, from which revenue and payout follow. */
function AdjustForm({ conversion, onDone }: AdjustProps & { readonly onDone: () => void }) {
  const queries = useQueryClient()
  const above = useAboveRevenue()
  const { id, sale, revenue, payout, advertiserId } = conversion
  const initial = { sale, revenue, payout, reason: '' }
  const form = useForm(initial, async (values) => {
    await above.guard(async (confirmed) => {
      const amounts = {
        ...(values.sale === sale ? {} : { sale: values.sale.trim() }),
        ...(values.revenue === revenue ? {} : { revenue: values.revenue.trim() }),
        ...(values.payout === payout ? {} : { payout: values.payout.trim() }),
      }
      const body = { ...amounts, ...confirmed, reason: values.reason.trim() }
      await answerOf(api.POST('/api/v1/conversions/{id}/adjust', { params: { path: { id } }, body }))
    })
    await queries.invalidateQueries({ queryKey: ['conversions'] })
    onDone()
  })
  const isSame = form.values.sale === sale && form.values.revenue === revenue && form.values.payout === payout
  return (
    <form id={FORM_ID} onSubmit={form.submit}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {words.adjustLead}
        </Text>
        {advertiserId !== '' && (
          <TextInput
            {...form.text('sale')}
            label={words.sale}
            description={words.saleHint}
            inputMode="decimal"
          />
        )}
        <TextInput {...form.text('revenue')} label={words.revenue} inputMode="decimal" />
        {advertiserId !== '' && (
          <TextInput {...form.text('payout')} label={words.payout} inputMode="decimal" />
        )}
        <Textarea
          {...form.text('reason')}
          label={byHandTexts.reason}
          description={byHandTexts.reasonHint}
          required
          autosize
          minRows={2}
        />
        <FormProblem problem={form.problem} />
        <Group>
          <Button type="submit" loading={form.saving} disabled={isSame}>
            {words.adjust}
          </Button>
        </Group>
      </Stack>
      <AboveRevenue above={above} formId={FORM_ID} />
    </form>
  )
}
