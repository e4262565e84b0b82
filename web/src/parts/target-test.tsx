import { Button, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatDuration } from '../format.ts'
import { oneDeliveryTexts } from '../texts-deliveries.ts'
import { testTexts as words } from '../texts-targets.ts'
import { FormProblem } from './form-footer.tsx'
import { Note } from './note.tsx'
import { RawText, toWireText } from './raw-text.tsx'

type Tested = components['schemas']['NotificationTargetTest']

/** The Test button of a target: one marked conversion. */
export function TargetTest({ id }: { readonly id: string }) {
  return (
    <TestCall
      title={words.title}
      lead={`${words.lead} ${words.saveFirst}`}
      size="sm"
      run={() =>
        answerOf(api.POST('/api/v1/notification-targets/{id}/test', { params: { path: { id } }, body: {} }))
      }
    />
  )
}

type TestCallProps = {
  readonly title: string
  readonly lead: string
  readonly size: 'compact-xs' | 'sm'
  readonly run: () => Promise<Tested>
}

/** A Test button, and behind it the request as it was sent and the answer to it. */
export function TestCall({ title, lead, size, run }: TestCallProps) {
  const [opened, { open, close }] = useDisclosure()
  const test = useMutation({ mutationFn: run })
  const start = () => {
    open()
    test.mutate()
  }
  return (
    <>
      <Button variant="default" size={size} onClick={start}>
        {words.do}
      </Button>
      <Modal opened={opened} onClose={close} title={title} centered size="lg">
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {lead}
          </Text>
          <FormProblem problem={test.error?.message} />
          {test.data !== undefined && !test.isPending && <TestOutcome tested={test.data} />}
          <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
            {words.again}
          </Button>
        </Stack>
      </Modal>
    </>
  )
}

function TestOutcome({ tested }: { readonly tested: Tested }) {
  const { ok, kind, reason, durationMs } = tested
  const title = !ok ? words.failed : kind === 'pixel' ? words.pixel : words.ok(formatDuration(durationMs))
  return (
    <Stack gap="md">
      <Note tone={ok ? 'good' : 'bad'} title={title} live>
        {reason}
      </Note>
      <FiredCall fired={tested} />
    </Stack>
  )
}

type FiredProps = {
  readonly fired: Pick<Tested, 'kind' | 'request' | 'answer' | 'markup'>
}

/** What a test has sent, and what came back; or the element that a browser would be given. */
export function FiredCall({ fired: { kind, request, answer, markup } }: FiredProps) {
  return (
    <>
      {request !== null && (
        <RawText title={words.request}>
          {toWireText(`${request.method} ${request.url}`, request.headers, request.body)}
        </RawText>
      )}
      {answer !== null && (
        <RawText title={words.answer(answer.status)}>
          {toWireText('', answer.headers, answer.body.trim() || oneDeliveryTexts.emptyAnswer)}
        </RawText>
      )}
      {kind === 'call' && answer === null && <Text size="sm">{words.noAnswer}</Text>}
      {markup !== '' && <RawText title={words.markup}>{markup}</RawText>}
    </>
  )
}
