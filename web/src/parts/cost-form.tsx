import { Button, Checkbox, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import { formatMoney } from '../format.ts'
import { toReportFilters } from '../report-values.ts'
import { costCorrections } from '../resources.ts'
import { useMe } from '../session.ts'
import { isKey, toOptions } from '../texts.ts'
import { rangeTexts, costTexts as words } from '../texts-corrections.ts'
import { type Form, useForm } from '../use-form.ts'
import { type CostAnswer, CostEffect } from './cost-effect.tsx'
import { useUndoCost } from './cost-undo.tsx'
import { FormProblem } from './form-footer.tsx'
import { FormLayout, Pair } from './form-layout.tsx'
import { CurrencySelect } from './pickers.tsx'
import { RangeFields, type RangeValues, toDays, useTodayRange } from './range-fields.tsx'
import { useUndo } from './undo.tsx'

type Mode = keyof typeof words.modes
type CostValues = RangeValues & {
  readonly mode: Mode
  readonly amount: string
  readonly currency: string
  readonly onlyUnique: boolean
}

/** A correction: described, previewed, applied. What is changed after a preview needs another one. */
export function CostForm() {
  const { currency, timeZone } = useMe().workspace
  const queries = useQueryClient()
  const offerUndo = useUndo()
  const undoCost = useUndoCost()
  const [previewed, setPreviewed] = useState<{ readonly of: CostValues; readonly answer: CostAnswer }>()
  // A correction that is sent twice is applied once.
  const [key, setKey] = useState<string>(() => crypto.randomUUID())
  const initial: CostValues = { ...useTodayRange(), mode: 'total', amount: '', currency, onlyUnique: false }
  const form = useForm(initial, async (values) => {
    setPreviewed({ of: values, answer: await send(values, { key, preview: true }) })
  })
  const apply = useMutation({
    mutationFn: (values: CostValues) => send(values, { key, preview: false }),
    onSuccess: async (answer, values) => {
      setPreviewed({ of: values, answer })
      setKey(crypto.randomUUID())
      await queries.invalidateQueries({ queryKey: [costCorrections.name] })
      await queries.invalidateQueries({ queryKey: ['report'] })
      if (answer.preview) return
      offerUndo({
        message: words.appliedTold(formatMoney(answer.difference, answer.currency)),
        undo: async () => {
          await undoCost(answer.id)
          // What is said of it under the form is true no longer.
          setPreviewed(undefined)
        },
      })
    },
  })
  const answer = previewed?.of === form.values ? previewed.answer : undefined
  return (
    <FormLayout onSubmit={form.submit}>
      <Stack gap="md">
        <RangeFields
          range={form.values}
          errorOf={form.errorOf}
          onChange={form.set}
          zoneHint={rangeTexts.sourceZone(timeZone)}
          filtersPath="filters"
        />
        <AmountFields form={form} />
        <FormProblem problem={form.problem ?? apply.error?.message} />
        <Group gap="xs">
          <Button type="submit" variant={answer === undefined ? 'filled' : 'default'} loading={form.saving}>
            {words.preview}
          </Button>
          {answer?.preview === true && (
            <Button loading={apply.isPending} onClick={() => apply.mutate(form.values)}>
              {words.apply}
            </Button>
          )}
          <Text size="sm" c="dimmed" role="status">
            {answer?.preview === false && words.applied}
          </Text>
        </Group>
        {answer !== undefined && <CostEffect answer={answer} />}
      </Stack>
    </FormLayout>
  )
}

function AmountFields({ form }: { readonly form: Form<CostValues> }) {
  const { mode } = form.values
  return (
    <>
      <Select
        label={words.mode}
        description={mode === 'total' ? words.totalHint : undefined}
        data={toOptions(words.modes)}
        value={mode}
        onChange={(chosen) => isKey(words.modes, chosen) && form.set({ mode: chosen })}
        allowDeselect={false}
      />
      <Pair>
        <TextInput
          {...form.text('amount')}
          label={mode === 'percent' ? words.percent : words.amount}
          description={mode === 'percent' ? words.percentHint : undefined}
          inputMode="decimal"
          required
        />
        {mode !== 'percent' && (
          <CurrencySelect
            value={form.values.currency}
            error={form.errorOf('currency')}
            onChange={(currency) => form.set({ currency })}
          />
        )}
      </Pair>
      <Checkbox
        label={words.onlyUnique}
        checked={form.values.onlyUnique}
        onChange={(event) => form.set({ onlyUnique: event.currentTarget.checked })}
      />
    </>
  )
}

type How = { readonly key: string; readonly preview: boolean }

function send(values: CostValues, how: How): Promise<CostAnswer> {
  const { filters, currency, mode, amount, onlyUnique } = values
  const body = {
    ...toDays(values),
    ...how,
    mode,
    amount,
    onlyUnique,
    filters: toReportFilters(filters),
    ...(mode === 'percent' ? {} : { currency }),
  }
  return answerOf(api.POST('/api/v1/cost-corrections', { body }))
}
