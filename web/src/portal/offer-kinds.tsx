import { Anchor, Button, Text } from '@mantine/core'
import { Icon } from '../parts/icon.tsx'
import { Section } from '../parts/page.tsx'
import { portalTexts } from '../texts-portal.ts'
import classes from './portal.module.css'
import { PostbackBadge } from './portal-badges.tsx'
import { type PortalOfferDetail, usePostbacksOf } from './portal-data.ts'

const words = portalTexts.kinds

/** Which postbacks and pixels work at an offer, why the others do not, and those of the affiliate that are there. */
export function OfferKinds({ offer }: { readonly offer: PortalOfferDetail }) {
  const allowed = offer.kinds.filter(({ isAllowed }) => isAllowed)
  const refused = offer.kinds.filter(({ isAllowed }) => !isAllowed)
  const reasons = [...new Set(refused.map(({ reason }) => reason))]
  return (
    <Section title={words.title} aside={words.aside}>
      <ul className={classes.kinds}>
        {allowed.map(({ type }) => (
          <li key={type} data-allowed>
            <Icon name="check" />
            {words.types[type]}
          </li>
        ))}
        {reasons.map((reason) => (
          <li key={reason}>
            <Icon name="remove" />
            <div>
              <Text size="sm" c="dimmed">
                {refused
                  .filter((kind) => kind.reason === reason)
                  .map(({ type }) => words.types[type])
                  .join(', ')}
              </Text>
              {reason}.
            </div>
          </li>
        ))}
      </ul>
      <OwnPostbacks offerId={offer.id} />
    </Section>
  )
}

function OwnPostbacks({ offerId }: { readonly offerId: string }) {
  const items = usePostbacksOf(offerId).data ?? []
  return (
    <div>
      <Text size="sm" fw={500} mb={6}>
        {words.own}
      </Text>
      {items.length === 0 ? (
        <Text size="sm" c="dimmed">
          {words.ownNone}
        </Text>
      ) : (
        <ul className={classes.list}>
          {items.map((postback) => (
            <li key={postback.id}>
              <Anchor href={`/portal/postbacks/${postback.id}`} size="sm">
                {words.types[postback.type]}
              </Anchor>
              <PostbackBadge postback={postback} />
            </li>
          ))}
        </ul>
      )}
      <Button
        component="a"
        href={`/portal/postbacks/new?offer=${offerId}`}
        variant="default"
        size="xs"
        mt="sm"
        leftSection={<Icon name="plus" size={12} />}
      >
        {words.add}
      </Button>
    </div>
  )
}
