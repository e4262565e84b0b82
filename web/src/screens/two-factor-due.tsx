import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Gate } from '../parts/entrance.tsx'
import { TurnOn } from '../parts/two-factor.tsx'
import { useMe, useSignOut } from '../session.ts'
import { texts } from '../texts.ts'
import { twoFactorTexts as words } from '../texts-settings.ts'

/** In the place of every screen, for who has no second factor where the workspace requires one. */
export function TwoFactorDue() {
  const queries = useQueryClient()
  const signOut = useSignOut()
  return (
    <Gate title={words.dueTitle} lead={words.dueLead(useMe().workspace.name)}>
      <TurnOn onDone={() => void queries.invalidateQueries({ queryKey: ['me'] })} />
      <Button variant="subtle" color="gray" fullWidth mt="md" onClick={() => signOut.mutate()}>
        {texts.signIn.out}
      </Button>
    </Gate>
  )
}
