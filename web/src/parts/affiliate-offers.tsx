import { Modal, Text, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatPrice } from '../format.ts'
import { type Listed, useItems } from '../resource.ts'
import { affiliatePageTexts as words } from '../texts-coupons.ts'
import { standingTexts } from '../texts-network.ts'
import classes from './affiliate-offers.module.css'
import { AffiliateStanding, CurrentStanding } from './affiliate-standing.tsx'
import { DataTable } from './data-table.tsx'
import { Loaded } from './loaded.tsx'
import { Section } from './page.tsx'
import { StateBadge } from './state-badge.tsx'

type Offer = components['schemas']['PortalOffer']

/** Offers that an affiliate runs or asked for; each opens where it stands with it. */
export function AffiliateOffers({ affiliateId }: { readonly affiliateId: string }) {
  const resource = offersOf(affiliateId)
  const query = useItems(resource)
  const [openedId, setOpenedId] = useState<string>()
  const offer = query.data?.find(({ id }) => id === openedId)
  return (
    <Section title={words.offers} aside={words.offersAside}>
      <Loaded query={query}>
        {(items) => {
          const own = items.filter(isOwn)
          if (own.length === 0) return <Text size="sm">{words.noOffers}</Text>
          return <OfferTable rows={own} onOpen={setOpenedId} />
        }}
      </Loaded>
      <AffiliateStanding affiliateId={affiliateId} offers={query.data ?? []} />
      <Modal
        opened={offer !== undefined}
        onClose={() => setOpenedId(undefined)}
        title={offer?.name ?? ''}
        size="lg"
      >
        {offer && <CurrentStanding offer={offer} affiliateId={affiliateId} />}
      </Modal>
    </Section>
  )
}

type OfferTableProps = { readonly rows: readonly Offer[]; readonly onOpen: (id: string) => void }

function OfferTable({ rows, onOpen }: OfferTableProps) {
  return (
    <DataTable
      label={words.offers}
      rows={rows}
      rowKey={(offer) => offer.id}
      columns={[
        {
          key: 'name',
          header: words.offer,
          cell: ({ id, name }) => (
            <UnstyledButton className={classes.open} onClick={() => onOpen(id)}>
              {name}
            </UnstyledButton>
          ),
        },
        {
          key: 'standing',
          header: words.standing,
          cell: (offer) => <StateBadge state={standingOf(offer)} words={STANDINGS} />,
        },
        {
          key: 'payout',
          header: words.payout,
          numeric: true,
          cell: ({ payout, currency }) => formatPrice(payout, currency),
        },
      ]}
    />
  )
}

const STANDINGS = { ...standingTexts.now, active: words.runs }

function standingOf({ mayRun, application }: Offer): string {
  return mayRun ? 'active' : application.state
}

/** Without those that are merely open to everybody who asks. */
function isOwn({ mayRun, application }: Offer): boolean {
  return mayRun || application.state !== 'none'
}

/** As the affiliate sees them in its portal. */
function offersOf(id: string): Listed<Offer> {
  return {
    name: `affiliates/${id}/offers`,
    list: ({ limit, cursor }) => {
      const query = {
        limit,
        search: '',
        tag: '',
        country: '',
        mine: 'false' as const,
        ...(cursor === undefined ? {} : { cursor }),
      }
      return answerOf(api.GET('/api/v1/affiliates/{id}/offers', { params: { path: { id }, query } }))
    },
  }
}
