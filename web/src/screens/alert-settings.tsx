import { Checkbox, NumberInput, Stack, Text, TextInput } from '@mantine/core'
import { AlertChannels } from '../parts/alert-channels.tsx'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout, Pair } from '../parts/form-layout.tsx'
import { Section } from '../parts/page.tsx'
import { SettingsPart, type SettingsView, useSettingsForm } from '../parts/settings-part.tsx'
import { useMayChange, useMe } from '../session.ts'
import { alertTexts, alertSettingsTexts as words } from '../texts-alerts.ts'
import type { Form } from '../use-form.ts'

type AlertValues = SettingsView['alerts']
type FormProps = { readonly form: Form<AlertValues> }
type Kind = AlertValues['muted'][number]

/** As wide as the API takes them. */
const LIMITS = {
  targetFailingMinutes: { min: 1, max: 7_200 },
  deliveryLagMinutes: { min: 1, max: 1_440 },
  journalLagSeconds: { min: 10, max: 86_400 },
} as const

/** Who is told of alerts, of which, and when. */
export function AlertSettings() {
  const mayChange = useMayChange()
  return (
    <Stack gap="xl">
      {mayChange && <AlertChannels />}
      <SettingsPart>{(settings) => <AlertsForm settings={settings} />}</SettingsPart>
    </Stack>
  )
}

function AlertsForm({ settings }: { readonly settings: SettingsView }) {
  const form = useSettingsForm('alerts', settings)
  return (
    <FormLayout onSubmit={form.submit}>
      <Section title={words.title}>
        <Kinds form={form} />
        <QuietHours form={form} />
      </Section>
      <Section title={words.thresholds}>
        <Pair>
          <Threshold form={form} name="targetFailingMinutes" />
          <Threshold form={form} name="deliveryLagMinutes" />
          <Threshold form={form} name="journalLagSeconds" />
        </Pair>
      </Section>
      <FormFooter form={form} isNew={false} />
    </FormLayout>
  )
}

function Kinds({ form }: FormProps) {
  const { muted } = form.values
  const told = KINDS.filter((kind) => !muted.includes(kind))
  return (
    <Checkbox.Group
      label={words.kinds}
      description={words.kindsHint}
      value={told}
      error={form.errorOf('muted')}
      onChange={(chosen) => form.set({ muted: KINDS.filter((kind) => !chosen.includes(kind)) })}
    >
      <Stack gap={8} my={6}>
        {KINDS.map((kind) => (
          <Checkbox key={kind} value={kind} label={alertTexts.kinds[kind]} />
        ))}
      </Stack>
    </Checkbox.Group>
  )
}

const KINDS = [
  ...(['target_failing', 'target_disabled', 'delivery_lag', 'journal_lag'] as const),
  ...(['unmatched_rate', 'conversion_rate', 'cap_reached'] as const),
] satisfies readonly Kind[]

function QuietHours({ form }: FormProps) {
  const { timeZone } = useMe().workspace
  return (
    <>
      <Pair>
        <TextInput {...form.text('quietFrom')} type="time" label={words.quietFrom} />
        <TextInput {...form.text('quietTo')} type="time" label={words.quietTo} />
      </Pair>
      <Text size="sm" c="dimmed" mt={-8}>
        {words.quietHint(timeZone)}
      </Text>
    </>
  )
}

function Threshold({ form, name }: FormProps & { readonly name: keyof typeof LIMITS }) {
  return (
    <NumberInput
      label={words[name]}
      value={form.values[name]}
      error={form.errorOf(name)}
      onChange={(value) => form.set({ [name]: Number(value) })}
      {...LIMITS[name]}
      allowDecimal={false}
    />
  )
}
