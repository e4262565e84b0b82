import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  MultiSelect,
  NumberInput,
  Select,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { isKey, texts, toOptions } from '../texts.ts'
import { targetTexts } from '../texts-catalogue.ts'
import type { TargetValues } from '../use-save-source.ts'
import classes from './flow-paths.module.css'
import { Pair } from './form-layout.tsx'
import { Icon } from './icon.tsx'

const words = targetTexts
const STATUSES = ['pending', 'approved', 'rejected', 'trash'] as const
const MINUTE_SECONDS = 60

export const EMPTY_TARGET: TargetValues = {
  type: 'postback',
  url: '',
  events: [],
  statuses: [],
  onlyFirst: false,
  onlyWithPayout: false,
  delaySeconds: 0,
  percent: 100,
  status: 'active',
}

type TargetRowsProps = {
  readonly targets: readonly TargetValues[]
  readonly errorOf: (path: string) => string | undefined
  readonly onChange: (targets: readonly TargetValues[]) => void
}

/** The calls that go back to a traffic source on a conversion, each with its own conditions. */
export function TargetRows({ targets, errorOf, onChange }: TargetRowsProps) {
  const change = (at: number, changes: Partial<TargetValues>) =>
    onChange(targets.map((target, index) => (index === at ? { ...target, ...changes } : target)))
  return (
    <Stack gap="md">
      {targets.length === 0 && (
        <Text size="sm" c="dimmed">
          {words.none}
        </Text>
      )}
      {targets.map((target, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a new call has no id yet
        <div key={index} className={classes.path}>
          <TargetHead
            target={target}
            index={index}
            onChange={(changes) => change(index, changes)}
            onRemove={() => onChange(targets.filter((_, other) => other !== index))}
          />
          <TargetFields
            target={target}
            index={index}
            errorOf={(name) => errorOf(`targets.${index}.${name}`)}
            onChange={(changes) => change(index, changes)}
          />
        </div>
      ))}
      <Button
        variant="default"
        size="xs"
        className={classes.add}
        leftSection={<Icon name="plus" size={12} />}
        onClick={() => onChange([...targets, EMPTY_TARGET])}
      >
        {words.add}
      </Button>
    </Stack>
  )
}

type TargetProps = {
  readonly target: TargetValues
  readonly index: number
  readonly onChange: (changes: Partial<TargetValues>) => void
}

function TargetHead(props: TargetProps & { readonly onRemove: () => void }) {
  const { target, index, onChange, onRemove } = props
  return (
    <Group justify="space-between" mb="xs">
      <Title order={3} size="sm">
        {words.title(index + 1)}
      </Title>
      <Group gap="xs">
        <Switch
          size="xs"
          label={words.enabled}
          checked={target.status === 'active'}
          onChange={(event) => onChange({ status: event.currentTarget.checked ? 'active' : 'disabled' })}
        />
        <ActionIcon variant="subtle" color="gray" aria-label={words.remove(index + 1)} onClick={onRemove}>
          <Icon name="remove" size={14} />
        </ActionIcon>
      </Group>
    </Group>
  )
}

type TargetFieldsProps = TargetProps & { readonly errorOf: (name: string) => string | undefined }

function TargetFields({ target, index, errorOf, onChange }: TargetFieldsProps) {
  const label = texts.sources.postbackUrl
  return (
    <Stack gap="md">
      <TextInput
        label={index === 0 ? label : `${label} ${index + 1}`}
        description={texts.sources.postbackHint}
        placeholder="https://"
        value={target.url}
        error={errorOf('url')}
        onChange={(event) => onChange({ url: event.currentTarget.value })}
      />
      <Pair>
        <Select
          label={words.type}
          description={target.type === 'postback' ? undefined : words.typeHint}
          data={toOptions(words.types)}
          value={target.type}
          error={errorOf('type')}
          onChange={(type) => isKey(words.types, type) && onChange({ type })}
          allowDeselect={false}
        />
        <MultiSelect
          label={texts.sources.postbackStatuses}
          description={texts.sources.postbackStatusesHint}
          data={STATUSES.map((value) => ({ value, label: texts.status[value] }))}
          value={target.statuses}
          error={errorOf('statuses')}
          onChange={(chosen) => onChange({ statuses: STATUSES.filter((status) => chosen.includes(status)) })}
        />
      </Pair>
      <TargetConditions target={target} index={index} errorOf={errorOf} onChange={onChange} />
    </Stack>
  )
}

/** What few calls need stays folded, unless it is used. */
function TargetConditions({ target, errorOf, onChange }: TargetFieldsProps) {
  const { events, percent, delaySeconds, onlyFirst, onlyWithPayout } = target
  const isUsed = events.length > 0 || percent < 100 || delaySeconds > 0 || onlyFirst || onlyWithPayout
  return (
    <details open={isUsed || undefined} className={classes.more}>
      <summary>{words.conditions}</summary>
      <Stack gap="md" mt="xs">
        <TagsInput
          label={words.events}
          description={words.eventsHint}
          value={events}
          error={errorOf('events')}
          onChange={(chosen) => onChange({ events: chosen })}
        />
        <Pair>
          <NumberInput
            label={words.percent}
            value={percent}
            error={errorOf('percent')}
            onChange={(value) => onChange({ percent: Number(value) })}
            min={0}
            max={100}
            allowDecimal={false}
          />
          <NumberInput
            label={words.delay}
            value={delaySeconds / MINUTE_SECONDS}
            error={errorOf('delaySeconds')}
            onChange={(value) => onChange({ delaySeconds: Math.round(Number(value) * MINUTE_SECONDS) })}
            min={0}
          />
        </Pair>
        <Checkbox
          label={words.onlyFirst}
          checked={onlyFirst}
          onChange={(event) => onChange({ onlyFirst: event.currentTarget.checked })}
        />
        <Checkbox
          label={words.onlyWithPayout}
          checked={onlyWithPayout}
          onChange={(event) => onChange({ onlyWithPayout: event.currentTarget.checked })}
        />
      </Stack>
    </details>
  )
}
