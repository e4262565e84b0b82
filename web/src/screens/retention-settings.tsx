import { NumberInput, Select, Stack } from '@mantine/core'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout, Pair } from '../parts/form-layout.tsx'
import { Section } from '../parts/page.tsx'
import { PrivacyRequest } from '../parts/privacy-request.tsx'
import { SettingsPart, type SettingsView, useSettingsForm } from '../parts/settings-part.tsx'
import { useMe } from '../session.ts'
import { isKey, toOptions } from '../texts.ts'
import { retentionTexts as words } from '../texts-alerts.ts'
import type { Form } from '../use-form.ts'

type RetentionValues = SettingsView['retention']
const DAYS_MAX = 3_650
const SIZE_MB_MAX = 1_000_000

/** How long is kept what the money does not need, and what is kept of one person. */
export function RetentionSettings() {
  const { role } = useMe().workspace
  return (
    <Stack gap="xl">
      <SettingsPart lead={words.lead}>{(settings) => <RetentionForm settings={settings} />}</SettingsPart>
      {role === 'owner' && <PrivacyRequest />}
    </Stack>
  )
}

function RetentionForm({ settings }: { readonly settings: SettingsView }) {
  const form = useSettingsForm('retention', settings)
  const { personalDataMode } = form.values
  return (
    <FormLayout onSubmit={form.submit}>
      <Section title={words.kept}>
        <Pair>
          <NumberInput {...numberOf(form, 'attemptDays')} description={words.forever} />
          <NumberInput {...numberOf(form, 'hitDays')} description={words.forever} />
          <NumberInput {...numberOf(form, 'paramDays')} description={words.forever} />
          <NumberInput {...numberOf(form, 'sizeBudgetMb')} max={SIZE_MB_MAX} description={words.sizeHint} />
        </Pair>
      </Section>
      <Section title={words.person} aside={words.personAside}>
        <Select
          label={words.mode}
          data={toOptions(words.modes)}
          value={personalDataMode}
          onChange={(mode) => isKey(words.modes, mode) && form.set({ personalDataMode: mode })}
          allowDeselect={false}
        />
        {personalDataMode !== 'keep' && <NumberInput {...numberOf(form, 'personalDataDays')} maw={300} />}
      </Section>
      <FormFooter form={form} isNew={false} />
    </FormLayout>
  )
}

type NumberName = 'attemptDays' | 'hitDays' | 'paramDays' | 'personalDataDays' | 'sizeBudgetMb'

function numberOf(form: Form<RetentionValues>, name: NumberName) {
  return {
    label: name === 'sizeBudgetMb' ? words.size : words[name],
    value: form.values[name],
    error: form.errorOf(name),
    onChange: (value: number | string) => form.set({ [name]: Number(value) }),
    min: 0,
    max: DAYS_MAX,
    allowDecimal: false,
  }
}
