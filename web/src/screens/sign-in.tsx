import { Button, PasswordInput, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { postAuth } from '../api.ts'
import { Entrance } from '../parts/entrance.tsx'
import { FormProblem } from '../parts/form-footer.tsx'
import { texts } from '../texts.ts'
import { useForm } from '../use-form.ts'

/** Asks who it is, in the place of whatever screen was asked for, which then appears. */
export function SignIn() {
  const queries = useQueryClient()
  const form = useForm({ email: '', password: '' }, async (values) => {
    await postAuth('/sign-in/email', values)
    await queries.resetQueries()
  })
  return (
    <Entrance title={texts.signIn.title} onSubmit={form.submit}>
      <TextInput
        {...form.text('email')}
        label={texts.signIn.email}
        type="email"
        autoComplete="username"
        required
        autoFocus
      />
      <PasswordInput
        {...form.text('password')}
        label={texts.signIn.password}
        autoComplete="current-password"
        required
      />
      <FormProblem problem={form.problem} />
      <Button type="submit" loading={form.saving} fullWidth mt="xs">
        {texts.signIn.submit}
      </Button>
      <Text size="xs" c="dimmed" ta="center">
        {texts.signIn.firstTime}
      </Text>
    </Entrance>
  )
}
