import { Stack, Textarea, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout, Pair } from '../parts/form-layout.tsx'
import { portalTexts } from '../texts-portal.ts'
import { useForm } from '../use-form.ts'
import type { PortalPayment } from './portal-data.ts'

const words = portalTexts.balance

/** How the affiliate is paid, and whom its invoices name. */
export function PaymentForm({ payment }: { readonly payment: PortalPayment }) {
  const queries = useQueryClient()
  const form = useForm(payment, async (body) => {
    await answerOf(api.PATCH('/api/v1/portal/payment', { body }))
    await queries.invalidateQueries({ queryKey: ['portal/me'] })
  })
  const { billing } = form.values
  const billingField = (name: keyof typeof billing) => ({
    value: billing[name],
    error: form.errorOf(`billing.${name}`),
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      form.set({ billing: { ...billing, [name]: event.currentTarget.value } }),
  })
  return (
    <FormLayout onSubmit={form.submit}>
      <Stack gap="md">
        <TextInput {...form.text('method')} label={words.method} description={words.methodHint} maw={312} />
        <Textarea
          {...form.text('details')}
          label={words.details}
          description={words.detailsHint}
          autosize
          minRows={2}
        />
        <Pair>
          <TextInput {...billingField('company')} label={words.company} autoComplete="organization" />
          <TextInput {...billingField('taxId')} label={words.taxId} />
        </Pair>
        <Textarea
          {...billingField('address')}
          label={words.address}
          autoComplete="street-address"
          autosize
          minRows={2}
        />
      </Stack>
      <FormFooter form={form} isNew={false} />
    </FormLayout>
  )
}
