import { Input, Stack, Text, TextInput } from '@mantine/core'
import { type CapValues, PERIODS } from '../terms-values.ts'
import { termsTexts as words } from '../texts-terms.ts'
import rowClasses from './flow-paths.module.css'
import type { TermsProps } from './offer-terms.tsx'
import { Section } from './page.tsx'
import classes from './price-field.module.css'

/** Caps besides those on conversions of the whole offer. */
export function OfferMoneyCaps({ terms, set, errorOf }: TermsProps) {
  const { payout, revenue, conversions } = words.capOf
  const { affiliateConversionCaps, affiliatePayoutCaps, affiliateRevenueCaps } = terms
  const ofAffiliates = [affiliateConversionCaps, affiliatePayoutCaps, affiliateRevenueCaps]
  const hasAffiliateCaps = ofAffiliates.some((caps) => PERIODS.some((period) => caps[period] !== ''))
  return (
    <Section title={words.moneyCaps} aside={words.moneyCapsAside}>
      <CapRow
        label={payout}
        caps={terms.payoutCaps}
        errorOf={(period) => errorOf(`caps.payout.${period}`)}
        onChange={(payoutCaps) => set({ payoutCaps })}
      />
      <CapRow
        label={revenue}
        caps={terms.revenueCaps}
        errorOf={(period) => errorOf(`caps.revenue.${period}`)}
        onChange={(revenueCaps) => set({ revenueCaps })}
      />
      <details open={hasAffiliateCaps || undefined} className={rowClasses.more}>
        <summary>{words.affiliateCaps}</summary>
        <Text size="sm" c="dimmed" mt="xs">
          {words.affiliateCapsAside}
        </Text>
        <Stack gap="md" mt="xs">
          <CapRow
            label={conversions}
            caps={terms.affiliateConversionCaps}
            errorOf={(period) => errorOf(`caps.perAffiliate.conversions.${period}`)}
            onChange={(affiliateConversionCaps) => set({ affiliateConversionCaps })}
          />
          <CapRow
            label={payout}
            caps={terms.affiliatePayoutCaps}
            errorOf={(period) => errorOf(`caps.perAffiliate.payout.${period}`)}
            onChange={(affiliatePayoutCaps) => set({ affiliatePayoutCaps })}
          />
          <CapRow
            label={revenue}
            caps={terms.affiliateRevenueCaps}
            errorOf={(period) => errorOf(`caps.perAffiliate.revenue.${period}`)}
            onChange={(affiliateRevenueCaps) => set({ affiliateRevenueCaps })}
          />
        </Stack>
      </details>
    </Section>
  )
}

type CapRowProps = {
  readonly label: string
  readonly caps: CapValues
  readonly errorOf: (period: string) => string | undefined
  readonly onChange: (caps: CapValues) => void
}

/** Three caps of one kind, by period. */
export function CapRow({ label, caps, errorOf, onChange }: CapRowProps) {
  return (
    <Input.Wrapper label={label} labelElement="div">
      <div className={classes.caps}>
        {PERIODS.map((period) => (
          <TextInput
            key={period}
            aria-label={`${label} ${words.capPeriods[period]}`}
            placeholder={words.capPeriods[period]}
            value={caps[period]}
            error={errorOf(period)}
            onChange={(event) => onChange({ ...caps, [period]: event.currentTarget.value })}
            inputMode="decimal"
          />
        ))}
      </div>
    </Input.Wrapper>
  )
}
