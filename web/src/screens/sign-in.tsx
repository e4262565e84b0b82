import { Anchor, Button, Code, PasswordInput, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { signIn, signInByCode } from '../account.ts'
import { ApiProblem } from '../api.ts'
import { Entrance } from '../parts/entrance.tsx'
import { FormProblem } from '../parts/form-footer.tsx'
import { texts } from '../texts.ts'
import { signInTexts as words } from '../texts-sign-in.ts'
import { useForm } from '../use-form.ts'

type SignInProps = {
  /** What follows; by default everything is asked anew. */
  readonly onDone?: () => Promise<unknown>
}

/** Asks who it is, in the place of whatever screen was asked for, which then appears. */
export function SignIn({ onDone }: SignInProps) {
  const queries = useQueryClient()
  const [needsCode, setNeedsCode] = useState(false)
  const enter = onDone ?? (() => queries.resetQueries())
  if (needsCode) return <SecondStep onDone={enter} onBack={() => setNeedsCode(false)} />
  return <FirstStep onDone={enter} onCode={() => setNeedsCode(true)} />
}

type FirstStepProps = { readonly onDone: () => Promise<unknown>; readonly onCode: () => void }

function FirstStep({ onDone, onCode }: FirstStepProps) {
  const form = useForm({ email: '', password: '' }, async (values) => {
    if (await signIn(values)) onCode()
    else await onDone()
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
      <Forgot email={form.values.email} />
      <Text size="xs" c="dimmed" ta="center">
        {texts.signIn.firstTime}
      </Text>
    </Entrance>
  )
}

/** What to do without a password: no e-mail is sent, since an installation may have no mail server. */
function Forgot({ email }: { readonly email: string }) {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Anchor
        component="button"
        type="button"
        size="sm"
        aria-expanded={opened}
        onClick={() => setOpened(!opened)}
      >
        {texts.signIn.forgot}
      </Anchor>
      {opened && (
        <Text size="sm" component="div">
          {texts.signIn.forgotAsk}
          <Code block mt={6}>
            {texts.signIn.forgotCommand(email.trim())}
          </Code>
        </Text>
      )}
    </>
  )
}

type SecondStepProps = { readonly onDone: () => Promise<unknown>; readonly onBack: () => void }

/** What the sign-in library refuses, in words that say what to do. */
const REFUSALS: Readonly<Record<string, string>> = {
  invalid_code: words.wrongCode,
  invalid_backup_code: words.wrongBackup,
  too_many_attempts_request_new_code: words.tooMany,
  account_temporarily_locked: words.tooMany,
  invalid_two_factor_cookie: words.tooLate,
}

function SecondStep({ onDone, onBack }: SecondStepProps) {
  const [isBackup, setBackup] = useState(false)
  const form = useForm({ code: '' }, async ({ code }) => {
    await signInByCode(code.replaceAll(/\s/g, ''), { isBackup }).catch((error: unknown) => {
      const refusal = error instanceof ApiProblem ? REFUSALS[error.code] : undefined
      throw refusal === undefined ? error : new Error(refusal)
    })
    await onDone()
  })
  return (
    <Entrance title={words.title} lead={words.lead} onSubmit={form.submit}>
      <TextInput
        {...form.text('code')}
        key={isBackup ? 'backup' : 'app'}
        label={isBackup ? words.backup : words.code}
        description={isBackup ? words.backupHint : words.codeHint}
        inputMode={isBackup ? 'text' : 'numeric'}
        autoComplete={isBackup ? 'off' : 'one-time-code'}
        required
        autoFocus
      />
      <FormProblem problem={form.problem} />
      <Button type="submit" loading={form.saving} fullWidth mt="xs">
        {words.submit}
      </Button>
      <Anchor
        component="button"
        type="button"
        size="sm"
        onClick={() => {
          form.set({ code: '' })
          setBackup(!isBackup)
        }}
      >
        {isBackup ? words.useApp : words.useBackup}
      </Anchor>
      <Anchor component="button" type="button" size="sm" onClick={onBack}>
        {words.again}
      </Anchor>
      {isBackup && (
        <Text size="xs" c="dimmed" ta="center">
          {words.lost}
        </Text>
      )}
    </Entrance>
  )
}
