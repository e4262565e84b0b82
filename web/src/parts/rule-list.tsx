import {
  ActionIcon,
  Button,
  Collapse,
  Group,
  Stack,
  Switch,
  Text,
  TextInput,
  UnstyledButton,
} from '@mantine/core'
import { useState } from 'react'
import { describeCondition, EMPTY_TEST, writeCondition } from '../conditions.ts'
import type { Rule } from '../flow-values.ts'
import { useNames } from '../resource.ts'
import { offers } from '../resources.ts'
import { flowTexts } from '../texts-flow.ts'
import { ConditionEditor } from './condition-editor.tsx'
import { EMPTY_PATH, FlowPaths } from './flow-paths.tsx'
import { Icon } from './icon.tsx'
import { Note } from './note.tsx'
import classes from './rule-list.module.css'

const words = flowTexts

type RuleListProps = {
  readonly rules: readonly Rule[]
  readonly warnings: readonly { readonly ruleId: string; readonly reason: string }[]
  readonly errorOf: (path: string) => string | undefined
  readonly hasErrorAt: (path: string) => boolean
  readonly onChange: (rules: readonly Rule[]) => void
}

/** A new rule: a condition to choose, and one path. */
const EMPTY_RULE: Rule = {
  name: '',
  enabled: true,
  when: writeCondition({ join: 'all', parts: [EMPTY_TEST] }),
  paths: [EMPTY_PATH],
}

/** Rules in their order: each reads as a sentence and opens for editing. */
export function RuleList({ rules, warnings, errorOf, hasErrorAt, onChange }: RuleListProps) {
  const [opened, setOpened] = useState<number>()
  const move = (from: number, to: number) => {
    const next = rules.filter((_, index) => index !== from)
    const moved = rules[from]
    if (moved !== undefined) onChange(next.toSpliced(to, 0, moved))
    setOpened(undefined)
  }
  return (
    <Stack gap="xs">
      {rules.map((rule, index) => (
        <RuleCard
          // biome-ignore lint/suspicious/noArrayIndexKey: a new rule has no id yet
          key={index}
          rule={rule}
          index={index}
          isLast={index === rules.length - 1}
          isOpen={opened === index || hasErrorAt(`rules.${index}`)}
          warning={warnings.find(({ ruleId }) => ruleId === rule.id)?.reason}
          errorOf={errorOf}
          onToggle={() => setOpened(opened === index ? undefined : index)}
          onMove={(to) => move(index, to)}
          onChange={(changes) =>
            onChange(rules.map((each, other) => (other === index ? { ...each, ...changes } : each)))
          }
          onRemove={() => {
            onChange(rules.filter((_, other) => other !== index))
            setOpened(undefined)
          }}
        />
      ))}
      <Button
        variant="default"
        size="xs"
        className={classes.add}
        leftSection={<Icon name="plus" size={12} />}
        onClick={() => {
          onChange([...rules, EMPTY_RULE])
          setOpened(rules.length)
        }}
      >
        {words.ruleAdd}
      </Button>
    </Stack>
  )
}

type RuleCardProps = {
  readonly rule: Rule
  readonly index: number
  readonly isLast: boolean
  readonly isOpen: boolean
  /** Why no visitor can ever match it. */
  readonly warning: string | undefined
  readonly errorOf: (path: string) => string | undefined
  readonly onToggle: () => void
  readonly onMove: (to: number) => void
  readonly onChange: (changes: Partial<Rule>) => void
  readonly onRemove: () => void
}

function RuleCard(props: RuleCardProps) {
  const { rule, index, isOpen, warning, onToggle } = props
  const number = index + 1
  return (
    <div className={classes.rule} data-off={!rule.enabled || undefined}>
      <Group gap="xs" wrap="nowrap" align="flex-start" className={classes.head}>
        <UnstyledButton
          className={classes.summary}
          onClick={onToggle}
          aria-expanded={isOpen}
          aria-label={words.ruleEdit(number)}
        >
          <Text fw={600} size="sm">
            {rule.name || words.rule(number)}
          </Text>
          <Sentence rule={rule} />
        </UnstyledButton>
        <RuleButtons {...props} />
      </Group>
      {warning !== undefined && (
        <div className={classes.warning}>
          <Note tone="look" title={words.warnings}>
            {warning}
          </Note>
        </div>
      )}
      <Collapse expanded={isOpen} keepMounted={false}>
        <RuleFields {...props} />
      </Collapse>
    </div>
  )
}

/** "Country is Germany → Sleep Well, Diet" */
function Sentence({ rule }: { readonly rule: Rule }) {
  const offerName = useNames(offers)
  const ids = rule.paths.flatMap((path) => path.offers.map(({ id }) => id)).filter((id) => id !== '')
  const target = ids.length === 0 ? '' : ` → ${[...new Set(ids)].map(offerName).join(', ')}`
  return (
    <Text size="sm" c="dimmed" lineClamp={2}>
      {describeCondition(rule.when)}
      {target}
    </Text>
  )
}

function RuleButtons({ rule, index, isLast, onMove, onChange, onRemove }: RuleCardProps) {
  const number = index + 1
  return (
    <Group gap={2} wrap="nowrap">
      <Switch
        size="xs"
        mr={6}
        aria-label={words.ruleEnabled(number)}
        checked={rule.enabled}
        onChange={(event) => onChange({ enabled: event.currentTarget.checked })}
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        className={classes.move}
        disabled={index === 0}
        aria-label={words.ruleUp(number)}
        onClick={() => onMove(index - 1)}
      >
        <Icon name="up" size={14} />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        className={classes.move}
        disabled={isLast}
        aria-label={words.ruleDown(number)}
        onClick={() => onMove(index + 1)}
      >
        <Icon name="down" size={14} />
      </ActionIcon>
      <ActionIcon variant="subtle" color="gray" aria-label={words.ruleRemove(number)} onClick={onRemove}>
        <Icon name="remove" size={14} />
      </ActionIcon>
    </Group>
  )
}

function RuleFields({ rule, index, errorOf, onChange }: RuleCardProps) {
  const at = `rules.${index}`
  const whenError = errorOf(`${at}.when`)
  return (
    <Stack gap="md" className={classes.fields}>
      <TextInput
        label={words.ruleName}
        placeholder={words.rule(index + 1)}
        value={rule.name}
        error={errorOf(`${at}.name`)}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <div>
        <Text size="sm" fw={500} mb={6}>
          {words.when}
        </Text>
        <ConditionEditor
          when={rule.when}
          errorOf={(path) => errorOf(`${at}.when.${path}`)}
          onChange={(when) => onChange({ when })}
        />
        {whenError && (
          <Text size="xs" c="red" mt={4}>
            {whenError}
          </Text>
        )}
      </div>
      <div>
        <Text size="sm" fw={500} mb={6}>
          {words.target}
        </Text>
        {rule.paths.length === 0 && (
          <Text size="sm" c="dimmed">
            {words.noPaths}
          </Text>
        )}
        <FlowPaths
          paths={rule.paths}
          at={`${at}.paths`}
          errorOf={errorOf}
          onChange={(paths) => onChange({ paths })}
        />
      </div>
    </Stack>
  )
}
