import { Button, CloseButton, Drawer, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { useMetricFacts, useMetricGroups } from '../report-choices.ts'
import type { AskedReport } from '../report-data.ts'
import { isMetric, type Metric } from '../report-names.ts'
import { METRICS_MAX, writeMetrics } from '../report-query.ts'
import { setQuery } from '../router.tsx'
import { useMayChange } from '../session.ts'
import { texts } from '../texts.ts'
import { explorerTexts } from '../texts-explorer.ts'
import { Icon } from './icon.tsx'
import classes from './report-columns.module.css'
import { type FormulaDraft, FormulaForm } from './report-formula.tsx'
import { OwnFormulas } from './report-formulas.tsx'
import { Sortable } from './report-sortable.tsx'

const words = explorerTexts.columns

/** Which metrics a report shows, in which order, and the formulas of the workspace. */
export function ReportColumns({ asked }: { readonly asked: AskedReport }) {
  const [opened, { open, close }] = useDisclosure()
  const [draft, setDraft] = useState<FormulaDraft>()
  const endDraft = () => setDraft(undefined)
  const title =
    draft === undefined
      ? words.title
      : draft.id === undefined
        ? explorerTexts.formula.create
        : explorerTexts.formula.editTitle
  return (
    <>
      <Button variant="default" leftSection={<Icon name="columns" size={14} />} onClick={open}>
        {words.title}
      </Button>
      <Drawer opened={opened} onClose={close} onExitTransitionEnd={endDraft} position="right" title={title}>
        {draft === undefined ? (
          <Choice asked={asked} onDraft={setDraft} />
        ) : (
          <FormulaForm
            asked={asked}
            draft={draft}
            onSaved={(metric) => {
              if (!asked.metrics.includes(metric)) show([...asked.metrics, metric])
              endDraft()
            }}
            onCancel={endDraft}
          />
        )}
      </Drawer>
    </>
  )
}

function show(metrics: readonly Metric[]): void {
  setQuery({ cols: writeMetrics(metrics) })
}

type ChoiceProps = { readonly asked: AskedReport; readonly onDraft: (draft: FormulaDraft) => void }

function Choice({ asked, onDraft }: ChoiceProps) {
  const factsOf = useMetricFacts()
  const { metrics } = asked
  return (
    <Stack gap="lg">
      <Text size="sm" c="dimmed">
        {words.lead}
      </Text>
      <section>
        <Text size="sm" fw={600} mb={4}>
          {words.shown}
        </Text>
        <Sortable
          label={words.shown}
          direction="column"
          items={metrics.map((metric) => ({ id: metric, label: factsOf(metric).label }))}
          moveLabel={words.move}
          onOrder={(ids) => show(ids.filter(isMetric))}
        >
          {({ id, label }) => (
            <>
              <Text component="span" size="sm" className={classes.name}>
                {label}
              </Text>
              {metrics.length > 1 && (
                <CloseButton
                  size="sm"
                  aria-label={words.hide(label)}
                  onClick={() => show(metrics.filter((metric) => metric !== id))}
                />
              )}
            </>
          )}
        </Sortable>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          mt={4}
          ml={-8}
          onClick={() => setQuery({ cols: undefined })}
        >
          {texts.report.columnsReset}
        </Button>
      </section>
      <OwnFormulas metrics={metrics} onDraft={onDraft} mayChange={useMayChange()} />
      <Others metrics={metrics} />
    </Stack>
  )
}

/** What is not shown; a press adds it as the last column. */
function Others({ metrics }: { readonly metrics: readonly Metric[] }) {
  const factsOf = useMetricFacts()
  const isFull = metrics.length >= METRICS_MAX
  return (
    <>
      {useMetricGroups().map((group) => {
        const others = group.metrics.filter((metric) => !metrics.includes(metric))
        if (others.length === 0 || group.label === words.own) return null
        return (
          <section key={group.label}>
            <Text size="sm" fw={600} mb={4}>
              {group.label}
            </Text>
            {isFull && (
              <Text size="xs" c="dimmed">
                {words.most(METRICS_MAX)}
              </Text>
            )}
            <ul className={classes.others}>
              {others.map((metric) => (
                <li key={metric}>
                  <AddColumn metric={metric} metrics={metrics} disabled={isFull} {...factsOf(metric)} />
                </li>
              ))}
            </ul>
          </section>
        )
      })}
    </>
  )
}

type AddColumnProps = {
  readonly metric: Metric
  readonly metrics: readonly Metric[]
  readonly label: string
  readonly hint: string
  readonly disabled: boolean
}

function AddColumn({ metric, metrics, label, hint, disabled }: AddColumnProps) {
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      justify="start"
      fullWidth
      leftSection={<Icon name="plus" size={12} />}
      aria-label={words.show(label)}
      title={hint}
      disabled={disabled}
      onClick={() => show([...metrics, metric])}
    >
      {label}
    </Button>
  )
}
