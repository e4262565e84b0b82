import { ActionIcon, Anchor, Button, Group, Select, Stack, Text, Title } from '@mantine/core'
import { EMPTY_TARGET, type TargetValues } from '../target-values.ts'
import { isKey, toOptions } from '../texts.ts'
import { targetTexts } from '../texts-catalogue.ts'
import { targetPageTexts } from '../texts-targets.ts'
import classes from './flow-paths.module.css'
import { Icon } from './icon.tsx'
import { TargetFields } from './target-fields.tsx'

const words = targetTexts
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
          {target.id === undefined && (
            <Text size="xs" c="dimmed" mt="sm">
              {words.afterSaving}
            </Text>
          )}
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
        {target.id !== undefined && (
          <Anchor href={`/notification-targets/${target.id}`} size="xs">
            {words.open}
          </Anchor>
        )}
        <Select
          size="xs"
          w={110}
          aria-label={words.statusOf(index + 1)}
          data={toOptions(targetPageTexts.statuses)}
          value={target.status}
          onChange={(status) => isKey(targetPageTexts.statuses, status) && onChange({ status })}
          allowDeselect={false}
        />
        <ActionIcon variant="subtle" color="gray" aria-label={words.remove(index + 1)} onClick={onRemove}>
          <Icon name="remove" size={14} />
        </ActionIcon>
      </Group>
    </Group>
  )
}
