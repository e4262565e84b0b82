import { Fieldset, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { CURRENCIES } from '../choices.ts'
import { useMe } from '../session.ts'
import { ratesTexts as words } from '../texts-settings.ts'
import { useForm } from '../use-form.ts'
import classes from './edit-screen.module.css'
import { FormFooter } from './form-footer.tsx'
import { Loaded } from './loaded.tsx'
import { Section } from './page.tsx'

type Rates = Readonly<Record<string, string>>

/** What amounts in other currencies are converted by; the installation's, so the same for every workspace. */
export function CurrencyRates() {
  const query = useQuery({
    queryKey: ['currency-rates'],
    queryFn: () => answerOf(api.GET('/api/v1/settings/currency-rates')),
    gcTime: 0,
  })
  const isOwner = useMe().workspace.role === 'owner'
  return (
    <Section title={words.title} aside={words.aside}>
      <Loaded query={query}>
        {({ perUsd }) => (
          <Fieldset variant="unstyled" disabled={!isOwner} className={classes.form}>
            <RatesForm saved={perUsd} />
          </Fieldset>
        )}
      </Loaded>
    </Section>
  )
}

function RatesForm({ saved }: { readonly saved: Rates }) {
  const queries = useQueryClient()
  const form = useForm<{ readonly perUsd: Rates }>({ perUsd: saved }, async ({ perUsd }) => {
    const changed = Object.entries(perUsd).filter(([currency, rate]) => rate !== saved[currency])
    const body = { perUsd: Object.fromEntries(changed) }
    await answerOf(api.PATCH('/api/v1/settings/currency-rates', { body }))
    await queries.invalidateQueries({ queryKey: ['currency-rates'] })
  })
  const { perUsd } = form.values
  // The dollar itself is the measure.
  const currencies = Object.keys(perUsd)
    .filter((currency) => currency !== 'USD')
    .toSorted()
  const set = (currency: string, rate: string) => form.set({ perUsd: { ...perUsd, [currency]: rate } })
  return (
    <form onSubmit={form.submit}>
      <Stack gap="sm">
        {currencies.length === 0 && (
          <Text size="sm" c="dimmed">
            {words.none}
          </Text>
        )}
        {currencies.map((currency) => (
          <Group key={currency} gap="xs" wrap="nowrap" align="flex-start">
            <Text w={64} pt={8} size="sm" c="dimmed" lh={1.4}>
              {words.oneDollar}
            </Text>
            <TextInput
              aria-label={words.rateOf(currency)}
              value={perUsd[currency] ?? ''}
              error={form.errorOf(`perUsd.${currency}`)}
              onChange={(event) => set(currency, event.currentTarget.value)}
              inputMode="decimal"
              w={140}
            />
            <Text pt={8} size="sm" fw={500}>
              {currency}
            </Text>
          </Group>
        ))}
        <Select
          aria-label={words.add}
          placeholder={words.add}
          data={CURRENCIES.filter(({ value }) => value !== 'USD' && !(value in perUsd))}
          value={null}
          onChange={(currency) => currency !== null && set(currency, '')}
          searchable
          w={224}
        />
      </Stack>
      <FormFooter form={form} isNew={false} />
    </form>
  )
}
