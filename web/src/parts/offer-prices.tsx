import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { formatMoney } from '../format.ts'
import { EMPTY_PRICE, type GoalValues, type PriceValues, type TierValues } from '../terms-values.ts'
import { termsTexts as words } from '../texts-terms.ts'
import { Pair } from './form-layout.tsx'
import { Icon } from './icon.tsx'
import type { TermsProps } from './offer-terms.tsx'
import { Section } from './page.tsx'
import classes from './price-field.module.css'
import { PriceField } from './price-field.tsx'

type PricesProps = TermsProps & { readonly currency: string; readonly currencyField: ReactNode }

/** What comes in and what goes out: for the offer, for goals, and for affiliates of a tier. */
export function OfferPrices(props: PricesProps) {
  const { terms, set, errorOf, currency, currencyField } = props
  return (
    <>
      <Section title={words.prices} aside={words.pricesAside}>
        <Pair>
          <PriceField
            label={words.revenue}
            description={words.revenueHint}
            price={terms.revenue}
            errorOf={(path) => errorOf(path === '' ? 'revenue' : `revenue.${path}`)}
            onChange={(revenue) => set({ revenue })}
          />
          <PriceField
            label={words.payout}
            description={words.payoutHint}
            price={terms.payout}
            errorOf={(path) => errorOf(path === '' ? 'payout' : `payout.${path}`)}
            onChange={(payout) => set({ payout })}
          />
        </Pair>
        <Margin revenue={terms.revenue} payout={terms.payout} currency={currency} />
        {currencyField}
      </Section>
      <Goals terms={terms} set={set} errorOf={errorOf} />
      <Tiers terms={terms} set={set} errorOf={errorOf} />
    </>
  )
}

type MarginProps = { readonly revenue: PriceValues; readonly payout: PriceValues; readonly currency: string }

/** Told only where both sides are amounts for the same thing: everything else depends on the sale. */
function Margin({ revenue, payout, currency }: MarginProps) {
  const margin = Number(revenue.amount) - Number(payout.amount)
  const isKnown = revenue.model === 'flat' && payout.model === 'flat' && !Number.isNaN(margin)
  if (!isKnown || (revenue.amount.trim() === '' && payout.amount.trim() === '')) return null
  return (
    <Text size="sm" c={margin < 0 ? 'red' : 'dimmed'} role="status">
      {margin < 0
        ? words.loss(formatMoney(-margin, currency, 6))
        : words.margin(formatMoney(margin, currency, 6))}
    </Text>
  )
}

const EMPTY_GOAL: GoalValues = { event: '', name: '', revenue: EMPTY_PRICE, payout: EMPTY_PRICE }
const EMPTY_TIER: TierValues = { tier: '', event: '', payout: EMPTY_PRICE }

function Goals({ terms, set, errorOf }: TermsProps) {
  const { goals } = terms
  const change = (at: number, changes: Partial<GoalValues>) =>
    set({ goals: goals.map((goal, index) => (index === at ? { ...goal, ...changes } : goal)) })
  return (
    <Section title={words.goals} aside={words.goalsAside}>
      {goals.map((goal, index) => (
        <Card
          // biome-ignore lint/suspicious/noArrayIndexKey: a goal has no name until it is typed
          key={index}
          title={words.goal(index + 1)}
          removeLabel={words.removeGoal(index + 1)}
          onRemove={() => set({ goals: goals.filter((_, other) => other !== index) })}
        >
          <Pair>
            <TextInput
              label={words.goalEvent}
              value={goal.event}
              error={errorOf(`goals.${index}.event`)}
              onChange={(event) => change(index, { event: event.currentTarget.value })}
            />
            <TextInput
              label={words.goalName}
              value={goal.name}
              error={errorOf(`goals.${index}.name`)}
              onChange={(event) => change(index, { name: event.currentTarget.value })}
            />
            {(['revenue', 'payout'] as const).map((side) => (
              <PriceField
                key={side}
                label={words[side]}
                price={goal[side]}
                errorOf={(path) => errorOf(joined(`goals.${index}.${side}`, path))}
                onChange={(price) => change(index, { [side]: price })}
                isOfEvent
              />
            ))}
          </Pair>
        </Card>
      ))}
      <AddButton label={words.addGoal} onClick={() => set({ goals: [...goals, EMPTY_GOAL] })} />
    </Section>
  )
}

function Tiers({ terms, set, errorOf }: TermsProps) {
  const { tiers } = terms
  const change = (at: number, changes: Partial<TierValues>) =>
    set({ tiers: tiers.map((tier, index) => (index === at ? { ...tier, ...changes } : tier)) })
  return (
    <Section title={words.tiers} aside={words.tiersAside}>
      {tiers.map((tier, index) => (
        <Card
          // biome-ignore lint/suspicious/noArrayIndexKey: a tier has no name until it is typed
          key={index}
          title={words.tier(index + 1)}
          removeLabel={words.removeTier(index + 1)}
          onRemove={() => set({ tiers: tiers.filter((_, other) => other !== index) })}
        >
          <Pair>
            <TextInput
              label={words.tierName}
              value={tier.tier}
              error={errorOf(`tiers.${index}.tier`)}
              onChange={(event) => change(index, { tier: event.currentTarget.value })}
            />
            <TextInput
              label={words.tierEvent}
              description={words.tierEventHint}
              value={tier.event}
              error={errorOf(`tiers.${index}.event`)}
              onChange={(event) => change(index, { event: event.currentTarget.value })}
            />
          </Pair>
          <PriceField
            label={words.payout}
            price={tier.payout}
            errorOf={(path) => errorOf(joined(`tiers.${index}.payout`, path))}
            onChange={(payout) => change(index, { payout })}
          />
        </Card>
      ))}
      <AddButton label={words.addTier} onClick={() => set({ tiers: [...tiers, EMPTY_TIER] })} />
    </Section>
  )
}

type CardProps = {
  readonly title: string
  readonly removeLabel: string
  readonly onRemove: () => void
  readonly children: ReactNode
}

function Card({ title, removeLabel, onRemove, children }: CardProps) {
  return (
    <div className={classes.goal}>
      <Group justify="space-between" mb="xs">
        <Title order={3} size="sm">
          {title}
        </Title>
        <Button size="compact-xs" variant="subtle" color="gray" aria-label={removeLabel} onClick={onRemove}>
          <Icon name="remove" size={14} />
        </Button>
      </Group>
      <Stack gap="md">{children}</Stack>
    </div>
  )
}

function AddButton({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <Button
      variant="default"
      size="xs"
      w="fit-content"
      leftSection={<Icon name="plus" size={12} />}
      onClick={onClick}
    >
      {label}
    </Button>
  )
}

function joined(path: string, part: string): string {
  return part === '' ? path : `${path}.${part}`
}
