import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatDuration } from '../format.ts'
import { FormProblem } from '../parts/form-footer.tsx'
import { Note } from '../parts/note.tsx'
import { Section } from '../parts/page.tsx'
import { ItemSelect } from '../parts/pickers.tsx'
import timeline from '../parts/story-timeline.module.css'
import { portalTexts } from '../texts-portal.ts'
import { type PortalPostback, portalOffers } from './portal-data.ts'

const words = portalTexts.test
type Tested = components['schemas']['PortalPostbackTest']

type PostbackTestProps = {
  readonly postback: PortalPostback
  /** What is typed is not what would be tested. */
  readonly isChanged: boolean
}

/** The Test button, and behind it the request as it was sent and the answer to it. */
export function PostbackTest({ postback, isChanged }: PostbackTestProps) {
  const [offerId, setOfferId] = useState('')
  const test = useMutation({
    mutationFn: () => {
      const params = { path: { id: postback.id } }
      return answerOf(api.POST('/api/v1/portal/postbacks/{id}/test', { params, body: { offerId } }))
    },
  })
  return (
    <Section title={words.title} aside={isChanged ? words.saveFirst : words.lead}>
      <Group gap="xs" align="flex-end">
        {postback.offerId === '' && (
          <ItemSelect
            resource={portalOffers}
            label={words.offer}
            placeholder={words.anyOffer}
            value={offerId}
            error={undefined}
            onChange={setOfferId}
          />
        )}
        <Button variant="default" disabled={isChanged} loading={test.isPending} onClick={() => test.mutate()}>
          {words.send}
        </Button>
      </Group>
      <FormProblem problem={test.error?.message} />
      {test.data !== undefined && !test.isPending && <Outcome tested={test.data} />}
    </Section>
  )
}

function Outcome({ tested }: { readonly tested: Tested }) {
  const { ok, reason, request, answer, markup, kind } = tested
  return (
    <Stack gap="md">
      <Note tone={ok ? 'good' : 'bad'} title={titleOf(tested)} live>
        {reason}
        {ok && (
          <>
            {words.next}{' '}
            <Anchor href="/portal/postback-log" underline="always">
              {words.toLog}
            </Anchor>
          </>
        )}
      </Note>
      {request !== null && (
        <Raw title={words.request}>
          {[`${request.method} ${request.url}`, ...(request.body === '' ? [] : ['', request.body])].join(
            '\n',
          )}
        </Raw>
      )}
      {answer !== null && (
        <Raw title={words.answer(answer.status)}>
          {answer.body.trim() === '' ? words.emptyAnswer : answer.body}
        </Raw>
      )}
      {kind === 'call' && answer === null && <Text size="sm">{words.noAnswer}</Text>}
      {markup !== '' && <Raw title={words.markup}>{markup}</Raw>}
    </Stack>
  )
}

function titleOf({ kind, ok, durationMs }: Tested): string {
  if (kind === 'problem') return words.problem
  if (!ok) return words.failed
  return kind === 'pixel' ? words.pixel : words.ok(formatDuration(durationMs))
}

/** Text exactly as it went over the wire. */
export function Raw({ title, children }: { readonly title: string; readonly children: string }) {
  return (
    <div>
      <Text size="sm" fw={500}>
        {title}
      </Text>
      <pre className={timeline.raw}>{children}</pre>
    </div>
  )
}
