import { Button, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { formatDuration } from '../format.ts'
import { channelTexts as words } from '../texts-alerts.ts'
import { oneDeliveryTexts } from '../texts-deliveries.ts'
import { testTexts } from '../texts-targets.ts'
import { FormProblem } from './form-footer.tsx'
import { Note } from './note.tsx'
import { RawText } from './raw-text.tsx'

/** Sends a channel one marked message, and shows what it answered. */
export function ChannelTest({ id }: { readonly id: string }) {
  const [opened, { open, close }] = useDisclosure()
  const test = useMutation({
    mutationFn: () => answerOf(api.POST('/api/v1/alert-channels/{id}/test', { params: { path: { id } } })),
  })
  const { data } = test
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={open}>
        {words.test}
      </Button>
      <Modal opened={opened} onClose={close} title={words.testTitle} centered>
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {words.testLead}
          </Text>
          <FormProblem problem={test.error?.message} />
          {data !== undefined && !test.isPending && (
            <>
              <Note
                tone={data.ok ? 'good' : 'bad'}
                title={data.ok ? testTexts.ok(formatDuration(data.durationMs)) : testTexts.failed}
                live
              >
                {data.reason}
              </Note>
              {data.answer !== null && (
                <RawText title={testTexts.answer(data.answer.status)}>
                  {data.answer.body.trim() || oneDeliveryTexts.emptyAnswer}
                </RawText>
              )}
            </>
          )}
          <Button loading={test.isPending} onClick={() => test.mutate()}>
            {words.send}
          </Button>
        </Stack>
      </Modal>
    </>
  )
}
