import { Anchor, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import classes from '../parts/bulk-status.module.css'
import { FormProblem } from '../parts/form-footer.tsx'
import { LogScreen } from '../parts/log-screen.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { StateBadge } from '../parts/state-badge.tsx'
import { When } from '../parts/when.tsx'
import { useMayChange } from '../session.ts'
import { isKey } from '../texts.ts'
import { decisionTexts, standingTexts, applicationTexts as words } from '../texts-network.ts'

type Application = components['schemas']['Application']
/** A list's row needs one id; a pair of ids has none of its own. */
type Row = Application & { readonly id: string }
type Decision = 'approved' | 'rejected'

const SEPARATOR = '/'
const STATES = {
  pending: standingTexts.now.pending,
  approved: standingTexts.now.approved,
  rejected: standingTexts.now.rejected,
  blocked: standingTexts.now.blocked,
} as const

/** Who asked to run which offer: many are decided at once. */
export function Applications() {
  const mayChange = useMayChange()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  return (
    <LogScreen<Row>
      name="applications"
      texts={words}
      icon="inbox"
      filter={{ name: 'state', label: words.filter, any: words.any, choices: STATES }}
      list={listApplications}
      href={() => undefined}
      banner={() => <Decide chosen={chosen} onClear={() => setChosen(new Set())} />}
      nothing={(state) =>
        state === 'pending' ? { title: words.nothingPending, text: words.nothingPendingText } : undefined
      }
      selection={
        mayChange
          ? {
              chosen,
              onChange: setChosen,
              allLabel: decisionTexts.selectAll,
              rowLabel: (key) => decisionTexts.select(key),
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
}: {
  readonly limit: number
  readonly cursor: string | undefined
  readonly filter: string | undefined
}) {
  const state = isKey(STATES, filter) ? { state: filter } : {}
  const query = { limit, ...(cursor === undefined ? {} : { cursor }), ...state }
  const page = await answerOf(api.GET('/api/v1/applications', { params: { query } }))
  const items = page.items.map((item) => ({ ...item, id: item.offerId + SEPARATOR + item.affiliateId }))
  return { items, nextCursor: page.nextCursor }
}

type DecideProps = { readonly chosen: ReadonlySet<string>; readonly onClear: () => void }

/** What can be done with the chosen ones; nothing while none is chosen. */
function Decide({ chosen, onClear }: DecideProps) {
  const [state, setState] = useState<Decision>()
  const count = chosen.size
  if (count === 0) return null
  const finish = () => {
    setState(undefined)
    onClear()
  }
  return (
    <Group className={classes.bar} gap="xs">
      <Text size="sm" fw={500} role="status" mr="xs">
        {decisionTexts.chosen(count)}
      </Text>
      <Button size="xs" onClick={() => setState('approved')}>
        {decisionTexts.approve}
      </Button>
      <Button size="xs" variant="default" onClick={() => setState('rejected')}>
        {decisionTexts.reject}
      </Button>
      <Button size="xs" variant="subtle" color="gray" onClick={onClear}>
        {decisionTexts.clear}
      </Button>
      <Modal
        opened={state !== undefined}
        onClose={() => setState(undefined)}
        title={state === 'rejected' ? words.rejectTitle(count) : words.approveTitle(count)}
        centered
      >
        {state !== undefined && <DecideForm chosen={chosen} state={state} onDone={finish} />}
      </Modal>
    </Group>
  )
}

type DecideFormProps = {
  readonly chosen: ReadonlySet<string>
  readonly state: Decision
  readonly onDone: () => void
}

function DecideForm({ chosen, state, onDone }: DecideFormProps) {
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const decide = useMutation({
    mutationFn: () => {
      const items = [...chosen].map((key) => {
        const [offerId = '', affiliateId = ''] = key.split(SEPARATOR)
        return { offerId, affiliateId }
      })
      return answerOf(api.POST('/api/v1/applications/decide', { body: { state, reason, items } }))
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['applications'] }),
  })
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    decide.mutate()
  }
  if (decide.data !== undefined) {
    const { changed, unchanged, unknown } = decide.data
    const parts = [
      words.decided(changed),
      ...(unchanged > 0 ? [words.unchanged(unchanged)] : []),
      ...(unknown.length > 0 ? [words.unknown(unknown.length)] : []),
    ]
    return (
      <Stack gap="md">
        <Text role="status">{parts.join(', ')}</Text>
        <Group>
          <Button variant="default" onClick={onDone}>
            {decisionTexts.close}
          </Button>
        </Group>
      </Stack>
    )
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Textarea
          label={decisionTexts.reason}
          description={words.reasonHint}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          autosize
          minRows={2}
          data-autofocus
        />
        <FormProblem problem={decide.error?.message} />
        <Group>
          <Button type="submit" color={state === 'rejected' ? 'red' : 'trail'} loading={decide.isPending}>
            {state === 'rejected' ? decisionTexts.reject : decisionTexts.approve}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
