import { ActionIcon, Button, Checkbox, Group, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type CustomMetric, customMetrics } from '../report-kept.ts'
import { customMetricName } from '../report-metrics.ts'
import type { Metric } from '../report-names.ts'
import { writeMetrics } from '../report-query.ts'
import { restoreKept } from '../report-restore.ts'
import { useItems } from '../resource.ts'
import { setQuery } from '../router.tsx'
import { explorerTexts } from '../texts-explorer.ts'
import { Icon } from './icon.tsx'
import classes from './report-columns.module.css'
import type { FormulaDraft } from './report-formula.tsx'
import { tellFailure } from './tell.tsx'
import { useUndo } from './undo.tsx'

const words = explorerTexts.formula
const NEW_FORMULA: FormulaDraft = { id: undefined, name: '', formula: '', kind: 'money' }

type OwnFormulasProps = {
  readonly metrics: readonly Metric[]
  readonly onDraft: (draft: FormulaDraft) => void
  readonly mayChange: boolean
}

/** The workspace's own metrics: shown or not, changed, deleted, made. */
export function OwnFormulas({ metrics, onDraft, mayChange }: OwnFormulasProps) {
  const own = useItems(customMetrics).data ?? []
  const toggle = (metric: Metric) =>
    setQuery({
      cols: writeMetrics(
        metrics.includes(metric) ? metrics.filter((other) => other !== metric) : [...metrics, metric],
      ),
    })
  return (
    <section>
      <Text size="sm" fw={600} mb={4}>
        {explorerTexts.columns.own}
      </Text>
      {own.length === 0 && (
        <Text size="sm" c="dimmed" mb={4}>
          {words.none}
        </Text>
      )}
      {own.map((item) => (
        <Group key={item.id} justify="space-between" wrap="nowrap" gap="xs" mih={32}>
          <Checkbox
            size="xs"
            className={classes.name ?? ''}
            label={item.name}
            title={item.formula}
            checked={metrics.includes(customMetricName(item.id))}
            onChange={() => toggle(customMetricName(item.id))}
          />
          {mayChange && <FormulaDeeds item={item} metrics={metrics} onDraft={onDraft} />}
        </Group>
      ))}
      {mayChange && (
        <Button
          variant="default"
          size="xs"
          mt={6}
          leftSection={<Icon name="plus" size={12} />}
          onClick={() => onDraft(NEW_FORMULA)}
        >
          {words.create}
        </Button>
      )}
    </section>
  )
}

type FormulaDeedsProps = Pick<OwnFormulasProps, 'metrics' | 'onDraft'> & { readonly item: CustomMetric }

function FormulaDeeds({ item, metrics, onDraft }: FormulaDeedsProps) {
  const queries = useQueryClient()
  const offerUndo = useUndo()
  const refresh = () => queries.invalidateQueries({ queryKey: [customMetrics.name] })
  const remove = async () => {
    const shown = metrics.filter((metric) => metric !== customMetricName(item.id))
    setQuery({ cols: writeMetrics(shown) })
    await customMetrics.archive(item.id)
    await refresh()
    offerUndo({
      message: words.removed(item.name),
      undo: async () => {
        await restoreKept('custom-metrics', item.id)
        await refresh()
        setQuery({ cols: writeMetrics(metrics) })
      },
    })
  }
  return (
    <Group gap={2} wrap="nowrap">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={words.edit(item.name)}
        onClick={() => onDraft({ id: item.id, name: item.name, formula: item.formula, kind: item.kind })}
      >
        <Icon name="settings" size={14} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={words.remove(item.name)}
        onClick={() => void remove().catch((failure: unknown) => tellFailure(words.removeFailed, failure))}
      >
        <Icon name="remove" size={14} />
      </ActionIcon>
    </Group>
  )
}
