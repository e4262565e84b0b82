import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { texts } from '../texts.ts'
import { Icon } from './icon.tsx'
import { LeaveGuard } from './leave-guard.tsx'

/** What is wrong with a form beside its fields. */
export function FormProblem({ problem }: { readonly problem: string | undefined }) {
  if (problem === undefined) return null
  return (
    <Alert color="red" variant="light" icon={<Icon name="alert" />} role="alert" py="xs">
      {problem}
    </Alert>
  )
}

type FormFooterProps = {
  readonly form: {
    readonly problem: string | undefined
    readonly saving: boolean
    readonly saved: boolean
    /** Something that is not saved would be lost by leaving. */
    readonly changed?: boolean
  }
  readonly isNew: boolean
  /** Where giving up leads. */
  readonly cancelHref?: string
}

/** The end of a form: what is wrong, save, cancel. */
export function FormFooter({ form, isNew, cancelHref }: FormFooterProps) {
  return (
    <Stack gap="md" mt="xl">
      <LeaveGuard active={form.changed === true && !form.saving} />
      <FormProblem problem={form.problem} />
      <Group gap="xs">
        <Button type="submit" loading={form.saving}>
          {isNew ? texts.form.create : texts.form.save}
        </Button>
        {cancelHref && (
          <Button component="a" href={cancelHref} variant="subtle" color="gray">
            {texts.form.cancel}
          </Button>
        )}
        <Text size="sm" c="dimmed" role="status">
          {form.saved && texts.form.saved}
        </Text>
      </Group>
    </Stack>
  )
}
