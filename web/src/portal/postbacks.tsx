import { ListScreen } from '../parts/list-screen.tsx'
import { Shortened } from '../parts/shortened.tsx'
import { useItems } from '../resource.ts'
import { portalTexts } from '../texts-portal.ts'
import { PostbackBadge } from './portal-badges.tsx'
import { findGlobalPostback, postbacks, useOfferNames } from './portal-data.ts'

const words = portalTexts.postbacks

/** All postbacks and pixels of the affiliate, the Global Postback among them. */
export function Postbacks() {
  const offerName = useOfferNames()
  const globalId = findGlobalPostback(useItems(postbacks).data ?? [])?.id
  return (
    <ListScreen
      resource={postbacks}
      texts={words}
      icon="event"
      columns={[
        {
          key: 'type',
          header: words.type,
          cell: ({ id, name }) => (id === globalId ? portalTexts.global.title : name),
        },
        { key: 'offer', header: words.offer, cell: ({ offerId }) => offerName(offerId) },
        { key: 'events', header: words.events, cell: ({ events }) => events.join(', ') || words.anyEvent },
        {
          key: 'target',
          header: words.target,
          cell: ({ url, code }) => <Shortened text={url || code} width={320} />,
        },
        { key: 'state', header: words.state, cell: (postback) => <PostbackBadge postback={postback} /> },
      ]}
    />
  )
}
