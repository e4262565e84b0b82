import { Button, Group, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Entrance } from '../parts/entrance.tsx'
import { Note } from '../parts/note.tsx'
import { type MyAffiliate, useMe, useSignOut } from '../session.ts'
import { texts } from '../texts.ts'
import { portalTexts } from '../texts-portal.ts'

const words = portalTexts.closed

/** All that an affiliate sees that is not active: how it stands, and why. */
export function ClosedPortal({ affiliate }: { readonly affiliate: MyAffiliate | null }) {
  const { user, workspace } = useMe()
  const queries = useQueryClient()
  const signOut = useSignOut()
  const status = affiliate === null || affiliate.status === 'active' ? 'none' : affiliate.status
  const reason = affiliate?.statusReason ?? ''
  return (
    <Entrance
      title={words[status].title}
      lead={workspace.name}
      onSubmit={(event) => {
        event.preventDefault()
        void queries.invalidateQueries({ queryKey: ['me'] })
      }}
    >
      <Text size="sm">{words[status].text}</Text>
      {reason !== '' && (
        <Note tone="look" title={words.reason}>
          {reason}
        </Note>
      )}
      <Group grow>
        <Button type="submit">{words.again}</Button>
        <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
          {texts.signIn.out}
        </Button>
      </Group>
      <Text size="xs" c="dimmed" ta="center">
        {user.email}
      </Text>
    </Entrance>
  )
}
