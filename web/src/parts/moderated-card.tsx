import { Anchor, Badge, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { ApiProblem, answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { useNames } from '../resource.ts'
import { useMayChange, useMe } from '../session.ts'
import { decisionTexts, moderationTexts as words } from '../texts-network.ts'
import { moderatingTexts, reasonTexts } from '../texts-waiting.ts'
import { FormProblem } from './form-footer.tsx'
import { networkOffers } from './network-offers.ts'
import { Note } from './note.tsx'
import classes from './pixel-preview.module.css'
import { PixelPreview } from './pixel-preview.tsx'
import { ReasonField } from './reason-field.tsx'
import { useUndo } from './undo.tsx'
import { When } from './when.tsx'

export type ModeratedTarget = components['schemas']['ModeratedTarget']
type Verdict = { readonly moderation: ModeratedTarget['moderation']; readonly reason: string }

type ModeratedCardProps = {
  readonly target: ModeratedTarget
  /** The one that the keys are about. */
  readonly isCurrent: boolean
}

/** One postback or pixel: whose it is, its exact text, what it loads, and the decision. */
export function ModeratedCard({ target, isCurrent }: ModeratedCardProps) {
  const mayChange = useMayChange()
  return (
    <article
      className={classes.card}
      aria-label={`${target.affiliateName}, ${words.types[target.type]}`}
      data-current={isCurrent || undefined}
      tabIndex={-1}
    >
      <Stack gap="md">
        <Group justify="space-between" align="flex-start">
          <div>
            <Group gap="xs">
              <Anchor href={`/affiliates/${target.ownerId}`} fw={600}>
                {target.affiliateName}
              </Anchor>
              <Badge variant="light" color="gray">
                {words.types[target.type]}
              </Badge>
            </Group>
            <Text size="sm" c="dimmed">
              <OfferName id={target.offerId} /> · <When at={target.updatedAt} />
            </Text>
          </div>
          {mayChange && <Decisions target={target} />}
        </Group>
        <PixelPreview target={target} />
        {target.moderationReason !== '' && <Note tone="look">{target.moderationReason}</Note>}
      </Stack>
    </article>
  )
}

/** An affiliate manager has no page of an offer. */
function OfferName({ id }: { readonly id: string }) {
  const isManager = useMe().workspace.role === 'affiliate_manager'
  const nameOf = useNames(networkOffers)
  if (id === '') return words.allOffers
  const name = words.ofOffer(nameOf(id))
  return isManager ? name : <Anchor href={`/offers/${id}`}>{name}</Anchor>
}

/** The verdict names the text that was looked at, so that a change between the two is not approved unseen. */
function useDecide(target: ModeratedTarget) {
  const queries = useQueryClient()
  const offerUndo = useUndo()
  const send = async (verdict: Verdict) => {
    const params = { path: { id: target.id } }
    const body = { ...verdict, textHash: target.textHash }
    try {
      await answerOf(api.POST('/api/v1/notification-targets/{id}/moderate', { params, body }))
    } catch (error) {
      const isChanged = error instanceof ApiProblem && error.code === 'text_changed'
      throw isChanged ? new Error(words.changed, { cause: error }) : error
    } finally {
      await queries.invalidateQueries({ queryKey: ['pixel-moderation'] })
    }
  }
  const before = { moderation: target.moderation, reason: target.moderationReason }
  return async (verdict: Verdict) => {
    await send(verdict)
    const tell = verdict.moderation === 'approved' ? moderatingTexts.approved : moderatingTexts.rejected
    offerUndo({ message: tell(target.affiliateName), undo: () => send(before) })
  }
}

function Decisions({ target }: { readonly target: ModeratedTarget }) {
  const decide = useDecide(target)
  const [opened, { open, close }] = useDisclosure()
  const approve = useMutation({ mutationFn: () => decide({ moderation: 'approved', reason: '' }) })
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="xs">
        {target.moderation !== 'approved' && (
          <Button
            size="xs"
            data-deed="approve"
            loading={approve.isPending}
            onClick={() => approve.mutate()}
            aria-keyshortcuts="a"
          >
            {decisionTexts.approve}
          </Button>
        )}
        {target.moderation !== 'rejected' && (
          <Button size="xs" variant="default" data-deed="reject" onClick={open} aria-keyshortcuts="r">
            {decisionTexts.reject}
          </Button>
        )}
      </Group>
      <FormProblem problem={approve.error?.message} />
      <Modal opened={opened} onClose={close} title={words.rejectTitle} centered>
        <RejectForm
          name={target.affiliateName}
          reject={async (reason) => {
            await decide({ moderation: 'rejected', reason })
            close()
          }}
        />
      </Modal>
    </Stack>
  )
}

type RejectFormProps = { readonly name: string; readonly reject: (reason: string) => Promise<void> }

function RejectForm({ name, reject }: RejectFormProps) {
  const [reason, setReason] = useState('')
  const send = useMutation({ mutationFn: () => reject(reason.trim()) })
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    send.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text>{name}</Text>
        <ReasonField
          label={words.reason}
          hint={words.reasonHint}
          ready={reasonTexts.pixels}
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
