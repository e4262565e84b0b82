import { Button, Checkbox, Group, Modal, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { offers } from '../resources.ts'
import { useMe } from '../session.ts'
import { toPriceBody, toPriceValues } from '../terms-values.ts'
import { isKey, toOptions } from '../texts.ts'
import { standingTexts as words } from '../texts-network.ts'
import { useForm } from '../use-form.ts'
import { AboveRevenue, useAboveRevenue } from './above-revenue.tsx'
import { FormProblem } from './form-footer.tsx'
import { Loaded } from './loaded.tsx'
import { ItemSelect } from './pickers.tsx'
import { PriceField } from './price-field.tsx'

type Standing = components['schemas']['Application']

const FORM_ID = 'standing'

/** Gives an offer to an affiliate, takes it away, or pays it differently. */
export function AffiliateStanding({ affiliateId }: { readonly affiliateId: string }) {
  const [opened, { open, close }] = useDisclosure()
  const { role } = useMe().workspace
  const [offerId, setOfferId] = useState('')
  return (
    <>
      <Button variant="default" size="xs" w="fit-content" onClick={open}>
        {words.open}
      </Button>
      <Modal opened={opened} onClose={close} title={words.title} centered>
        <Stack gap="md">
          {role === 'affiliate_manager' ? (
            <TextInput
              label={words.offerId}
              value={offerId}
              onChange={(event) => setOfferId(event.currentTarget.value.trim())}
            />
          ) : (
            <ItemSelect
              resource={offers}
              label={words.offer}
              value={offerId}
              error={undefined}
              onChange={setOfferId}
              required
            />
          )}
          {offerId !== '' && <CurrentStanding key={offerId} offerId={offerId} affiliateId={affiliateId} />}
        </Stack>
      </Modal>
    </>
  )
}

type PairProps = { readonly offerId: string; readonly affiliateId: string }

function CurrentStanding({ offerId, affiliateId }: PairProps) {
  const query = useQuery({
    queryKey: ['applications', 'one', offerId, affiliateId],
    queryFn: () => {
      const params = { path: { id: offerId, affiliateId } }
      return answerOf(api.GET('/api/v1/offers/{id}/affiliates/{affiliateId}', { params }))
    },
    gcTime: 0,
  })
  return <Loaded query={query}>{(standing) => <StandingForm standing={standing} />}</Loaded>
}

function StandingForm({ standing }: { readonly standing: Standing }) {
  const queries = useQueryClient()
  const above = useAboveRevenue()
  const { offerId, affiliateId } = standing
  const form = useForm(toValues(standing), (values) =>
    above.guard(async (confirmed) => {
      const params = { path: { id: offerId, affiliateId } }
      const body = { ...toBody(standing, values), ...confirmed }
      await answerOf(api.POST('/api/v1/offers/{id}/affiliates/{affiliateId}', { params, body }))
      await queries.invalidateQueries({ queryKey: ['applications'] })
    }),
  )
  const { state, hasOwnPayout, payout } = form.values
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
            value={state}
            onChange={(chosen) => isKey(words.states, chosen) && form.set({ state: chosen })}
            allowDeselect={false}
          />
          <Textarea {...form.text('reason')} label={words.reason} description={words.reasonHint} autosize />
          <Checkbox
            label={words.ownPayout}
            description={words.ownPayoutHint}
            checked={hasOwnPayout}
            onChange={(event) => form.set({ hasOwnPayout: event.currentTarget.checked })}
          />
          {hasOwnPayout && (
            <PriceField
              label={words.payout}
              price={payout}
              errorOf={(path) => form.errorOf(path === '' ? 'payouts.' : `payouts..${path}`)}
              onChange={(changed) => form.set({ payout: changed })}
            />
          )}
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

function toValues({ state, reason, payouts }: Standing) {
  const own = payouts['']
  return {
    state: state === 'none' ? ('approved' as const) : state,
    reason,
    hasOwnPayout: own !== undefined,
    payout: toPriceValues(own),
  }
}

/** Its own payouts for goals stay as they are. */
function toBody(standing: Standing, values: ReturnType<typeof toValues>) {
  const { state, reason, hasOwnPayout, payout } = values
  const { '': _, ...goals } = standing.payouts
  const kept = Object.entries(goals).map(
    ([event, price]) => [event, toPriceBody(toPriceValues(price))] as const,
  )
  const payouts = {
    ...Object.fromEntries(kept),
    ...(hasOwnPayout ? { '': toPriceBody(payout) } : {}),
  }
  return { state, reason, payouts }
}
