import { Button, Checkbox, Group, Select, Stack, Text, Textarea } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { useMe } from '../session.ts'
import {
  type CapValues,
  type PriceValues,
  toAmountCaps,
  toCapValues,
  toCountCaps,
  toPriceBody,
  toPriceValues,
} from '../terms-values.ts'
import { isKey, toOptions } from '../texts.ts'
import { ownTermsTexts as own } from '../texts-coupons.ts'
import { standingTexts as words } from '../texts-network.ts'
import { termsTexts } from '../texts-terms.ts'
import { type Form, useForm } from '../use-form.ts'
import { AboveRevenue, useAboveRevenue } from './above-revenue.tsx'
import type { StandingOffer } from './affiliate-standing.tsx'
import { FormProblem } from './form-footer.tsx'
import { CapRow } from './offer-money-caps.tsx'
import { PriceField } from './price-field.tsx'

type Standing = components['schemas']['Application']
type StandingFormProps = { readonly standing: Standing; readonly offer: StandingOffer }
type Values = ReturnType<typeof toValues>

const FORM_ID = 'standing'

/** Whether it may run the offer, and what it has of its own there: payouts by event, and caps. */
export function StandingForm({ standing, offer }: StandingFormProps) {
  const queries = useQueryClient()
  const isManager = useMe().workspace.role === 'affiliate_manager'
  const above = useAboveRevenue()
  const { offerId, affiliateId } = standing
  const form = useForm(toValues(standing), (values) =>
    above.guard(async (confirmed) => {
      const params = { path: { id: offerId, affiliateId } }
      const body = { ...toBody(values, { hasPayouts: !isManager }), ...confirmed }
      await answerOf(api.POST('/api/v1/offers/{id}/affiliates/{affiliateId}', { params, body }))
      for (const name of ['applications', `affiliates/${affiliateId}/offers`]) {
        await queries.invalidateQueries({ queryKey: [name] })
      }
    }),
  )
  return (
    <>
      <form id={FORM_ID} onSubmit={form.submit}>
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {words.now[standing.state]}
          </Text>
          <Select
            label={words.state}
            data={toOptions(words.states)}
            value={form.values.state}
            onChange={(chosen) => isKey(words.states, chosen) && form.set({ state: chosen })}
            allowDeselect={false}
          />
          <Textarea {...form.text('reason')} label={words.reason} description={words.reasonHint} autosize />
          {!isManager && <OwnPayouts form={form} offer={offer} />}
          <OwnCaps form={form} hasRevenue={!isManager} />
          <FormProblem problem={form.problem} />
          <Group gap="xs">
            <Button type="submit" loading={form.saving}>
              {words.save}
            </Button>
            <Text size="sm" c="dimmed" role="status">
              {form.saved && words.saved}
            </Text>
          </Group>
        </Stack>
      </form>
      <AboveRevenue above={above} formId={FORM_ID} />
    </>
  )
}

type PartProps = { readonly form: Form<Values> }

/** One for the default event and for each goal that is ticked. */
function OwnPayouts({ form, offer }: PartProps & { readonly offer: StandingOffer }) {
  const { payouts } = form.values
  const change = (event: string, price: PriceValues | undefined) => {
    const { [event]: _, ...others } = payouts
    form.set({ payouts: price === undefined ? others : { ...others, [event]: price } })
  }
  const events = [{ event: '', name: offer.defaultEvent }, ...offer.goals]
  return (
    <Stack gap="xs">
      {events.map(({ event, name }) => {
        const title = event === '' ? own.defaultEvent : name || event
        const price = payouts[event]
        return (
          <div key={event}>
            <Checkbox
              label={own.payoutOf(title)}
              {...(event === '' ? { description: own.payoutsHint } : {})}
              checked={price !== undefined}
              onChange={({ currentTarget }) =>
                change(event, currentTarget.checked ? toPriceValues(undefined) : undefined)
              }
            />
            {price !== undefined && (
              <PriceField
                label={event === '' ? words.payout : title}
                price={price}
                errorOf={(path) => form.errorOf(`payouts.${event}${path === '' ? '' : `.${path}`}`)}
                onChange={(changed) => change(event, changed)}
                isOfEvent={event !== ''}
              />
            )}
          </div>
        )
      })}
    </Stack>
  )
}

/** @param hasRevenue whether one may know of revenue at all. */
function OwnCaps({ form, hasRevenue }: PartProps & { readonly hasRevenue: boolean }) {
  const { hasCaps, caps } = form.values
  const kinds = hasRevenue
    ? (['conversions', 'payout', 'revenue'] as const)
    : (['conversions', 'payout'] as const)
  return (
    <>
      <Checkbox
        label={own.ownCaps}
        description={own.ownCapsHint}
        checked={hasCaps}
        onChange={(event) => form.set({ hasCaps: event.currentTarget.checked })}
      />
      {hasCaps &&
        kinds.map((kind) => (
          <CapRow
            key={kind}
            label={termsTexts.capOf[kind]}
            caps={caps[kind]}
            errorOf={(period) => form.errorOf(`caps.${kind}.${period}`)}
            onChange={(changed: CapValues) => form.set({ caps: { ...caps, [kind]: changed } })}
          />
        ))}
    </>
  )
}

function toValues({ state, reason, payouts, caps }: Standing) {
  const prices: Readonly<Record<string, PriceValues>> = Object.fromEntries(
    Object.entries(payouts).map(([event, price]) => [event, toPriceValues(price)]),
  )
  return {
    state: state === 'none' ? ('approved' as const) : state,
    reason,
    payouts: prices,
    hasCaps: caps !== null,
    caps: {
      conversions: toCapValues(caps?.conversions),
      payout: toCapValues(caps?.payout),
      revenue: toCapValues(caps?.revenue),
    },
  }
}

/** @param of.hasPayouts who may not change payouts does not name them. */
function toBody(
  { state, reason, payouts, hasCaps, caps }: Values,
  { hasPayouts }: { readonly hasPayouts: boolean },
) {
  const prices = Object.entries(payouts).map(([event, price]) => [event, toPriceBody(price)] as const)
  const ownCaps = {
    conversions: toCountCaps(caps.conversions),
    payout: toAmountCaps(caps.payout),
    revenue: toAmountCaps(caps.revenue),
  }
  return {
    state,
    reason,
    caps: hasCaps ? ownCaps : null,
    ...(hasPayouts ? { payouts: Object.fromEntries(prices) } : {}),
  }
}
