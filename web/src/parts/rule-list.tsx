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
import { Fields } from './form-layout.tsx'
import { Icon } from './icon.tsx'
import { Note } from './note.tsx'
import classes from './rule-list.module.css'
import { RuleSorting, useSortableRule } from './rule-sorting.tsx'

const words = flowTexts

type RuleListProps = {
  readonly rules: readonly Rule[]
  /** The one whose fields are shown. */
  readonly opened: number | undefined
  readonly onOpen: (index: number | undefined) => void
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

/** Rules in their order: each reads as a sentence, opens for everybody, and is moved by mouse, touch or keys. */
export function RuleList(props: RuleListProps) {
  const { rules, opened, onOpen, warnings, errorOf, hasErrorAt, onChange } = props
  const { keys, move, add, remove } = useRuleKeys(props)
  return (
    <Stack gap="xs">
      <RuleSorting keys={keys} nameOf={(index) => rules[index]?.name || words.rule(index + 1)} onMove={move}>
        {rules.map((rule, index) => (
          <RuleCard
            key={keys[index] ?? index}
            sortKey={keys[index] ?? ''}
            rule={rule}
            index={index}
            isLast={index === rules.length - 1}
            isOpen={opened === index || hasErrorAt(`rules.${index}`)}
            warning={warnings.find(({ ruleId }) => ruleId === rule.id)?.reason}
            errorOf={errorOf}
            onToggle={() => onOpen(opened === index ? undefined : index)}
            onMove={(to) => move(index, to)}
            onChange={(changes) =>
              onChange(rules.map((each, other) => (other === index ? { ...each, ...changes } : each)))
            }
            onRemove={() => remove(index)}
          />
        ))}
      </RuleSorting>
      <Fields inline>
        <Button
          variant="default"
          size="xs"
          className={classes.add}
          leftSection={<Icon name="plus" size={12} />}
          onClick={add}
        >
          {words.ruleAdd}
        </Button>
      </Fields>
    </Stack>
  )
}

/** A new rule has no id yet, and two may be alike: keys of the form's own keep each card its place while it moves. */
function useRuleKeys({ rules, onOpen, onChange }: RuleListProps) {
  const [known, setKnown] = useState<readonly string[]>([])
  // The rules of a form are changed here alone; those it begins with are numbered.
  const keys = rules.map((rule, index) => known[index] ?? rule.id ?? `rule ${index}`)
  const move = (from: number, to: number) => {
    const moved = rules[from]
    const key = keys[from]
    if (moved === undefined || key === undefined || from === to) return
    setKnown(keys.filter((_, index) => index !== from).toSpliced(to, 0, key))
    onChange(rules.filter((_, index) => index !== from).toSpliced(to, 0, moved))
    onOpen(undefined)
  }
  const add = () => {
    setKnown([...keys, crypto.randomUUID()])
    onChange([...rules, EMPTY_RULE])
    onOpen(rules.length)
  }
  const remove = (at: number) => {
    setKnown(keys.filter((_, index) => index !== at))
    onChange(rules.filter((_, index) => index !== at))
    onOpen(undefined)
  }
  return { keys, move, add, remove }
}

type RuleCardProps = {
  readonly sortKey: string
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
  const { sortKey, rule, index, isOpen, warning, onToggle } = props
  const number = index + 1
  const { frame, handle } = useSortableRule(sortKey)
  return (
    <div
      {...frame}
      className={classes.rule}
      data-off={!rule.enabled || undefined}
      data-place={`rules.${index}`}
    >
      <Group gap={0} wrap="nowrap" align="flex-start" className={classes.head}>
        <Fields inline>
          <ActionIcon
            {...handle}
            variant="subtle"
            color="gray"
            className={classes.handle}
            aria-label={words.ruleDrag(number)}
          >
            <Icon name="grip" size={14} />
          </ActionIcon>
        </Fields>
        <UnstyledButton
          className={classes.summary}
          onClick={onToggle}
          aria-expanded={isOpen}
          aria-label={words.ruleEdit(number)}
          data-focus
        >
          <Text fw={600} size="sm">
            {rule.name || words.rule(number)}
          </Text>
          <Sentence rule={rule} />
        </UnstyledButton>
        <Fields inline>
          <RuleButtons {...props} />
        </Fields>
      </Group>
      {warning !== undefined && (
        <div className={classes.warning}>
          <Note tone="look" title={words.warnings}>
            {warning}
          </Note>
        </div>
      )}
      <Collapse expanded={isOpen} keepMounted={false}>
        <Fields>
          <RuleFields {...props} />
        </Fields>
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
          scope={rule.id}
          errorOf={errorOf}
          onChange={(paths) => onChange({ paths })}
        />
      </div>
    </Stack>
  )
}
