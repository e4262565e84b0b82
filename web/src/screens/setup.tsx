import { Alert, Button, Divider, PasswordInput, Select, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { CURRENCIES, TIME_ZONES } from '../choices.ts'
import { Entrance } from '../parts/entrance.tsx'
import { FormProblem } from '../parts/form-footer.tsx'
import { navigate, usePlace } from '../router.tsx'
import { texts } from '../texts.ts'
import { type Form, useForm } from '../use-form.ts'

/** Creates the first owner and workspace; whoever holds the printed link is let in once. */
export function Setup() {
  const token = usePlace().query.get('token') ?? ''
  const queries = useQueryClient()
  const form = useForm(toValues(token), async (body) => {
    await answerOf(api.POST('/api/v1/setup', { body }))
    navigate('/start', { replace: true })
    await queries.resetQueries()
  })
  return (
    <Entrance title={texts.setup.title} lead={texts.setup.lead} onSubmit={form.submit}>
      {token === '' && <Alert color="yellow">{texts.setup.noToken}</Alert>}
      <TextInput {...form.text('name')} label={texts.setup.name} autoComplete="name" required autoFocus />
      <TextInput
        {...form.text('email')}
        label={texts.setup.email}
        type="email"
        autoComplete="username"
        required
      />
      <PasswordInput
        {...form.text('password')}
        label={texts.setup.password}
        description={texts.setup.passwordHint}
        autoComplete="new-password"
        required
      />
      <Divider my={4} />
      <WorkspaceFields form={form} />
      <FormProblem problem={form.problem} />
      <Button type="submit" loading={form.saving} fullWidth mt="xs">
        {texts.setup.submit}
      </Button>
    </Entrance>
  )
}

function WorkspaceFields({ form }: { readonly form: Form<ReturnType<typeof toValues>> }) {
  return (
    <>
      <TextInput
        {...form.text('workspaceName')}
        label={texts.setup.workspaceName}
        description={texts.setup.workspaceNameHint}
        autoComplete="organization"
        required
      />
      <Select
        label={texts.form.currency}
        description={texts.setup.currencyHint}
        data={CURRENCIES}
        value={form.values.currency}
        error={form.errorOf('currency')}
        onChange={(currency) => currency !== null && form.set({ currency })}
        searchable
        allowDeselect={false}
        required
      />
      <Select
        label={texts.setup.timeZone}
        description={texts.setup.timeZoneHint}
        data={TIME_ZONES}
        value={form.values.timeZone}
        error={form.errorOf('timeZone')}
        onChange={(timeZone) => timeZone !== null && form.set({ timeZone })}
        searchable
        allowDeselect={false}
        required
      />
    </>
  )
}

function toValues(token: string) {
  return {
    token,
    name: '',
    email: '',
    password: '',
    workspaceName: '',
    currency: 'USD',
    timeZone: Intl.DateTimeFormat('en').resolvedOptions().timeZone,
  }
}
