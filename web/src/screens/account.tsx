import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { changePassword, rename } from '../account.ts'
import classes from '../parts/edit-screen.module.css'
import { FormFooter, FormProblem } from '../parts/form-footer.tsx'
import { Section } from '../parts/page.tsx'
import { Sessions } from '../parts/sessions.tsx'
import { useTell } from '../parts/tell.tsx'
import { TwoFactor } from '../parts/two-factor.tsx'
import { useMe } from '../session.ts'
import { accountTexts as words } from '../texts-settings.ts'
import { useForm } from '../use-form.ts'

/** What belongs to the signed-in person, in whatever workspace. */
export function Account() {
  return (
    <Stack gap="xl" className={classes.form}>
      <Person />
      <TwoFactor />
      <Password />
      <Sessions />
    </Stack>
  )
}

function Person() {
  const { user } = useMe()
  const queries = useQueryClient()
  const form = useForm({ name: user.name }, async ({ name }) => {
    await rename(name)
    await queries.invalidateQueries({ queryKey: ['me'] })
  })
  return (
    <Section title={words.you}>
      <form onSubmit={form.submit}>
        <Stack gap="md" maw={420}>
          <TextInput {...form.text('name')} label={words.name} autoComplete="name" required maxLength={200} />
          <TextInput label={words.email} description={words.emailHint} value={user.email} readOnly />
        </Stack>
        <FormFooter form={form} isNew={false} />
      </form>
    </Section>
  )
}

const NOTHING = { currentPassword: '', newPassword: '' }
const PASSWORD_CHARS_MIN = 10

function Password() {
  const { user } = useMe()
  const queries = useQueryClient()
  const tell = useTell()
  const form = useForm(NOTHING, async ({ currentPassword, newPassword }) => {
    await changePassword(currentPassword, newPassword)
    form.keep(NOTHING)
    await queries.invalidateQueries({ queryKey: ['sessions'] })
    tell(words.passwordChanged)
  })
  return (
    <Section title={words.passwordTitle} aside={words.passwordAside}>
      <form onSubmit={form.submit}>
        <Stack gap="md" maw={420}>
          {/* For password managers, which keep the pair. */}
          <input type="email" value={user.email} autoComplete="username" readOnly hidden />
          <PasswordInput
            {...form.text('currentPassword')}
            label={words.current}
            autoComplete="current-password"
            required
          />
          <PasswordInput
            {...form.text('newPassword')}
            label={words.next}
            description={words.nextHint}
            autoComplete="new-password"
            minLength={PASSWORD_CHARS_MIN}
            required
          />
          <FormProblem problem={form.problem} />
          <Group>
            <Button type="submit" variant="default" loading={form.saving}>
              {words.changePassword}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}
