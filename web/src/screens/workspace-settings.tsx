import { NumberInput, Select, Stack, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { TIME_ZONES } from '../choices.ts'
import { CurrencyRates } from '../parts/currency-rates.tsx'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout, Pair } from '../parts/form-layout.tsx'
import { CurrencySelect } from '../parts/pickers.tsx'
import { SettingsPart, type SettingsView } from '../parts/settings-part.tsx'
import { texts } from '../texts.ts'
import { useForm } from '../use-form.ts'

const WINDOW_DAYS_MAX = 400
const UNIQUE_HOURS_MAX = WINDOW_DAYS_MAX * 24

/** What every screen of the workspace uses, and what its amounts are converted by. */
export function WorkspaceSettings() {
  return (
    <Stack gap="xl">
      <SettingsPart>{(settings) => <SettingsForm settings={settings} />}</SettingsPart>
      <CurrencyRates />
    </Stack>
  )
}

function SettingsForm({ settings }: { readonly settings: SettingsView }) {
  const queries = useQueryClient()
  const { name, currency, timeZone, fallbackUrl, attributionWindowDays, uniqueHours } = settings
  const initial = { name, currency, timeZone, fallbackUrl, attributionWindowDays, uniqueHours }
  const form = useForm(initial, async (body) => {
    await answerOf(api.PATCH('/api/v1/settings', { body }))
    // The shell shows the name, and every screen uses the currency and the time zone.
    await queries.invalidateQueries({ queryKey: ['me'] })
    await queries.invalidateQueries({ queryKey: ['settings'] })
  })
  return (
    <FormLayout onSubmit={form.submit}>
      <Stack gap="md">
        <TextInput {...form.text('name')} label={texts.setup.workspaceName} required />
        <Pair>
          <CurrencySelect
            description={texts.setup.currencyHint}
            value={form.values.currency}
            error={form.errorOf('currency')}
            onChange={(chosen) => form.set({ currency: chosen })}
          />
          <Select
            label={texts.setup.timeZone}
            description={texts.setup.timeZoneHint}
            data={TIME_ZONES}
            value={form.values.timeZone}
            error={form.errorOf('timeZone')}
            onChange={(chosen) => chosen !== null && form.set({ timeZone: chosen })}
            searchable
            allowDeselect={false}
          />
        </Pair>
        <TextInput
          {...form.text('fallbackUrl')}
          label={texts.settings.fallback}
          description={texts.settings.fallbackHint}
          placeholder="https://"
        />
        <Pair>
          <NumberInput
            label={texts.settings.window}
            description={texts.settings.windowHint}
            value={form.values.attributionWindowDays}
            error={form.errorOf('attributionWindowDays')}
            onChange={(days) => form.set({ attributionWindowDays: Number(days) })}
            min={1}
            max={WINDOW_DAYS_MAX}
            allowDecimal={false}
          />
          <NumberInput
            label={texts.settings.unique}
            description={texts.settings.uniqueHint}
            value={form.values.uniqueHours}
            error={form.errorOf('uniqueHours')}
            onChange={(hours) => form.set({ uniqueHours: Number(hours) })}
            min={0}
            max={UNIQUE_HOURS_MAX}
            allowDecimal={false}
          />
        </Pair>
      </Stack>
      <FormFooter form={form} isNew={false} />
    </FormLayout>
  )
}
