import { NumberInput, Select, Switch, TagsInput, Text, Textarea, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useMe } from '../session.ts'
import type { TermsValues } from '../terms-values.ts'
import { isKey, toOptions } from '../texts.ts'
import { termsTexts as words } from '../texts-terms.ts'
import { Pair } from './form-layout.tsx'
import { OfferMoneyCaps } from './offer-money-caps.tsx'
import { OfferPages } from './offer-pages.tsx'
import { OfferPrices } from './offer-prices.tsx'
import { OfferTargeting } from './offer-targeting.tsx'
import { Section } from './page.tsx'

export type TermsProps = {
  readonly terms: TermsValues
  readonly set: (changes: Partial<TermsValues>) => void
  /** Takes a path under the terms. */
  readonly errorOf: (path: string) => string | undefined
}

type OfferTermsProps = TermsProps & { readonly currency: string; readonly currencyField: ReactNode }

/** What an advertiser's offer has that one of an affiliate network has not. */
export function OfferTermsFields({ currency, currencyField, ...props }: OfferTermsProps) {
  return (
    <>
      <OfferPrices {...props} currency={currency} currencyField={currencyField} />
      <Reporting {...props} />
      <Rules {...props} />
      <OfferMoneyCaps {...props} />
      <OfferPages {...props} />
      <OfferTargeting {...props} />
    </>
  )
}

/** Who may run the offer, and what they must know of it. */
export function OfferAvailability({ terms, set, errorOf }: TermsProps) {
  return (
    <>
      <Pair>
        <Select
          label={words.status}
          data={toOptions(words.statuses)}
          value={terms.status}
          onChange={(status) => isKey(words.statuses, status) && set({ status })}
          allowDeselect={false}
        />
        <Select
          label={words.visibility}
          data={toOptions(words.visibilities)}
          value={terms.visibility}
          onChange={(visibility) => isKey(words.visibilities, visibility) && set({ visibility })}
          allowDeselect={false}
        />
      </Pair>
      <Textarea
        label={words.description}
        description={words.descriptionHint}
        value={terms.description}
        error={errorOf('description')}
        onChange={(event) => set({ description: event.currentTarget.value })}
        autosize
        minRows={2}
      />
    </>
  )
}

/** How the advertiser tells of conversions, and what that leaves to affiliates. */
function Reporting({ terms, set }: TermsProps) {
  const { protocol, allowsPixels } = terms
  return (
    <Section title={words.reporting}>
      <Select
        label={words.protocol}
        data={toOptions(words.protocols)}
        value={protocol}
        onChange={(chosen) => isKey(words.protocols, chosen) && set({ protocol: chosen })}
        allowDeselect={false}
      />
      <Switch
        label={words.withoutPixels}
        description={words.withoutPixelsHint}
        checked={!allowsPixels}
        onChange={(event) => set({ allowsPixels: !event.currentTarget.checked })}
      />
      <Text size="sm" role="status">
        {words.allowed}: <b>{words.mayUse[allowsPixels ? protocol : 'postback']}</b>
      </Text>
    </Section>
  )
}

function Rules({ terms, set, errorOf }: TermsProps) {
  return (
    <Section title={words.rules}>
      <Times {...{ terms, set, errorOf }} />
      <Textarea
        label={words.agreement}
        description={words.agreementHint}
        value={terms.agreement}
        error={errorOf('agreement')}
        onChange={(event) => set({ agreement: event.currentTarget.value })}
        autosize
        minRows={2}
        maxRows={12}
      />
      <TagsInput
        label={words.deepLinks}
        description={words.deepLinksHint}
        value={terms.deepLinkDomains}
        error={errorOf('deepLinkDomains') ?? errorOf('deepLinkDomains.0')}
        onChange={(deepLinkDomains) => set({ deepLinkDomains })}
      />
    </Section>
  )
}

/** Who decides and when: until it is payable, until the offer ends, and between click and conversion. */
function Times({ terms, set, errorOf }: TermsProps) {
  const { timeZone } = useMe().workspace
  return (
    <>
      <Pair>
        <Select
          label={words.approval}
          data={toOptions(words.approvals)}
          value={terms.approval}
          onChange={(approval) => isKey(words.approvals, approval) && set({ approval })}
          allowDeselect={false}
        />
        <NumberInput
          label={words.holdDays}
          description={words.holdDaysHint}
          value={terms.holdDays ?? ''}
          error={errorOf('holdDays')}
          onChange={(days) => set({ holdDays: days === '' ? null : Number(days) })}
          min={0}
          max={365}
          allowDecimal={false}
        />
        <TextInput
          label={words.expires}
          description={words.expiresHint(timeZone)}
          type="datetime-local"
          value={terms.expiresAt}
          error={errorOf('expiresAt')}
          onChange={(event) => set({ expiresAt: event.currentTarget.value })}
        />
      </Pair>
      <Pair>
        <NumberInput
          label={words.minSeconds}
          description={words.windowHint}
          value={terms.minSeconds}
          error={errorOf('clickToConversionMinMs')}
          onChange={(seconds) => set({ minSeconds: Number(seconds) })}
          min={0}
        />
        <NumberInput
          label={words.maxDays}
          description={words.windowHint}
          value={terms.maxDays}
          error={errorOf('clickToConversionMaxMs')}
          onChange={(days) => set({ maxDays: Number(days) })}
          min={0}
        />
      </Pair>
    </>
  )
}
