import { Anchor, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import classes from '../parts/bulk-status.module.css'
import { FormProblem } from '../parts/form-footer.tsx'
import { LogScreen } from '../parts/log-screen.tsx'
import { usePartyFields } from '../parts/party-fields.ts'
import { ReasonField } from '../parts/reason-field.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { StateBadge } from '../parts/state-badge.tsx'
import { useUndo } from '../parts/undo.tsx'
import { WaitingTabs } from '../parts/waiting-tabs.tsx'
import { When } from '../parts/when.tsx'
import { usePlace } from '../router.tsx'
import { useMayChange } from '../session.ts'
import { isKey } from '../texts.ts'
import { decisionTexts, standingTexts, applicationTexts as words } from '../texts-network.ts'
import { reasonTexts } from '../texts-waiting.ts'
import { useChosen } from '../use-chosen.ts'

type Application = components['schemas']['Application']
/** A list's row needs one id; a pair of ids has none of its own. */
type Row = Application & { readonly id: string }
type Decision = 'approved' | 'rejected'

const SEPARATOR = '/'
const FIELDS = ['affiliateId', 'offerId']
const STATES = {
  pending: standingTexts.now.pending,
  approved: standingTexts.now.approved,
  rejected: standingTexts.now.rejected,
  blocked: standingTexts.now.blocked,
} as const

/** Who asked to run which offer: many are decided at once. */
export function Applications() {
  const mayChange = useMayChange()
  const { query } = usePlace()
  const shown = ['state', ...FIELDS].map((name) => query.get(name) ?? '')
  const { chosen, choose, clear } = useChosen(shown.join(' '))
  const fields = usePartyFields()
  return (
    <LogScreen<Row>
      name="applications"
      texts={words}
      icon="inbox"
      filter={{ name: 'state', label: words.filter, any: words.any, choices: STATES }}
      fields={fields}
      list={listApplications}
      href={() => undefined}
      banner={(_, rows) => (
        <>
          <WaitingTabs />
          <Decide chosen={rows.filter(({ id }) => chosen.has(id))} onClear={clear} />
        </>
      )}
      nothing={(state) =>
        state === 'pending' ? { title: words.nothingPending, text: words.nothingPendingText } : undefined
      }
      selection={
        mayChange
          ? {
              chosen,
              onChange: choose,
              allLabel: decisionTexts.selectAll,
              rowLabel: (row) => decisionTexts.select(words.pair(row.affiliateName, row.offerName)),
            }
          : undefined
      }
      columns={[
        { key: 'affiliate', header: words.affiliate, cell: (row) => <AffiliateLink row={row} /> },
        {
          key: 'offer',
          header: words.offer,
          cell: (row) => <Shortened text={row.offerName} width={220} />,
        },
        {
          key: 'state',
          header: words.state,
          cell: (row) => <StateBadge state={row.state} words={standingTexts.now} />,
        },
        {
          key: 'message',
          header: words.message,
          cell: (row) => (
            <Text size="sm" maw={420} style={{ overflowWrap: 'anywhere' }}>
              {row.message}
            </Text>
          ),
        },
        {
          key: 'time',
          header: words.time,
          cell: (row) => (row.updatedAt === null ? '' : <When at={row.updatedAt} />),
        },
      ]}
    />
  )
}

function AffiliateLink({ row }: { readonly row: Row }) {
  return (
    <Anchor href={`/affiliates/${row.affiliateId}`} size="sm">
      {row.affiliateName}
    </Anchor>
  )
}

async function listApplications({
  limit,
  cursor,
  filter,
  given,
}: {
  readonly limit: number
  readonly cursor: string | undefined
  readonly filter: string | undefined
  readonly given: Readonly<Record<string, string>>
}) {
  const state = isKey(STATES, filter) ? { state: filter } : {}
  const query = { limit, ...(cursor === undefined ? {} : { cursor }), ...state, ...given }
  const page = await answerOf(api.GET('/api/v1/applications', { params: { query } }))
  const items = page.items.map((item) => ({ ...item, id: item.offerId + SEPARATOR + item.affiliateId }))
  return { items, nextCursor: page.nextCursor }
}

type DecideProps = { readonly chosen: readonly Row[]; readonly onClear: () => void }

/** What can be done with the chosen ones; nothing while none is chosen. Approving asks nothing: it can be undone. */
function Decide({ chosen, onClear }: DecideProps) {
  const [opened, { open, close }] = useDisclosure()
  const decide = useDecide()
  const approve = useMutation({
    mutationFn: () => decide({ rows: chosen, state: 'approved', reason: '' }),
    onSuccess: onClear,
  })
  const count = chosen.length
  if (count === 0) return null
  return (
    <Group className={classes.bar} gap="xs">
      <Text size="sm" fw={500} role="status" mr="xs">
        {decisionTexts.chosen(count)}
      </Text>
      <Button size="xs" loading={approve.isPending} onClick={() => approve.mutate()}>
        {decisionTexts.approve}
      </Button>
      <Button size="xs" variant="default" onClick={open}>
        {decisionTexts.reject}
      </Button>
      <Button size="xs" variant="subtle" color="gray" onClick={onClear}>
        {decisionTexts.clear}
      </Button>
      <FormProblem problem={approve.error?.message} />
      <Modal opened={opened} onClose={close} title={words.rejectTitle(count)} centered>
        <RejectForm
          reject={async (reason) => {
            await decide({ rows: chosen, state: 'rejected', reason })
            close()
            onClear()
          }}
        />
      </Modal>
    </Group>
  )
}

type Wanted = { readonly rows: readonly Row[]; readonly state: Decision; readonly reason: string }
/** What is sent for some pairs at once. */
type Verdict = {
  readonly keys: readonly string[]
  readonly state: Exclude<Application['state'], 'none'>
  readonly reason: string
}

/** Decides about many at once, tells what became of them, and offers to put them back where they stood. */
function useDecide() {
  const queries = useQueryClient()
  const offerUndo = useUndo()
  const send = async ({ keys, ...decision }: Verdict) => {
    const items = keys.map((key) => {
      const [offerId = '', affiliateId = ''] = key.split(SEPARATOR)
      return { offerId, affiliateId }
    })
    const decided = await answerOf(api.POST('/api/v1/applications/decide', { body: { ...decision, items } }))
    await queries.invalidateQueries({ queryKey: ['applications'] })
    return decided
  }
  return async ({ rows, state, reason }: Wanted) => {
    const before = toVerdicts(rows)
    const { changed, unchanged, unknown } = await send({ keys: rows.map(({ id }) => id), state, reason })
    const parts = [
      words.decided(changed),
      ...(unchanged > 0 ? [words.unchanged(unchanged)] : []),
      ...(unknown.length > 0 ? [words.unknown(unknown.length)] : []),
    ]
    offerUndo({ message: parts.join(', '), undo: () => Promise.all(before.map(send)) })
  }
}

/** Where rows stand, those that stand alike together. */
function toVerdicts(rows: readonly Row[]): readonly Verdict[] {
  const alike = Object.groupBy(rows, ({ state, reason }) => `${state} ${reason}`)
  return Object.values(alike).flatMap((group = []) => {
    const [first] = group
    if (first === undefined || first.state === 'none') return []
    return [{ state: first.state, reason: first.reason, keys: [...new Set(group.map(({ id }) => id))] }]
  })
}

function RejectForm({ reject }: { readonly reject: (reason: string) => Promise<void> }) {
  const [reason, setReason] = useState('')
  const send = useMutation({ mutationFn: () => reject(reason.trim()) })
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    send.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <ReasonField
          label={decisionTexts.reason}
          hint={words.reasonHint}
          ready={reasonTexts.applications}
          value={reason}
          onChange={setReason}
        />
        <FormProblem problem={send.error?.message} />
        <Group>
          <Button type="submit" color="red" loading={send.isPending}>
            {decisionTexts.reject}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
