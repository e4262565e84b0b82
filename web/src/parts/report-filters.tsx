import { Button, CloseButton, Group, Popover, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import type { AskedReport } from '../report-data.ts'
import type { Filter } from '../report-filters.ts'
import { dimensionLabel } from '../report-names.ts'
import type { LabelOf } from '../report-values.ts'
import { texts } from '../texts.ts'
import { explorerTexts } from '../texts-explorer.ts'
import { Icon } from './icon.tsx'
import classes from './report-controls.module.css'
import { FilterForm } from './report-filter-form.tsx'

const words = explorerTexts.filter
const NEW_FILTER: Filter = { dimension: 'country', operator: 'is', values: [] }

type FiltersProps = {
  readonly asked: AskedReport
  readonly labelOf: LabelOf
  readonly onChange: (filters: readonly Filter[]) => void
}

type AddFilterProps = FiltersProps & {
  /** The edge of the button that its form is flush with: 'start' at the left of a page. */
  readonly side?: 'start' | 'end'
}

/** Opens an empty filter. */
export function AddFilter({ asked, labelOf, onChange, side = 'end' }: AddFilterProps) {
  const [opened, setOpened] = useState(false)
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position={`bottom-${side}`}
      shadow="md"
      trapFocus
      width={340}
    >
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<Icon name="filter" size={14} />}
          onClick={() => setOpened(!opened)}
        >
          {words.add}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <FilterForm
          asked={asked}
          labelOf={labelOf}
          initial={NEW_FILTER}
          onApply={(filter) => {
            setOpened(false)
            onChange([...asked.filters, filter])
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}

/** The filters that hold; each can be changed and taken away. */
export function FilterPills({ asked, labelOf, onChange }: FiltersProps) {
  const { filters } = asked
  if (filters.length === 0) return null
  return (
    <Group gap={6}>
      {filters.map((filter, index) => (
        <FilterPill
          key={JSON.stringify(filter)}
          {...{ asked, labelOf, filter }}
          onChange={(changed) =>
            onChange(filters.flatMap((other, at) => (at === index ? (changed ?? []) : other)))
          }
        />
      ))}
      {filters.length > 1 && (
        <Button variant="subtle" color="gray" size="compact-sm" onClick={() => onChange([])}>
          {words.clear}
        </Button>
      )}
    </Group>
  )
}

type FilterPillProps = Omit<FiltersProps, 'onChange'> & {
  readonly filter: Filter
  /** Undefined takes it away. */
  readonly onChange: (filter: Filter | undefined) => void
}

function FilterPill({ asked, labelOf, filter, onChange }: FilterPillProps) {
  const [opened, setOpened] = useState(false)
  const { dimension, operator, values } = filter
  const isText = operator === 'contains' || operator === 'starts'
  const named = values.map((value) => (isText ? value : labelOf(dimension, value))).join(words.or)
  const text = words.pill(dimensionLabel(dimension), explorerTexts.operators[operator], named)
  return (
    <div className={classes.pill}>
      <Popover opened={opened} onChange={setOpened} position="bottom-start" shadow="md" trapFocus width={340}>
        <Popover.Target>
          <UnstyledButton
            className={classes.pillText}
            title={words.edit(text)}
            onClick={() => setOpened(!opened)}
          >
            {text}
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown>
          <FilterForm
            {...{ asked, labelOf }}
            initial={filter}
            onApply={(changed) => {
              setOpened(false)
              onChange(changed)
            }}
          />
        </Popover.Dropdown>
      </Popover>
      <CloseButton size="sm" aria-label={texts.campaigns.remove(named)} onClick={() => onChange(undefined)} />
    </div>
  )
}
