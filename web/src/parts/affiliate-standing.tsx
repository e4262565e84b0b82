import { Button, Modal, Select, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { useItems } from '../resource.ts'
import { offers as allOffers } from '../resources.ts'
import { useMayChange, useMe } from '../session.ts'
import { affiliatePageTexts } from '../texts-coupons.ts'
import { standingTexts as words } from '../texts-network.ts'
import { StandingForm } from './affiliate-standing-form.tsx'
import { CopyField } from './copy-field.tsx'
import { Loaded } from './loaded.tsx'

/** An offer as far as it decides what an affiliate can have of its own there. */
export type StandingOffer = Pick<
  components['schemas']['PortalOffer'],
  'id' | 'name' | 'defaultEvent' | 'currency'
> & {
  readonly goals: readonly { readonly event: string; readonly name: string }[]
  /** By which the affiliate sends visitors; '' or undefined while it may not. */
  readonly link?: string
}

type AffiliateStandingProps = {
  readonly affiliateId: string
  /** Those that it sees; who may see all of the workspace chooses among private ones too. */
  readonly offers: readonly StandingOffer[]
}

/** Gives an offer to an affiliate, takes it away, or pays it differently. */
export function AffiliateStanding({ affiliateId, offers }: AffiliateStandingProps) {
  const [opened, { open, close }] = useDisclosure()
  const mayChange = useMayChange()
  if (!mayChange) return null
  return (
    <>
      <Button variant="default" size="xs" w="fit-content" onClick={open}>
        {affiliatePageTexts.give}
      </Button>
      <Modal opened={opened} onClose={close} title={words.title} size="lg">
        <ChosenStanding affiliateId={affiliateId} offers={offers} />
      </Modal>
    </>
  )
}

function ChosenStanding({ affiliateId, offers }: AffiliateStandingProps) {
  const isManager = useMe().workspace.role === 'affiliate_manager'
  const every = useItems(allOffers, { enabled: !isManager }).data ?? []
  const [offerId, setOfferId] = useState<string | null>(null)
  const choices = isManager ? offers : every.flatMap((offer) => toChoice(offer) ?? [])
  const offer = choices.find(({ id }) => id === offerId)
  const { link = '' } = offers.find(({ id }) => id === offerId) ?? {}
  return (
    <Stack gap="md">
      <Select
        label={words.offer}
        data={choices.map(({ id, name }) => ({ value: id, label: name }))}
        value={offerId}
        onChange={setOfferId}
        searchable
        required
        data-autofocus
      />
      {offer && <CurrentStanding key={offer.id} offer={{ ...offer, link }} affiliateId={affiliateId} />}
    </Stack>
  )
}

/** Affiliates run offers of advertisers alone. */
function toChoice(offer: components['schemas']['Offer']): StandingOffer | undefined {
  const { id, name, defaultEvent, currency, terms } = offer
  return terms === null ? undefined : { id, name, defaultEvent, currency, goals: terms.goals }
}

type CurrentStandingProps = { readonly offer: StandingOffer; readonly affiliateId: string }

/** Where the affiliate stands with the offer now, to change it. */
export function CurrentStanding({ offer, affiliateId }: CurrentStandingProps) {
  const query = useQuery({
    queryKey: ['applications', 'one', offer.id, affiliateId],
    queryFn: () => {
      const params = { path: { id: offer.id, affiliateId } }
      return answerOf(api.GET('/api/v1/offers/{id}/affiliates/{affiliateId}', { params }))
    },
    gcTime: 0,
  })
  const { link = '' } = offer
  return (
    <Loaded query={query}>
      {(standing) => (
        <Stack gap="md">
          {link === '' ? (
            <Text size="sm" c="dimmed">
              {words.noLink}
            </Text>
          ) : (
            <CopyField label={words.link} value={link} description={words.linkHint} />
          )}
          <StandingForm standing={standing} offer={offer} />
        </Stack>
      )}
    </Loaded>
  )
}
