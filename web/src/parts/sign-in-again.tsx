import { Modal } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { SignIn } from '../screens/sign-in.tsx'
import { forgetSignedOut, loadMe, useMe } from '../session.ts'
import { texts } from '../texts.ts'

/** Above whatever was open when the session ended. */
const ABOVE_ALL = 1_000

/** Asks who it is once more, over what was open: nothing that was typed there is lost. */
export function SignInAgain() {
  const { user } = useMe()
  const queries = useQueryClient()
  const enter = async () => {
    const now = await loadMe()
    // What is open belongs to somebody else.
    if (now.user.id !== user.id) return location.assign('/')
    forgetSignedOut(queries)
    await queries.invalidateQueries()
  }
  return (
    <Modal.Root opened onClose={() => undefined} fullScreen zIndex={ABOVE_ALL}>
      <Modal.Content aria-label={texts.signIn.title}>
        <SignIn onDone={enter} />
      </Modal.Content>
    </Modal.Root>
  )
}
