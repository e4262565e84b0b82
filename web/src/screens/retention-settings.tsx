import { Fieldset, NumberInput, Select, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiProblem, answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import classes from '../parts/edit-screen.module.css'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout, Pair } from '../parts/form-layout.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Section } from '../parts/page.tsx'
import { useMe } from '../session.ts'
import { isKey, toOptions } from '../texts.ts'
import { alertSettingsTexts, retentionTexts as words } from '../texts-alerts.ts'
import { type Form, useForm } from '../use-form.ts'

type RetentionValues = components['schemas']['Settings']['retention']
const DAYS_MAX = 3_650
const SIZE_MB_MAX = 1_000_000

/** How long is kept what the money does not need. */
export function RetentionSettings() {
  const query = useQuery({
    queryKey: ['settings'],
    queryFn: () => answerOf(api.GET('/api/v1/settings')),
    gcTime: 0,
  })
  const { role } = useMe().workspace
  return (
    <Loaded query={query}>
      {({ retention }) => (
        <Fieldset variant="unstyled" disabled={role !== 'owner'} className={classes.form}>
          <Text c="dimmed" mb="md">
            {words.lead} {role !== 'owner' && alertSettingsTexts.ownersOnly}
          </Text>
          <RetentionForm retention={retention} />
        </Fieldset>
      )}
    </Loaded>
  )
}

function RetentionForm({ retention }: { readonly retention: RetentionValues }) {
  const queries = useQueryClient()
  const form = useForm(retention, async (values) => {
    await answerOf(api.PATCH('/api/v1/settings', { body: { retention: values } })).catch(withoutPrefix)
    await queries.invalidateQueries({ queryKey: ['settings'] })
  })
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

/** The API names the fields under `retention`, the form without it. */
function withoutPrefix(error: unknown): never {
  throw error instanceof ApiProblem ? error.liftFields('retention') : error
}
