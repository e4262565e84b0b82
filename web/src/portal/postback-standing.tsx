import { Group } from '@mantine/core'
import { Note } from '../parts/note.tsx'
import { portalTexts } from '../texts-portal.ts'
import { PostbackBadge, postbackState } from './portal-badges.tsx'
import type { PortalPostback } from './portal-data.ts'

const words = portalTexts.moderationText

/** Whether a postback is called at all, and if not, why and what to do. */
export function PostbackStanding({ postback }: { readonly postback: PortalPostback }) {
  const state = postbackState(postback)
  const reason =
    state === 'off' ? postback.disabledReason : state === 'rejected' ? postback.moderationReason : ''
  return (
    <>
      <Group>
        <PostbackBadge postback={postback} />
      </Group>
      {state !== 'approved' && (
        <Note tone={state === 'pending' ? 'look' : 'bad'} title={reason}>
          {words[state]}
        </Note>
      )}
    </>
  )
}
