import { Checkbox, NumberInput, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { BillingAddress } from '../parts/billing-address.tsx'
import { CopyField } from '../parts/copy-field.tsx'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout, Pair } from '../parts/form-layout.tsx'
import { Section } from '../parts/page.tsx'
import { SettingsPart, type SettingsView, useSettingsForm } from '../parts/settings-part.tsx'
import { isKey, toOptions } from '../texts.ts'
import { networkSettingsTexts as words } from '../texts-billing.ts'
import { affiliateTexts } from '../texts-network.ts'
import type { Form } from '../use-form.ts'

type NetworkValues = SettingsView['network']
type FormProps = { readonly form: Form<NetworkValues> }

/** The workspace's side as a network: who may join, what is approved by itself, when it pays. */
export function NetworkSettings() {
  return <SettingsPart>{(settings) => <NetworkForm settings={settings} />}</SettingsPart>
}

function NetworkForm({ settings }: { readonly settings: SettingsView }) {
  const form = useSettingsForm('network', settings)
  const { signUp } = form.values
  return (
    <FormLayout onSubmit={form.submit}>
      <Stack gap="md">
        <Select
          label={words.signUp}
          data={toOptions(words.signUps)}
          value={signUp}
          onChange={(chosen) => isKey(words.signUps, chosen) && form.set({ signUp: chosen })}
          allowDeselect={false}
        />
        {signUp !== 'closed' && (
          <CopyField
            label={words.signUpLink}
            value={`${location.origin}/sign-up/${settings.workspace}`}
            description={words.signUpLinkHint}
          />
        )}
        <Textarea
          {...form.text('agreement')}
          label={words.agreement}
          description={words.agreementHint}
          autosize
          minRows={4}
          maxRows={16}
        />
      </Stack>
      <Section title={words.approvals} aside={words.approvalsAside}>
        <Checkbox
          label={words.postbacks}
          checked={form.values.autoApprovePostbacks}
          onChange={(event) => form.set({ autoApprovePostbacks: event.currentTarget.checked })}
        />
        <Checkbox
          label={words.images}
          checked={form.values.autoApproveImages}
          onChange={(event) => form.set({ autoApproveImages: event.currentTarget.checked })}
        />
      </Section>
      <Paying form={form} currency={settings.currency} />
      <Section title={words.billing}>
        <BillingAddress
          value={form.values.billing}
          errorOf={(path) => form.errorOf(`billing.${path}`)}
          onChange={(billing) => form.set({ billing })}
        />
      </Section>
      <FormFooter form={form} isNew={false} />
    </FormLayout>
  )
}

function Paying({ form, currency }: FormProps & { readonly currency: string }) {
  return (
    <Section title={words.paying} aside={words.payingAside}>
      <Pair>
        <NumberInput
          label={words.holdDays}
          description={words.holdDaysHint}
          value={form.values.holdDays}
          error={form.errorOf('holdDays')}
          onChange={(days) => form.set({ holdDays: Number(days) })}
          min={0}
          max={365}
          allowDecimal={false}
        />
        <Select
          label={words.period}
          data={toOptions(affiliateTexts.periods)}
          value={form.values.payoutPeriod}
          onChange={(payoutPeriod) =>
            isKey(affiliateTexts.periods, payoutPeriod) && form.set({ payoutPeriod })
          }
          allowDeselect={false}
        />
        <TextInput
          {...form.text('minimumPayout')}
          label={`${words.minimum}, ${currency}`}
          description={words.minimumHint}
          inputMode="decimal"
        />
      </Pair>
    </Section>
  )
}
