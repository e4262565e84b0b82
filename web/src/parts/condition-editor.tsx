import { ActionIcon, Button, Group as Line, SegmentedControl, Stack, Text } from '@mantine/core'
import {
  describeCondition,
  EMPTY_TEST,
  type FormCondition,
  type Group,
  isGroup,
  type Join,
  readCondition,
  type Test,
  writeCondition,
} from '../conditions.ts'
import { toOptions } from '../texts.ts'
import { flowTexts } from '../texts-flow.ts'
import classes from './condition-editor.module.css'
import { ConditionTest } from './condition-test.tsx'
import { Icon } from './icon.tsx'

const words = flowTexts

type ConditionEditorProps = {
  /** As the API has it. */
  readonly when: unknown
  readonly errorOf: (path: string) => string | undefined
  readonly onChange: (when: unknown) => void
}

/** Tests and groups of tests, one level deep; anything deeper is shown as a sentence and kept. */
export function ConditionEditor({ when, errorOf, onChange }: ConditionEditorProps) {
  const condition = readCondition(when)
  if (condition === undefined) {
    return (
      <Stack gap={4}>
        <Text>{describeCondition(when)}</Text>
        <Text size="sm" c="dimmed">
          {words.deep}
        </Text>
      </Stack>
    )
  }
  return (
    <Parts
      condition={condition}
      errorOf={errorOf}
      onChange={(changed) => onChange(writeCondition(changed))}
    />
  )
}

type PartsProps = {
  readonly condition: FormCondition
  readonly errorOf: (path: string) => string | undefined
  readonly onChange: (condition: FormCondition) => void
}

function Parts({ condition, errorOf, onChange }: PartsProps) {
  const { join, parts } = condition
  const replace = (at: number, part: Test | Group | undefined) =>
    onChange({
      join,
      parts: parts.flatMap((before, index) => (index !== at ? [before] : part === undefined ? [] : [part])),
    })
  return (
    <Stack gap="xs">
      {parts.length > 1 && (
        <JoinSelect join={join} onChange={(chosen) => onChange({ join: chosen, parts })} />
      )}
      {parts.map((part, index) =>
        isGroup(part) ? (
          <GroupEditor
            // biome-ignore lint/suspicious/noArrayIndexKey: parts have no names
            key={index}
            group={part}
            place={String(index + 1)}
            errorOf={(path) => errorOf(`${join}.${index}.${path}`)}
            onChange={(group) => replace(index, group)}
          />
        ) : (
          <ConditionTest
            // biome-ignore lint/suspicious/noArrayIndexKey: parts have no names
            key={index}
            test={part}
            place={String(index + 1)}
            errorOf={(path) => errorOf(`${join}.${index}.${path}`)}
            onChange={(test) => replace(index, test)}
          />
        ),
      )}
      <Line gap={4}>
        <Add label={words.testAdd} onClick={() => onChange({ join, parts: [...parts, EMPTY_TEST] })} />
        <Add
          label={words.groupAdd}
          onClick={() => onChange({ join, parts: [...parts, { join: other(join), tests: [EMPTY_TEST] }] })}
        />
      </Line>
    </Stack>
  )
}

type GroupEditorProps = {
  readonly group: Group
  readonly place: string
  readonly errorOf: (path: string) => string | undefined
  /** undefined removes it. */
  readonly onChange: (group: Group | undefined) => void
}

function GroupEditor({ group, place, errorOf, onChange }: GroupEditorProps) {
  const { join, tests } = group
  const replace = (at: number, test: Test | undefined) => {
    const kept = tests.flatMap((before, index) =>
      index !== at ? [before] : test === undefined ? [] : [test],
    )
    onChange(kept.length === 0 ? undefined : { join, tests: kept })
  }
  return (
    <fieldset className={classes.group} aria-label={words.group(place)}>
      <Line justify="space-between" mb={8}>
        <JoinSelect join={join} onChange={(chosen) => onChange({ join: chosen, tests })} />
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={words.remove(words.group(place))}
          onClick={() => onChange(undefined)}
        >
          <Icon name="remove" size={14} />
        </ActionIcon>
      </Line>
      <Stack gap="xs">
        {tests.map((test, index) => (
          <ConditionTest
            // biome-ignore lint/suspicious/noArrayIndexKey: tests have no names
            key={index}
            test={test}
            place={`${place}.${index + 1}`}
            errorOf={(path) => errorOf(`${join}.${index}.${path}`)}
            onChange={(changed) => replace(index, changed)}
          />
        ))}
        <Line>
          <Add label={words.testAdd} onClick={() => onChange({ join, tests: [...tests, EMPTY_TEST] })} />
        </Line>
      </Stack>
    </fieldset>
  )
}

function JoinSelect({ join, onChange }: { readonly join: Join; readonly onChange: (join: Join) => void }) {
  return (
    <SegmentedControl
      aria-label={words.join}
      data={toOptions(words.joins)}
      value={join}
      onChange={(chosen) => onChange(chosen === 'any' ? 'any' : 'all')}
      size="xs"
      w="fit-content"
    />
  )
}

function Add({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      leftSection={<Icon name="plus" size={12} />}
      onClick={onClick}
    >
      {label}
    </Button>
  )
}

/** A group inside a group of the same kind would say nothing new. */
function other(join: Join): Join {
  return join === 'all' ? 'any' : 'all'
}
