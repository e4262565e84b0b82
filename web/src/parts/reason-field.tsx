import { Button, Stack, Text, Textarea } from '@mantine/core'
import { reasonTexts as words } from '../texts-waiting.ts'
import classes from './reason-field.module.css'

type ReasonFieldProps = {
  readonly label: string
  readonly hint: string
  /** Ready ones; a press takes one over, to be changed or sent as it is. */
  readonly ready: readonly string[]
  readonly value: string
  readonly onChange: (reason: string) => void
}

/** Why something is refused, in words that its affiliate reads. */
export function ReasonField({ label, hint, ready, value, onChange }: ReasonFieldProps) {
  return (
    <Stack gap="xs">
      <Textarea
        label={label}
        description={hint}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        autosize
        minRows={2}
        data-autofocus
      />
      <fieldset className={classes.ready} aria-label={words.label}>
        <Text size="xs" c="dimmed">
          {words.choose}
        </Text>
        {ready.map((reason) => (
          <Button
            key={reason}
            variant="default"
            size="compact-sm"
            className={classes.one}
            aria-pressed={value === reason}
            onClick={() => onChange(reason)}
          >
            {reason}
          </Button>
        ))}
      </fieldset>
    </Stack>
  )
}
