import { ActionIcon, Button, Group as Line, SegmentedControl, Stack, Text } from '@mantine/core'
import { FLOW_LIMITS } from '../../../src/domain/flow.ts'
import {
  describeCondition,
  EMPTY_TEST,
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
/** The whole condition is a level of its own, and so are the tests in the innermost group. */
const GROUP_LEVELS_MAX = FLOW_LIMITS.conditionDepthMax - 2

type ErrorOf = (path: string) => string | undefined

type ConditionEditorProps = {
  /** As the API has it. */
  readonly when: unknown
  readonly errorOf: ErrorOf
  readonly onChange: (when: unknown) => void
}

/** Tests and groups of tests, as deep as the API takes them; what is no condition is shown as it reads. */
export function ConditionEditor({ when, errorOf, onChange }: ConditionEditorProps) {
  const condition = readCondition(when)
  if (condition === undefined) return <Text>{describeCondition(when)}</Text>
  return (
    <Stack gap="xs">
      {condition.parts.length > 1 && (
        <JoinSelect
          label={words.join}
          join={condition.join}
          onChange={(join) => onChange(writeCondition({ ...condition, join }))}
        />
      )}
      <Parts
        group={condition}
        place=""
        errorOf={errorOf}
        onChange={(changed) => onChange(writeCondition(changed))}
      />
    </Stack>
  )
}

type PartsProps = {
  readonly group: Group
  /** "2.1": where the group stands; '' for the whole condition. */
  readonly place: string
  readonly errorOf: ErrorOf
  readonly onChange: (group: Group) => void
}

function Parts({ group, place, errorOf, onChange }: PartsProps) {
  const { join, parts } = group
  const replace = (at: number, part: Test | Group | undefined) =>
    onChange({
      join,
      parts: parts.flatMap((before, index) => (index !== at ? [before] : part === undefined ? [] : [part])),
    })
  const add = (part: Test | Group) => onChange({ join, parts: [...parts, part] })
  return (
    <Stack gap="xs">
      {parts.map((part, index) => {
        const common = {
          place: placeIn(place, index),
          errorOf: (path: string) => errorOf(`${join}.${index}.${path}`),
          onChange: (changed: Test | Group | undefined) => replace(index, changed),
        }
        return isGroup(part) ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no names
          <GroupEditor key={index} group={part} {...common} />
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no names
          <ConditionTest key={index} test={part} {...common} />
        )
      })}
      <Line gap={4}>
        <Add label={words.testAdd} place={place} onClick={() => add(EMPTY_TEST)} />
        {levelOf(place) < GROUP_LEVELS_MAX && (
          <Add
            label={words.groupAdd}
            place={place}
            onClick={() => add({ join: other(join), parts: [EMPTY_TEST] })}
          />
        )}
      </Line>
    </Stack>
  )
}

type GroupEditorProps = Omit<PartsProps, 'onChange'> & {
  /** undefined removes it. */
  readonly onChange: (group: Group | undefined) => void
}

function GroupEditor({ group, place, errorOf, onChange }: GroupEditorProps) {
  return (
    <fieldset className={classes.group} aria-label={words.group(place)}>
      <Line justify="space-between" mb={8}>
        <JoinSelect
          label={words.joinOf(place)}
          join={group.join}
          onChange={(join) => onChange({ ...group, join })}
        />
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={words.remove(words.group(place))}
          onClick={() => onChange(undefined)}
        >
          <Icon name="remove" size={14} />
        </ActionIcon>
      </Line>
      <Parts
        group={group}
        place={place}
        errorOf={errorOf}
        // A group without tests would hold for everybody, or for nobody.
        onChange={(changed) => onChange(changed.parts.length === 0 ? undefined : changed)}
      />
    </fieldset>
  )
}

type JoinSelectProps = {
  readonly label: string
  readonly join: Join
  readonly onChange: (join: Join) => void
}

function JoinSelect({ label, join, onChange }: JoinSelectProps) {
  return (
    <SegmentedControl
      aria-label={label}
      data={toOptions(words.joins)}
      value={join}
      onChange={(chosen) => onChange(chosen === 'any' ? 'any' : 'all')}
      size="xs"
      w="fit-content"
    />
  )
}

type AddProps = { readonly label: string; readonly place: string; readonly onClick: () => void }

function Add({ label, place, onClick }: AddProps) {
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      leftSection={<Icon name="plus" size={12} />}
      aria-label={place === '' ? undefined : words.addTo(label, place)}
      onClick={onClick}
    >
      {label}
    </Button>
  )
}

function placeIn(group: string, index: number): string {
  return group === '' ? String(index + 1) : `${group}.${index + 1}`
}

/** 0 for the whole condition. */
function levelOf(place: string): number {
  return place === '' ? 0 : place.split('.').length
}

/** A group inside a group of the same kind would say nothing new. */
function other(join: Join): Join {
  return join === 'all' ? 'any' : 'all'
}
