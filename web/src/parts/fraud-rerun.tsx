import { Button, Checkbox, Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import type { paths } from '../api-types.ts'
import { formatCount, formatMoney } from '../format.ts'
import { toReportFilters } from '../report-values.ts'
import { useMayChange, useMe } from '../session.ts'
import { isKey, toOptions } from '../texts.ts'
import { rangeTexts, fraudTexts as words } from '../texts-corrections.ts'
import { type Form, useForm } from '../use-form.ts'
import { AsnNote } from './asn-note.tsx'
import { FormProblem } from './form-footer.tsx'
import { FormLayout, Pair } from './form-layout.tsx'
import { FraudSample } from './fraud-sample.tsx'
import { JobProgress } from './job-progress.tsx'
import { RangeFields, type RangeValues, toDays, useTodayRange } from './range-fields.tsx'
import { Sums } from './sums.tsx'

type Answer = paths['/api/v1/fraud/reruns']['post']['responses'][200]['content']['application/json']
export type FraudPreview = Extract<Answer, { preview: true }>
type RerunValues = RangeValues & {
  readonly rule: keyof typeof words.rules
  readonly visits: number
  readonly minutes: number
  readonly seconds: number
  readonly flag: string
  readonly markAsBot: boolean
  readonly undo: boolean
}

const DEFAULTS = { visits: 10, minutes: 60, seconds: 3 } as const

/** Flags visits that are recorded already: described, previewed, changed by a job. */
export function FraudRerun() {
  const queries = useQueryClient()
  const [previewed, setPreviewed] = useState<{ readonly of: RerunValues; readonly answer: FraudPreview }>()
  // What no visit can have is not what one looks for first.
  const { hasAsnDatabase, workspace } = useMe()
  const first = hasAsnDatabase ? 'datacenter' : 'repeated_address'
  const initial: RerunValues = {
    ...useTodayRange(),
    ...DEFAULTS,
    rule: first,
    flag: first,
    markAsBot: true,
    undo: false,
  }
  const form = useForm(initial, async (values) => {
    const answer = await send(values, true)
    if (answer.preview) setPreviewed({ of: values, answer })
  })
  const run = useMutation({ mutationFn: (values: RerunValues) => send(values, false) })
  const mayChange = useMayChange()
  const preview = previewed?.of === form.values ? previewed.answer : undefined
  const job = run.data?.preview === false ? run.data.job : undefined
  return (
    <FormLayout onSubmit={form.submit}>
      <Stack gap="md">
        <Text c="dimmed" size="sm">
          {words.rerunLead}
        </Text>
        <RuleFields form={form} />
        <RangeFields
          range={form.values}
          errorOf={form.errorOf}
          onChange={form.set}
          zoneHint={rangeTexts.workspaceZone(workspace.timeZone)}
          {...(form.values.rule === 'filter' ? { filtersPath: 'rule.filters' } : {})}
        />
        <FlagFields form={form} />
        <FormProblem problem={form.problem ?? run.error?.message} />
        <Group gap="xs">
          <Button type="submit" variant={preview === undefined ? 'filled' : 'default'} loading={form.saving}>
            {words.preview}
          </Button>
          {preview !== undefined && preview.visits > 0 && mayChange && (
            <Button color="red" loading={run.isPending} onClick={() => run.mutate(form.values)}>
              {words.run(preview.visits)}
            </Button>
          )}
        </Group>
        {job !== undefined && (
          <JobProgress
            key={job.id}
            id={job.id}
            onEnd={() => void queries.invalidateQueries({ queryKey: ['report'] })}
          />
        )}
        {preview !== undefined && <Effect preview={preview} />}
      </Stack>
    </FormLayout>
  )
}

type FieldsProps = { readonly form: Form<RerunValues> }

function RuleFields({ form }: FieldsProps) {
  const { rule } = form.values
  const number = (name: 'visits' | 'minutes' | 'seconds') => ({
    label: words[name],
    value: form.values[name],
    error: form.errorOf(`rule.${name}`),
    onChange: (value: number | string) => form.set({ [name]: Number(value) }),
    min: 1,
    allowDecimal: false,
  })
  return (
    <>
      <Select
        label={words.rule}
        data={toOptions(words.rules)}
        value={rule}
        // The flag says why: it follows the rule as long as nobody has named another one.
        onChange={(chosen) =>
          isKey(words.rules, chosen) &&
          form.set({ rule: chosen, ...(form.values.flag === flagOf(rule) ? { flag: flagOf(chosen) } : {}) })
        }
        allowDeselect={false}
      />
      {rule === 'repeated_address' && (
        <Pair>
          <NumberInput {...number('visits')} />
          <NumberInput {...number('minutes')} />
        </Pair>
      )}
      {rule === 'datacenter' && <AsnNote />}
      {rule === 'too_fast' && <NumberInput {...number('seconds')} maw={240} />}
    </>
  )
}

function flagOf(rule: RerunValues['rule']): string {
  return rule === 'filter' ? 'by_hand' : rule
}

function FlagFields({ form }: FieldsProps) {
  return (
    <>
      <TextInput {...form.text('flag')} label={words.flag} description={words.flagHint} required maw={320} />
      <Checkbox
        label={words.markAsBot}
        checked={form.values.markAsBot}
        onChange={(event) => form.set({ markAsBot: event.currentTarget.checked })}
      />
      <Checkbox
        label={words.undo}
        checked={form.values.undo}
        onChange={(event) => form.set({ undo: event.currentTarget.checked })}
      />
    </>
  )
}

function Effect({ preview }: { readonly preview: FraudPreview }) {
  const { currency } = useMe().workspace
  if (preview.visits === 0) return <Text>{words.nothing}</Text>
  return (
    <Stack gap="md">
      <Sums
        sums={[
          { label: words.would, value: formatCount(preview.visits) },
          { label: words.botsBefore, value: formatCount(preview.botsBefore) },
          { label: words.botsAfter, value: formatCount(preview.botsAfter) },
          { label: words.cost, value: formatMoney(preview.cost, currency) },
          { label: words.conversions, value: formatCount(preview.conversions) },
        ]}
      />
      <FraudSample sample={preview.sample} />
    </Stack>
  )
}

function send(values: RerunValues, preview: boolean): Promise<Answer> {
  const { flag, markAsBot, undo } = values
  const body = { ...toDays(values), flag, markAsBot, undo, preview, rule: toRule(values) }
  return answerOf(api.POST('/api/v1/fraud/reruns', { body }))
}

function toRule({ rule, filters, visits, minutes, seconds }: RerunValues) {
  switch (rule) {
    case 'filter':
      return { type: rule, filters: toReportFilters(filters) }
    case 'repeated_address':
      return { type: rule, visits, minutes }
    case 'too_fast':
      return { type: rule, seconds }
    case 'datacenter':
      return { type: rule }
  }
}
