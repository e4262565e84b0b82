import { Anchor, Group, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { formatCount } from '../format.ts'
import { type Column, DataTable } from '../parts/data-table.tsx'
import { portalTexts } from '../texts-portal.ts'
import classes from './offers.module.css'
import { StandingBadge, standingOf } from './portal-badges.tsx'
import type { PortalOffer } from './portal-data.ts'
import { payoutsText } from './price-text.ts'

const words = portalTexts.offers
/** More countries than these are counted, not named. */
const COUNTRIES_SHOWN = 4
const PHONE = '(max-width: 47.99em)'

type FoundOffersProps = { readonly rows: readonly PortalOffer[] }

/** Offers that match, and how many. A phone shows each as a card: a table would have to be pushed to and fro. */
export function FoundOffers({ rows }: FoundOffersProps) {
  const isPhone = useMediaQuery(PHONE)
  return (
    <div>
      <Count rows={rows} />
      {isPhone === true ? <OfferCards rows={rows} /> : <OfferTable rows={rows} />}
    </div>
  )
}

/** How many match, said anew whenever the filters change it. */
function Count({ rows }: FoundOffersProps) {
  const found = words.found(rows.length, formatCount(rows.length))
  const closed = rows.filter((offer) => standingOf(offer) === 'apply').length
  return (
    <Text size="sm" c="dimmed" role="status" mb="xs">
      {closed === 0 ? found : words.toApplyFor(found, formatCount(closed))}
    </Text>
  )
}

function OfferCards({ rows }: FoundOffersProps) {
  return (
    <ul className={classes.cards} aria-label={words.title}>
      {rows.map((offer) => (
        <li key={offer.id}>
          <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
            <Anchor href={`/portal/offers/${offer.id}`} fw={600}>
              {offer.name}
            </Anchor>
            <Text fw={600} ta="right">
              {payoutsText(offer)}
            </Text>
          </Group>
          <Group justify="space-between" gap="xs" mt={6}>
            <StandingBadge offer={offer} />
            <Dimmed text={countriesText(offer.countries)} />
          </Group>
        </li>
      ))}
    </ul>
  )
}

function OfferTable({ rows }: FoundOffersProps) {
  return (
    <DataTable
      label={words.title}
      rows={rows}
      rowKey={(offer) => offer.id}
      href={(offer) => `/portal/offers/${offer.id}`}
      columns={[
        { key: 'name', header: words.name, cell: (offer) => offer.name },
        {
          key: 'payout',
          header: words.payout,
          cell: (offer) => payoutsText(offer),
        },
        { key: 'standing', header: words.standing, cell: (offer) => <StandingBadge offer={offer} /> },
        {
          key: 'countries',
          header: words.countries,
          cell: (offer) => <Dimmed text={countriesText(offer.countries)} />,
        },
        ...(rows.some(({ tags }) => tags.length > 0) ? [TAGS] : []),
      ]}
    />
  )
}

const TAGS: Column<PortalOffer> = {
  key: 'tags',
  header: words.tag,
  cell: (offer) => <Dimmed text={offer.tags.join(', ')} />,
}

function Dimmed({ text }: { readonly text: string }) {
  return (
    <Text size="sm" c="dimmed">
      {text}
    </Text>
  )
}

function countriesText(countries: readonly string[]): string {
  if (countries.length === 0) return words.everywhere
  const shown = countries.slice(0, COUNTRIES_SHOWN).join(', ')
  const rest = countries.length - COUNTRIES_SHOWN
  return rest > 0 ? `${shown}, ${words.more(rest)}` : shown
}
