import { Table, Text } from '@mantine/core'
import { describeCondition } from '../conditions.ts'
import { formatCount, formatMoney, formatTime } from '../format.ts'
import { Section } from '../parts/page.tsx'
import { useMe } from '../session.ts'
import { portalTexts } from '../texts-portal.ts'
import classes from './portal.module.css'
import type { PortalOfferDetail } from './portal-data.ts'
import { priceText } from './price-text.ts'

const words = portalTexts.offer
const regionNames = new Intl.DisplayNames('en', { type: 'region' })
const PERIODS = ['daily', 'monthly', 'total'] as const
type Caps<T> = Readonly<Record<(typeof PERIODS)[number], T | null>>

/** What an offer pays, what it is about, and by which rules. */
export function OfferFacts({ offer }: { readonly offer: PortalOfferDetail }) {
  return (
    <>
      <Section title={words.payouts}>
        <Payouts offer={offer} />
      </Section>
      <Section title={words.about}>
        {offer.description !== '' && (
          <Text size="sm" className={classes.plain}>
            {offer.description}
          </Text>
        )}
        <Rules offer={offer} />
      </Section>
    </>
  )
}

function Payouts({ offer }: { readonly offer: PortalOfferDetail }) {
  const main = {
    event: offer.defaultEvent,
    name: offer.defaultEvent || words.defaultEvent,
    payout: offer.payout,
  }
  return (
    <Table aria-label={words.payouts} className={classes.payouts} verticalSpacing={6} horizontalSpacing={0}>
      <Table.Tbody>
        {[main, ...offer.goals].map(({ event, name, payout }) => (
          <Table.Tr key={event}>
            <Table.Td>{name}</Table.Td>
            <Table.Td fw={600} ta="right">
              {priceText(payout, offer.currency)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

/** Only rules that are there: a cap that nobody set is none. */
function Rules({ offer }: { readonly offer: PortalOfferDetail }) {
  const { currency, timeZone } = useMe().workspace
  const { facts } = words
  const countries = offer.countries.map((code) => regionNames.of(code) ?? code).join(', ')
  const ownCaps = [
    capsText(offer.ownCaps.conversions, (count) => words.conversions(formatCount(count))),
    capsText(offer.ownCaps.payout, (amount) => words.payoutCap(formatMoney(amount, currency))),
  ]
  const rows: readonly (readonly [name: string, value: string])[] = [
    [facts.countries, countries === '' ? words.everybody : countries],
    [facts.targeting, offer.targeting === null ? '' : describeCondition(offer.targeting)],
    [facts.approval, offer.needsApproval ? words.manual : words.automatic],
    [facts.hold, words.holdDays(offer.holdDays)],
    [facts.caps, capsText(offer.caps.conversions, (count) => words.conversions(formatCount(count)))],
    [facts.ownCaps, ownCaps.filter((text) => text !== '').join(', ')],
    [facts.expires, offer.expiresAt === null ? '' : formatTime(offer.expiresAt, timeZone)],
  ]
  return (
    <dl className={classes.facts}>
      {rows
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}

/** "100 conversions a day, 2,000 conversions in all"; '' without any. */
function capsText<T>(caps: Caps<T>, say: (cap: T) => string): string {
  return PERIODS.flatMap((period) => {
    const cap = caps[period]
    return cap === null ? [] : [words.capOf(say(cap), words.cap[period])]
  }).join(', ')
}
