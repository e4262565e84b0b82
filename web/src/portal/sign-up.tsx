import { Anchor, Button, Checkbox, PasswordInput, Text, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { ApiProblem, answerOf, api, postAuth } from '../api.ts'
import { Entrance } from '../parts/entrance.tsx'
import { FormProblem } from '../parts/form-footer.tsx'
import { Failure, Lines } from '../parts/loaded.tsx'
import { navigate, usePlace } from '../router.tsx'
import { texts } from '../texts.ts'
import { portalTexts } from '../texts-portal.ts'
import { useForm } from '../use-form.ts'
import classes from './portal.module.css'
import { PORTAL_HOME } from './portal-screens.ts'

const words = portalTexts.signUp
type Network = {
  readonly name: string
  readonly open: boolean
  readonly needsApproval: boolean
  readonly agreement: string
}

/** Where affiliates sign up by themselves, when the network lets them. `?ref=` is who invited them. */
export function SignUp({ workspace }: { readonly workspace: string }) {
  const query = useQuery({
    queryKey: ['sign-up', workspace],
    queryFn: () => answerOf(api.GET('/api/v1/sign-up/{workspace}', { params: { path: { workspace } } })),
  })
  if (query.data === undefined && query.error === null) {
    return (
      <Plain title={words.lead}>
        <Lines />
      </Plain>
    )
  }
  if (query.data === undefined) {
    if (query.error instanceof ApiProblem && query.error.status === 404)
      return <Plain title={words.unknownTitle}>{words.unknown}</Plain>
    return (
      <Plain title={words.lead}>
        {query.error && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      </Plain>
    )
  }
  if (!query.data.open) return <Plain title={words.closedTitle}>{words.closed(query.data.name)}</Plain>
  return <SignUpForm workspace={workspace} network={query.data} />
}

/** A page without a form of its own: its button leads to the sign-in. */
function Plain({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Entrance
      title={title}
      onSubmit={(event) => {
        event.preventDefault()
        navigate('/')
      }}
    >
      <Text size="sm" component="div">
        {children}
      </Text>
      <Button type="submit" variant="default">
        {words.toSignIn}
      </Button>
    </Entrance>
  )
}

function SignUpForm({ workspace, network }: { readonly workspace: string; readonly network: Network }) {
  const referrer = usePlace().query.get('ref') ?? ''
  const queries = useQueryClient()
  const [isDone, setDone] = useState(false)
  const initial = { name: '', company: '', email: '', password: '', acceptTerms: network.agreement === '' }
  const form = useForm(initial, async (values) => {
    const params = { path: { workspace } }
    await answerOf(api.POST('/api/v1/sign-up/{workspace}', { params, body: { ...values, referrer } }))
    setDone(true)
    // An account that was there before may have another password; its person signs in by hand then.
    await postAuth('/sign-in/email', { email: values.email, password: values.password })
    navigate(PORTAL_HOME, { replace: true })
    await queries.resetQueries()
  })
  if (isDone && !form.saving) return <Plain title={words.doneTitle}>{words.doneText}</Plain>
  return (
    <Entrance title={words.title(network.name)} lead={words.lead} onSubmit={form.submit}>
      <TextInput {...form.text('name')} label={words.name} autoComplete="name" required autoFocus />
      <TextInput
        {...form.text('company')}
        label={words.company}
        description={words.companyHint}
        autoComplete="organization"
      />
      <TextInput
        {...form.text('email')}
        label={texts.signIn.email}
        type="email"
        autoComplete="username"
        required
      />
      <PasswordInput
        {...form.text('password')}
        label={words.password}
        description={texts.setup.passwordHint}
        autoComplete="new-password"
        required
      />
      {network.agreement !== '' && (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text must scroll by the keyboard too */}
          <section className={classes.terms} aria-label={words.agreement} tabIndex={0}>
            {network.agreement}
          </section>
          <Checkbox
            label={words.accept}
            checked={form.values.acceptTerms}
            error={form.errorOf('acceptTerms')}
            onChange={(event) => form.set({ acceptTerms: event.currentTarget.checked })}
          />
        </>
      )}
      <FormProblem problem={form.problem} />
      <Button type="submit" loading={form.saving} fullWidth mt="xs">
        {words.submit}
      </Button>
      {network.needsApproval && (
        <Text size="xs" c="dimmed" ta="center">
          {words.approval}
        </Text>
      )}
      <Text size="xs" c="dimmed" ta="center">
        {words.have}{' '}
        <Anchor href="/" inherit underline="always">
          {words.toSignIn}
        </Anchor>
      </Text>
    </Entrance>
  )
}
