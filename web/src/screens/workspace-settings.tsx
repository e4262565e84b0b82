import { Fieldset, NumberInput, Select, Stack, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { TIME_ZONES } from '../choices.ts'
import classes from '../parts/edit-screen.module.css'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout, Pair } from '../parts/form-layout.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { CurrencySelect } from '../parts/pickers.tsx'
import { useMe } from '../session.ts'
import { texts } from '../texts.ts'
import { useForm } from '../use-form.ts'

type SettingsView = components['schemas']['Settings']

const WINDOW_DAYS_MAX = 400

export function WorkspaceSettings() {
  const query = useQuery({
    queryKey: ['settings'],
    queryFn: () => answerOf(api.GET('/api/v1/settings')),
    gcTime: 0,
  })
  const { role } = useMe().workspace
  return (
    <Loaded query={query}>
      {(settings) => (
        <Fieldset variant="unstyled" disabled={role !== 'owner'} className={classes.form}>
          <SettingsForm settings={settings} />
        </Fieldset>
      )}
    </Loaded>
  )
}

function SettingsForm({ settings }: { readonly settings: SettingsView }) {
  const queries = useQueryClient()
  const { name, currency, timeZone, fallbackUrl, attributionWindowDays } = settings
  const initial = { name, currency, timeZone, fallbackUrl, attributionWindowDays }
  const form = useForm(initial, async (body) => {
    await answerOf(api.PATCH('/api/v1/settings', { body }))
    // The shell shows the name, and every screen uses the currency and the time zone.
    await queries.invalidateQueries({ queryKey: ['me'] })
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
        <NumberInput
          label={texts.settings.window}
          description={texts.settings.windowHint}
          value={form.values.attributionWindowDays}
          error={form.errorOf('attributionWindowDays')}
          onChange={(days) => form.set({ attributionWindowDays: Number(days) })}
          min={1}
          max={WINDOW_DAYS_MAX}
          allowDecimal={false}
          maw={240}
        />
      </Stack>
      <FormFooter form={form} isNew={false} />
    </FormLayout>
  )
}
