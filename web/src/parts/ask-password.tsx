import { Button, Group, PasswordInput, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { retell } from '../retell.ts'
import { twoFactorTexts as words } from '../texts-settings.ts'
import { useForm } from '../use-form.ts'
import { FormProblem } from './form-footer.tsx'

type AskPasswordProps = {
  readonly label: string
  readonly isGrave?: boolean
  readonly run: (password: string) => Promise<unknown>
  readonly children?: ReactNode
}

/** Says one's own password once more before a deed that an open session alone must not do. */
export function AskPassword({ label, isGrave = false, run, children }: AskPasswordProps) {
  const form = useForm({ password: '' }, async ({ password }) => {
    await run(password).catch(retell({ invalid_password: ['password', words.wrongPassword] }))
  })
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        {children}
        <PasswordInput
          {...form.text('password')}
          label={words.password}
          autoComplete="current-password"
          required
          data-autofocus
        />
        <FormProblem problem={form.problem} />
        <Group>
          <Button type="submit" color={isGrave ? 'red' : 'trail'} loading={form.saving}>
            {label}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
