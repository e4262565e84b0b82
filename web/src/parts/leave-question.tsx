import { Button, Group, Modal, Text } from '@mantine/core'
import { shellTexts } from '../texts-shell.ts'

const words = shellTexts.leave

/** Whether to leave what is not saved; staying is what the keyboard is on. */
export function LeaveQuestion({ onAnswer }: { readonly onAnswer: (stay: boolean) => void }) {
  return (
    <Modal opened onClose={() => onAnswer(true)} title={words.title} centered>
      <Text mb="lg">{words.text}</Text>
      <Group gap="xs">
        <Button onClick={() => onAnswer(true)} data-autofocus>
          {words.stay}
        </Button>
        <Button variant="default" onClick={() => onAnswer(false)}>
          {words.leave}
        </Button>
      </Group>
    </Modal>
  )
}
