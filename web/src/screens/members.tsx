import { Badge, Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { formatDay } from '../format.ts'
import { ConfirmButton } from '../parts/confirm-button.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { FormProblem } from '../parts/form-footer.tsx'
import { Icon } from '../parts/icon.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Section } from '../parts/page.tsx'
import { RequireTwoFactor } from '../parts/require-two-factor.tsx'
import { ResetTwoFactor } from '../parts/reset-two-factor.tsx'
import classes from '../parts/role-list.module.css'
import { useItems } from '../resource.ts'
import { type Member, members } from '../resources-network.ts'
import { useMe } from '../session.ts'
import { isKey, toOptions } from '../texts.ts'
import { memberTexts as words } from '../texts-billing.ts'
import { peopleTexts } from '../texts-settings.ts'
import { useForm } from '../use-form.ts'

/** The workspace's own people and what each may do. */
export function Members() {
  const query = useItems(members)
  const [opened, { open, close }] = useDisclosure()
  return (
    <Stack gap="xl">
      <People query={query} onAdd={open} />
      {query.data !== undefined && <RequireTwoFactor people={query.data} />}
      <Section title={peopleTexts.rolesTitle}>
        <dl className={classes.roles}>
          {Object.values(peopleTexts.may).map(([role, may]) => (
            <div key={role}>
              <dt>{role}</dt>
              <dd>{may}</dd>
            </div>
          ))}
        </dl>
      </Section>
      <Modal opened={opened} onClose={close} title={words.add} centered>
        <NewMember onDone={close} />
      </Modal>
    </Stack>
  )
}

type PeopleProps = {
  readonly query: ReturnType<typeof useItems<Member>>
  readonly onAdd: () => void
}

function People({ query, onAdd }: PeopleProps) {
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <Text c="dimmed" flex="1 1 260px">
          {words.lead}
        </Text>
        <Button leftSection={<Icon name="plus" size={14} />} onClick={onAdd}>
          {words.add}
        </Button>
      </Group>
      <Loaded query={query}>{(people) => <MemberTable people={people} />}</Loaded>
    </Stack>
  )
}

function MemberTable({ people }: { readonly people: readonly Member[] }) {
  const { user, workspace } = useMe()
  const { timeZone } = workspace
  return (
    <DataTable
      label={words.role}
      rows={people}
      rowKey={(person) => person.id}
      columns={[
        { key: 'name', header: words.name, cell: (person) => <Person person={person} /> },
        { key: 'role', header: words.role, cell: (person) => <RoleSelect person={person} /> },
        {
          key: 'second',
          header: peopleTexts.second,
          cell: (person) => <SecondFactor person={person} />,
        },
        {
          key: 'since',
          header: words.since,
          cell: (person) => formatDay(Date.parse(person.since), timeZone),
        },
        {
          key: 'remove',
          header: '',
          numeric: true,
          cell: (person) => person.id !== user.id && <Remove person={person} />,
        },
      ]}
    />
  )
}

function Person({ person: { id, name, email } }: { readonly person: Member }) {
  const { user } = useMe()
  return (
    <>
      <Text size="sm" fw={500}>
        {id === user.id ? `${name} (${words.you})` : name}
      </Text>
      <Text size="xs" c="dimmed">
        {email}
      </Text>
    </>
  )
}

function RoleSelect({ person }: { readonly person: Member }) {
  const queries = useQueryClient()
  const { user } = useMe()
  const change = useMutation({
    mutationFn: (role: Member['role']) =>
      answerOf(api.PATCH('/api/v1/members/{id}', { params: { path: { id: person.id } }, body: { role } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: [members.name] })
      // One's own role decides what one sees.
      if (person.id === user.id) await queries.invalidateQueries({ queryKey: ['me'] })
    },
  })
  return (
    <Select
      aria-label={words.roleOf(person.name)}
      data={toOptions(words.roles)}
      value={change.variables !== undefined && change.isPending ? change.variables : person.role}
      error={change.error?.message}
      onChange={(role) => isKey(words.roles, role) && role !== person.role && change.mutate(role)}
      allowDeselect={false}
      size="xs"
      miw={210}
    />
  )
}

/** Whether it is on, and taking it from somebody who lost it. */
function SecondFactor({ person }: { readonly person: Member }) {
  const { user } = useMe()
  if (person.hasTwoFactor !== true)
    return (
      <Badge variant="dot" color="gray">
        {peopleTexts.hasNot}
      </Badge>
    )
  return (
    <Group gap={6} wrap="nowrap">
      <Badge variant="dot" color="green">
        {peopleTexts.has}
      </Badge>
      {person.id !== user.id && <ResetTwoFactor person={person} />}
    </Group>
  )
}

function Remove({ person }: { readonly person: Member }) {
  const queries = useQueryClient()
  return (
    <ConfirmButton
      label={words.remove}
      ariaLabel={`${words.remove}: ${person.name}`}
      title={person.name}
      text={words.removeAsk(person.name)}
      isGrave
      run={async () => {
        await answerOf(api.DELETE('/api/v1/members/{id}', { params: { path: { id: person.id } } }))
        await queries.invalidateQueries({ queryKey: [members.name] })
      }}
      button={{ size: 'compact-xs' }}
    />
  )
}

const NOBODY: {
  readonly name: string
  readonly email: string
  readonly password: string
  readonly role: Member['role']
} = { name: '', email: '', password: '', role: 'affiliate_manager' }

function NewMember({ onDone }: { readonly onDone: () => void }) {
  const queries = useQueryClient()
  const form = useForm(NOBODY, async (body) => {
    await answerOf(api.POST('/api/v1/members', { body }))
    await queries.invalidateQueries({ queryKey: [members.name] })
    onDone()
  })
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        <TextInput {...form.text('name')} label={words.name} required data-autofocus />
        <TextInput {...form.text('email')} label={words.email} type="email" required />
        <TextInput
          {...form.text('password')}
          label={words.password}
          description={words.passwordHint}
          autoComplete="off"
          required
        />
        <Select
          label={words.role}
          data={toOptions(words.roles)}
          value={form.values.role}
          error={form.errorOf('role')}
          onChange={(role) => isKey(words.roles, role) && form.set({ role })}
          allowDeselect={false}
        />
        <FormProblem problem={form.problem} />
        <Group>
          <Button type="submit" loading={form.saving}>
            {words.add}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
