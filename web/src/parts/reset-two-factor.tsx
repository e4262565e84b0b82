import { Button, Modal, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { type Member, members } from '../resources-network.ts'
import { peopleTexts as words } from '../texts-settings.ts'
import { AskPassword } from './ask-password.tsx'

/** Takes the second factor from somebody who lost it. */
export function ResetTwoFactor({ person }: { readonly person: Member }) {
  const queries = useQueryClient()
  const [opened, { open, close }] = useDisclosure()
  const reset = async (password: string) => {
    const params = { path: { id: person.id } }
    await answerOf(api.POST('/api/v1/members/{id}/reset-two-factor', { params, body: { password } }))
    close()
    await queries.invalidateQueries({ queryKey: [members.name] })
  }
  return (
    <>
      <Button variant="default" size="compact-xs" onClick={open} aria-label={words.resetOf(person.name)}>
        {words.resetShort}
      </Button>
      <Modal opened={opened} onClose={close} title={words.reset} centered>
        <AskPassword label={words.resetShort} isGrave run={reset}>
          <Text>{words.resetAsk(person.name)}</Text>
        </AskPassword>
      </Modal>
    </>
  )
}
