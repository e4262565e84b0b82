import { Anchor, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { formatMoney } from '../format.ts'
import { useNames } from '../resource.ts'
import { type Affiliate, type AffiliateStatus, affiliates } from '../resources-network.ts'
import { useMayChange, useMe } from '../session.ts'
import { billingTexts } from '../texts-billing.ts'
import { affiliateTexts as words } from '../texts-network.ts'
import { useForm } from '../use-form.ts'
import { Adjustments } from './adjustment-list.tsx'
import { AffiliateFigures } from './affiliate-figures.tsx'
import { AffiliateKeys } from './affiliate-keys.tsx'
import classes from './affiliate-overview.module.css'
import { ConfirmButton } from './confirm-button.tsx'
import { CopyField } from './copy-field.tsx'
import { FormProblem } from './form-footer.tsx'
import { Loaded } from './loaded.tsx'
import { Note } from './note.tsx'
import { Section } from './page.tsx'
import { ReferralLink } from './referral-link.tsx'
import { StateBadge } from './state-badge.tsx'
import { Sums } from './sums.tsx'
import { When } from './when.tsx'

/** An affiliate at a glance: how it does, what it is owed, whether it is let in, and who signs in for it. */
export function AffiliateOverview({ affiliate }: { readonly affiliate: Affiliate }) {
  const { role } = useMe().workspace
  return (
    <div className={classes.columns}>
      <Stack gap={32} className={classes.column}>
        <AffiliateFigures affiliateId={affiliate.id} />
        <BalanceOf affiliate={affiliate} />
        {(role === 'owner' || role === 'manager') && <Adjustments side="affiliate" party={affiliate} />}
      </Stack>
      <Stack gap={32} className={classes.column}>
        <Standing affiliate={affiliate} />
        <People affiliate={affiliate} />
        <AffiliateKeys affiliateId={affiliate.id} />
        <Referrals affiliate={affiliate} />
      </Stack>
    </div>
  )
}

type NewStatus = Exclude<AffiliateStatus, 'pending'>
/** What may follow a status, the likely one first. */
const NEXT: Readonly<Record<AffiliateStatus, readonly NewStatus[]>> = {
  pending: ['active', 'rejected'],
  active: ['paused', 'closed'],
  paused: ['active', 'closed'],
  rejected: ['active'],
  closed: ['active'],
}
const DEEDS: Readonly<Record<NewStatus, string>> = {
  active: words.reactivate,
  paused: words.pause,
  rejected: words.rejectIt,
  closed: words.closeIt,
}

function Standing({ affiliate }: { readonly affiliate: Affiliate }) {
  const queries = useQueryClient()
  const mayChange = useMayChange()
  const { id, status, statusReason, acceptedTermsAt } = affiliate
  const change = async (to: NewStatus, reason: string) => {
    const params = { path: { id } }
    const body = { status: to, reason }
    const changed = await answerOf(api.POST('/api/v1/affiliates/{id}/status', { params, body }))
    queries.setQueryData([affiliates.name, id], changed)
    await queries.invalidateQueries({ queryKey: [affiliates.name], exact: true })
  }
  return (
    <Section title={words.standing}>
      <div>
        <StateBadge state={status} words={words.statuses} />
      </div>
      {status !== 'active' && statusReason !== '' && <Note tone="look">{statusReason}</Note>}
      {acceptedTermsAt !== null && (
        <Text size="sm" c="dimmed">
          {words.accepted}: <When at={acceptedTermsAt} />
        </Text>
      )}
      {mayChange && (
        <Group gap="xs">
          {NEXT[status].map((to, index) => {
            const label = status === 'pending' && to === 'active' ? words.activate : DEEDS[to]
            return (
              <ConfirmButton
                key={to}
                label={label}
                title={`${label}: ${affiliate.name}`}
                text={words.statusAsk[to]}
                reason={{ label: words.reason, hint: words.reasonHint, required: to !== 'active' }}
                isGrave={to !== 'active'}
                run={(reason) => change(to, reason)}
                button={{ variant: index === 0 && to === 'active' ? 'filled' : 'default' }}
              />
            )
          })}
        </Group>
      )}
      <CopyField label={words.id} value={id} description={words.idHint} />
    </Section>
  )
}

function BalanceOf({ affiliate }: { readonly affiliate: Affiliate }) {
  const { id } = affiliate
  const query = useQuery({
    queryKey: ['balances', 'of', id],
    queryFn: () => answerOf(api.GET('/api/v1/affiliates/{id}/balance', { params: { path: { id } } })),
  })
  return (
    <Section title={words.balance}>
      <Loaded query={query}>
        {(balance) => (
          <Sums
            sums={(['pending', 'onHold', 'payable', 'invoiced', 'paid'] as const).map((name) => ({
              label: billingTexts[name],
              value: formatMoney(balance[name], balance.currency),
              isBad: name === 'payable' && Number(balance[name]) < 0,
            }))}
          />
        )}
      </Loaded>
      <Anchor href="/billing" size="sm">
        {words.toBilling}
      </Anchor>
    </Section>
  )
}

/** Whom it brings, and who brought it. */
function Referrals({ affiliate }: { readonly affiliate: Affiliate }) {
  const { id, referrerId, referralPercent } = affiliate
  const nameOf = useNames(affiliates)
  const workspace = useMe().workspace.id
  return (
    <Section title={words.referral} aside={words.referralShare}>
      <ReferralLink workspace={workspace} affiliateId={id} words={words.referralWords} />
      {referrerId !== '' && (
        <Text size="sm">
          {words.broughtBy(nameOf(referrerId))} {words.referralOf(referralPercent)}
        </Text>
      )}
    </Section>
  )
}

/** Who signs in for the affiliate. */
function People({ affiliate }: { readonly affiliate: Affiliate }) {
  const { id } = affiliate
  const queries = useQueryClient()
  const mayChange = useMayChange()
  const [opened, { open, close }] = useDisclosure()
  const queryKey = ['affiliate-users', id]
  const query = useQuery({
    queryKey,
    queryFn: () => answerOf(api.GET('/api/v1/affiliates/{id}/users', { params: { path: { id } } })),
  })
  const remove = async (userId: string) => {
    const params = { path: { id, userId } }
    await answerOf(api.DELETE('/api/v1/affiliates/{id}/users/{userId}', { params }))
    await queries.invalidateQueries({ queryKey })
  }
  return (
    <Section title={words.people} aside={words.peopleAside}>
      <Loaded query={query}>
        {({ items }) => (
          <Stack gap="xs">
            {items.length === 0 && <Text size="sm">{words.noPeople}</Text>}
            {items.map((person) => (
              <Group key={person.id} justify="space-between" wrap="nowrap">
                <div style={{ minWidth: 0 }}>
                  <Text size="sm" truncate>
                    {person.name}
                  </Text>
                  <Text size="xs" c="dimmed" truncate title={person.email}>
                    {person.email}
                  </Text>
                </div>
                {mayChange && (
                  <ConfirmButton
                    label={words.remove}
                    ariaLabel={words.removePerson(person.name)}
                    title={words.removePerson(person.name)}
                    text={words.removePersonAsk(person.name)}
                    isGrave
                    run={() => remove(person.id)}
                    button={{ size: 'compact-xs' }}
                  />
                )}
              </Group>
            ))}
          </Stack>
        )}
      </Loaded>
      {mayChange && (
        <Button variant="default" size="xs" w="fit-content" onClick={open}>
          {words.addPerson}
        </Button>
      )}
      <Modal opened={opened} onClose={close} title={words.addPerson} centered>
        <NewPerson affiliate={affiliate} onDone={close} />
      </Modal>
    </Section>
  )
}

type NewPersonProps = { readonly affiliate: Affiliate; readonly onDone: () => void }

function NewPerson({ affiliate, onDone }: NewPersonProps) {
  const queries = useQueryClient()
  const { id, email } = affiliate
  const form = useForm({ name: '', email, password: '' }, async (body) => {
    await answerOf(api.POST('/api/v1/affiliates/{id}/users', { params: { path: { id } }, body }))
    await queries.invalidateQueries({ queryKey: ['affiliate-users', id] })
    onDone()
  })
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        <TextInput {...form.text('name')} label={words.personName} required data-autofocus />
        <TextInput {...form.text('email')} label={words.email} type="email" required />
        <TextInput
          {...form.text('password')}
          label={words.password}
          description={words.passwordHint}
          autoComplete="off"
          required
        />
        <FormProblem problem={form.problem} />
        <Group>
          <Button type="submit" loading={form.saving}>
            {words.addPerson}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
