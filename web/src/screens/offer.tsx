import { NumberInput, Stack, TextInput } from '@mantine/core'
import { EditScreen } from '../parts/edit-screen.tsx'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout, Pair } from '../parts/form-layout.tsx'
import { CurrencySelect, ItemSelect } from '../parts/pickers.tsx'
import { useSave } from '../resource.ts'
import { networks, type Offer, type OfferBody, offers } from '../resources.ts'
import type { PathParams } from '../router.tsx'
import { useMe } from '../session.ts'
import { texts } from '../texts.ts'
import { useForm } from '../use-form.ts'

export function OfferScreen({ params }: { readonly params: PathParams }) {
  return (
    <EditScreen
      resource={offers}
      id={params.id ?? 'new'}
      listTitle={texts.offers.title}
      createTitle={texts.offers.create}
      form={OfferForm}
    />
  )
}

type OfferValues = ReturnType<typeof toValues>

function OfferForm({ item }: { readonly item: Offer | undefined }) {
  const { currency } = useMe().workspace
  const { save } = useSave(offers)
  const form = useForm(toValues(item, currency), (values) => save(item?.id, toBody(values)))
  return (
    <FormLayout onSubmit={form.submit}>
      <Stack gap="md">
        <TextInput {...form.text('name')} label={texts.form.name} required autoFocus={item === undefined} />
        <ItemSelect
          resource={networks}
          label={texts.offers.network}
          value={form.values.affiliateNetworkId}
          error={form.errorOf('affiliateNetworkId')}
          onChange={(affiliateNetworkId) => form.set({ affiliateNetworkId })}
        />
        <TextInput
          {...form.text('url')}
          label={texts.offers.url}
          description={texts.offers.urlHint}
          placeholder="https://"
          required
        />
        <Pair>
          <TextInput
            {...form.text('payout')}
            label={texts.offers.payout}
            description={texts.offers.payoutHint}
            inputMode="decimal"
          />
          <CurrencySelect
            value={form.values.currency}
            error={form.errorOf('currency')}
            onChange={(chosen) => form.set({ currency: chosen })}
          />
        </Pair>
        <Pair>
          <TextInput
            {...form.text('defaultEvent')}
            label={texts.offers.defaultEvent}
            description={texts.offers.defaultEventHint}
            required
          />
          <NumberInput
            label={texts.offers.dailyCap}
            description={texts.offers.dailyCapHint}
            value={form.values.dailyCap}
            error={form.errorOf('caps.daily')}
            onChange={(dailyCap) => form.set({ dailyCap })}
            min={1}
            allowDecimal={false}
          />
        </Pair>
      </Stack>
      <FormFooter form={form} isNew={item === undefined} cancelHref="/offers" />
    </FormLayout>
  )
}

function toValues(item: Offer | undefined, currency: string) {
  const dailyCap: number | string = item?.caps.daily ?? ''
  return {
    name: item?.name ?? '',
    affiliateNetworkId: item?.affiliateNetworkId ?? '',
    url: item?.url ?? '',
    payout: item?.payout ?? '',
    currency: item?.currency ?? currency,
    defaultEvent: item?.defaultEvent ?? 'sale',
    dailyCap,
    caps: item?.caps ?? { daily: null, monthly: null, total: null, timeZone: 'UTC' },
  }
}

function toBody(values: OfferValues): OfferBody {
  const { dailyCap, ...rest } = values
  return {
    ...rest,
    payout: values.payout.trim() === '' ? null : values.payout,
    caps: { ...values.caps, daily: dailyCap === '' ? null : Number(dailyCap) },
  }
}
