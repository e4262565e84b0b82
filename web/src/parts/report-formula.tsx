import { Button, Combobox, Group, Select, Stack, Text, Textarea, TextInput, useCombobox } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { FORMULA_LIMITS, formulaName, parseFormula } from '../../../src/domain/formula.ts'
import { useMetricFacts, useMetricGroups } from '../report-choices.ts'
import { type AskedReport, loadReport, toBody } from '../report-data.ts'
import { previewFormula } from '../report-formula-value.ts'
import { type CustomMetric, customMetrics } from '../report-kept.ts'
import { customMetricName, formatMetric } from '../report-metrics.ts'
import { isMetric, type Metric } from '../report-names.ts'
import { useSave } from '../resource.ts'
import { useMe } from '../session.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { explorerTexts } from '../texts-explorer.ts'
import { useForm } from '../use-form.ts'
import { FormProblem } from './form-footer.tsx'
import classes from './report-columns.module.css'

const words = explorerTexts.formula

export type FormulaDraft = {
  /** Undefined for a new one. */
  readonly id: string | undefined
  readonly name: string
  readonly formula: string
  readonly kind: CustomMetric['kind']
}

type FormulaFormProps = {
  readonly asked: AskedReport
  readonly draft: FormulaDraft
  readonly onSaved: (metric: Metric) => void
  readonly onCancel: () => void
}

/** A metric of one's own: its name, its formula, and at once what it comes to in the report at hand. */
export function FormulaForm({ asked, draft, onSaved, onCancel }: FormulaFormProps) {
  const { id, ...initial } = draft
  const { store } = useSave(customMetrics)
  const form = useForm(initial, async (values) => onSaved(customMetricName((await store(id, values)).id)))
  const { formula, kind } = form.values
  const problem = formula.trim() === '' ? undefined : problemOf(formula)
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        <TextInput {...form.text('name')} label={words.name} required data-autofocus />
        <FormulaInput
          value={formula}
          error={problem?.message ?? form.errorOf('formula')}
          onChange={(next) => form.set({ formula: next })}
        />
        {problem && <WrongPlace text={formula} at={problem.at} />}
        <Select
          label={words.kind}
          data={toOptions(words.kinds)}
          value={kind}
          onChange={(next) => isKey(words.kinds, next) && form.set({ kind: next })}
          allowDeselect={false}
        />
        <Preview asked={asked} formula={formula} kind={kind} />
        <FormProblem problem={form.problem} />
        <Group gap="xs">
          <Button
            type="submit"
            loading={form.saving}
            disabled={problem !== undefined || formula.trim() === ''}
          >
            {texts.form.save}
          </Button>
          <Button variant="subtle" color="gray" onClick={onCancel}>
            {words.cancel}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

type Problem = { readonly message: string; readonly at: number }

/** What is wrong with a formula, and where; undefined when nothing is. */
function problemOf(formula: string): Problem | undefined {
  const parsed = parseFormula(formula)
  if (!parsed.ok) return parsed
  const unknown = parsed.metrics.find((name) => !isFormulaMetric(name))
  return unknown === undefined
    ? undefined
    : { message: words.unknown(unknown), at: Math.max(formula.indexOf(unknown), 0) }
}

/** A formula is made of what is counted, not of other formulas. */
function isFormulaMetric(name: string): boolean {
  return (isMetric(name) && !name.startsWith('custom:')) || name.startsWith('number:')
}

/** The formula with the character marked at which it goes wrong. */
function WrongPlace({ text, at }: { readonly text: string; readonly at: number }) {
  return (
    <div className={classes.place} aria-hidden="true">
      {text.slice(0, at)}
      <mark>{text.charAt(at) || ' '}</mark>
      {text.slice(at + 1)}
    </div>
  )
}

type PreviewProps = {
  readonly asked: AskedReport
  readonly formula: string
  readonly kind: CustomMetric['kind']
}

function Preview({ asked, formula, kind }: PreviewProps) {
  const { currency } = useMe().workspace
  const queries = useQueryClient()
  const parsed = parseFormula(formula)
  const isComplete = parsed.ok && problemOf(formula) === undefined
  const metrics = parsed.ok ? parsed.metrics : []
  const body = {
    ...toBody(asked, { groupBy: [], filters: asked.filters, limit: 1 }),
    metrics: metrics.length === 0 ? ['visits'] : [...metrics],
    sort: { by: metrics[0] ?? 'visits', direction: 'desc' as const },
  }
  const totals = useQuery({
    queryKey: ['report-preview', body],
    queryFn: () => loadReport(queries, body),
    enabled: isComplete,
  })
  const value = isComplete && totals.data ? previewFormula(parsed.formula, totals.data.totals) : undefined
  return (
    <div role="status">
      <Text size="xs" c="dimmed">
        {words.total}
      </Text>
      {value === undefined ? (
        <Text size="sm">{words.noTotal}</Text>
      ) : value === null ? (
        <Text size="sm">{words.divided}</Text>
      ) : (
        <Text fw={600}>{formatMetric({ kind, isFine: true }, rounded(value, kind), currency)}</Text>
      )}
    </div>
  )
}

function rounded(value: number, kind: CustomMetric['kind']): number {
  return kind === 'count' ? Math.round(value) : value
}

type FormulaInputProps = {
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (formula: string) => void
}

const SUGGESTIONS_MAX = 8

/** A text that offers the names of metrics while one types them. */
function FormulaInput({ value, error, onChange }: FormulaInputProps) {
  const input = useRef<HTMLTextAreaElement>(null)
  const [caret, setCaret] = useState(value.length)
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const word = value.slice(0, caret).match(/[A-Za-z_][\w:.]*$/)?.[0] ?? ''
  const found = useFormulaMetrics(word)
  const insert = (name: string) => {
    const before = value.slice(0, caret - word.length) + name
    onChange(before + value.slice(caret))
    setCaret(before.length)
    combobox.closeDropdown()
    requestAnimationFrame(() => input.current?.setSelectionRange(before.length, before.length))
  }
  return (
    <Combobox store={combobox} onOptionSubmit={insert} withinPortal={false}>
      <Combobox.Target>
        <Textarea
          ref={input}
          label={words.formula}
          description={words.hint}
          placeholder={words.example}
          required
          autosize
          minRows={2}
          maxLength={FORMULA_LIMITS.charsMax}
          classNames={{ input: classes.formula ?? '' }}
          value={value}
          error={error}
          onChange={(event) => {
            onChange(event.currentTarget.value)
            setCaret(event.currentTarget.selectionStart)
            combobox.openDropdown()
            combobox.updateSelectedOptionIndex()
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={word === '' || found.length === 0}>
        <Combobox.Options aria-label={words.suggestions}>
          {found.map(({ name, label }) => (
            <Combobox.Option key={name} value={name}>
              <Text component="span" size="sm" className={classes.formula}>
                {name}
              </Text>{' '}
              <Text component="span" size="xs" c="dimmed">
                {label}
              </Text>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}

/** Metrics whose name or label begins like this, or has it somewhere. */
function useFormulaMetrics(word: string): readonly { readonly name: string; readonly label: string }[] {
  const factsOf = useMetricFacts()
  const wanted = word.toLowerCase()
  return useMetricGroups()
    .flatMap(({ metrics }) => metrics)
    .filter((metric) => !metric.startsWith('custom:') && metric !== word)
    .map((metric) => ({ name: formulaName(metric) ?? metric, label: factsOf(metric).hint }))
    .filter(({ name, label }) => name.includes(wanted) || label.toLowerCase().includes(wanted))
    .toSorted((one, other) => Number(other.name.startsWith(wanted)) - Number(one.name.startsWith(wanted)))
    .slice(0, SUGGESTIONS_MAX)
}
