import {
  Box,
  Input,
  MultiSelect,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  TagsInput,
  TextInput,
} from '@mantine/core'
import { TIME_ZONES } from '../choices.ts'
import { AboveRevenue, useAboveRevenue } from '../parts/above-revenue.tsx'
import { ChangeHistory } from '../parts/change-history.tsx'
import { EditScreen } from '../parts/edit-screen.tsx'
import { Fold } from '../parts/fold.tsx'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout, Pair } from '../parts/form-layout.tsx'
import { LegacyIds } from '../parts/legacy-ids.tsx'
import { OfferAside } from '../parts/offer-aside.tsx'
import { OfferAvailability, OfferTermsFields, type TermsProps } from '../parts/offer-terms.tsx'
import { CurrencySelect, ItemSelect } from '../parts/pickers.tsx'
import { UrlField } from '../parts/url-field.tsx'
import { COUNTRIES } from '../places.ts'
import { useItems, useSave } from '../resource.ts'
import { campaigns, networks, type Offer, type OfferBody, offers } from '../resources.ts'
import { advertisers } from '../resources-network.ts'
import { type PathParams, usePlace } from '../router.tsx'
import { useMe } from '../session.ts'
import { toTermsBody, toTermsValues } from '../terms-values.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { termsTexts } from '../texts-terms.ts'
import { type Form, useForm } from '../use-form.ts'

const words = texts.offers

export function OfferScreen({ params }: { readonly params: PathParams }) {
  return (
    <EditScreen
      resource={offers}
      id={params.id ?? 'new'}
      listTitle={words.title}
      createTitle={words.create}
      form={OfferForm}
    />
  )
}

type OfferValues = ReturnType<typeof toValues>
type OfferFormProps = { readonly form: Form<OfferValues> }

const FORM_ID = 'offer'

function OfferForm({ item }: { readonly item: Offer | undefined }) {
  const { currency, timeZone } = useMe().workspace
  const { save } = useSave(offers)
  const above = useAboveRevenue()
  const chosen = usePlace().query.get('advertiser') ?? ''
  const form = useForm(toValues(item, { currency, timeZone, advertiserId: chosen }), (values) =>
    above.guard((confirmed) => save(item?.id, { ...toBody(values, timeZone), ...confirmed })),
  )
  const isAdvertisers = form.values.owner === 'advertiser'
  return (
    <>
      <FormLayout
        id={FORM_ID}
        onSubmit={form.submit}
        aside={item && item.advertiserId !== '' && <OfferAside offer={item} />}
      >
        <Stack gap="md">
          <TextInput {...form.text('name')} label={texts.form.name} required autoFocus={item === undefined} />
          <Owner form={form} />
          {isAdvertisers ? <AdvertisersTarget form={form} /> : <Target form={form} />}
          {!isAdvertisers && <Payout form={form} />}
          <Events form={form} />
          {isAdvertisers && <OfferAvailability {...termsOf(form)} />}
        </Stack>
        {isAdvertisers && <Terms form={form} />}
        <Caps form={form} />
        <Overflow form={form} />
        <More form={form} />
        <FormFooter form={form} isNew={item === undefined} cancelHref="/offers" />
      </FormLayout>
      {item !== undefined && <ChangeHistory subjectType="offer" subjectId={item.id} />}
      <AboveRevenue above={above} formId={FORM_ID} />
    </>
  )
}

/** An affiliate network's offer is promoted by us, an advertiser's by our affiliates. */
function Owner({ form }: OfferFormProps) {
  const { owner } = form.values
  return (
    <>
      <Input.Wrapper label={termsTexts.belongs} description={termsTexts.ownersHint[owner]} labelElement="div">
        <div>
          <SegmentedControl
            aria-label={termsTexts.belongs}
            data={toOptions(termsTexts.owners)}
            value={owner}
            onChange={(to) => isKey(termsTexts.owners, to) && form.set({ owner: to })}
          />
        </div>
      </Input.Wrapper>
      {owner === 'advertiser' && (
        <ItemSelect
          resource={advertisers}
          label={termsTexts.advertiser}
          value={form.values.advertiserId}
          error={form.errorOf('advertiserId')}
          onChange={(advertiserId) => form.set({ advertiserId })}
          required
        />
      )}
    </>
  )
}

function AdvertisersTarget({ form }: OfferFormProps) {
  const advertiser = useItems(advertisers).data?.find(({ id }) => id === form.values.advertiserId)
  return (
    <UrlField
      label={words.url}
      description={words.urlHint}
      value={form.values.url}
      error={form.errorOf('url')}
      onChange={(url) => form.set({ url })}
      purpose="offer"
      clickIdParam={advertiser?.clickIdParam}
      required
    />
  )
}

function Terms({ form }: OfferFormProps) {
  return (
    <OfferTermsFields
      {...termsOf(form)}
      currency={form.values.currency}
      currencyField={<OfferCurrency form={form} />}
    />
  )
}

/** The terms as a form of their own. */
function termsOf(form: Form<OfferValues>): TermsProps {
  const { terms } = form.values
  return {
    terms,
    set: (changes) => form.set({ terms: { ...terms, ...changes } }),
    errorOf: (path) => form.errorOf(`terms.${path}`),
  }
}

function OfferCurrency({ form }: OfferFormProps) {
  return (
    <CurrencySelect
      value={form.values.currency}
      error={form.errorOf('currency')}
      onChange={(chosen) => form.set({ currency: chosen })}
    />
  )
}

function Events({ form }: OfferFormProps) {
  return (
    <Pair>
      <TextInput
        {...form.text('defaultEvent')}
        label={words.defaultEvent}
        description={words.defaultEventHint}
        required
      />
      <TagsInput
        label={words.events}
        description={words.eventsHint}
        value={form.values.events}
        error={form.errorOf('events')}
        onChange={(events) => form.set({ events })}
      />
    </Pair>
  )
}

function More({ form }: OfferFormProps) {
  const { countries, tags, legacyIds } = form.values
  const isUsed = countries.length + tags.length + legacyIds.length > 0 || form.hasErrorAt('legacyIds')
  return (
    <Fold title={texts.form.more} aside={words.moreAside} isUsed={isUsed}>
      <MultiSelect
        label={words.countries}
        description={words.countriesHint}
        data={COUNTRIES}
        value={form.values.countries}
        error={form.errorOf('countries')}
        onChange={(countries) => form.set({ countries })}
        searchable
      />
      <TagsInput
        label={words.tags}
        value={form.values.tags}
        error={form.errorOf('tags')}
        onChange={(tags) => form.set({ tags })}
      />
      <LegacyIds
        of="offer"
        value={form.values.legacyIds}
        errorOf={form.errorOf}
        onChange={(legacyIds) => form.set({ legacyIds })}
      />
    </Fold>
  )
}

/** Where it leads: a network's URL, or through another campaign. */
function Target({ form }: OfferFormProps) {
  const network = useItems(networks).data?.find(({ id }) => id === form.values.affiliateNetworkId)
  const { kind } = form.values
  return (
    <>
      <Input.Wrapper label={words.kind} labelElement="div">
        <div>
          <SegmentedControl
            aria-label={words.kind}
            data={toOptions(words.kinds)}
            value={kind}
            onChange={(chosen) => form.set({ kind: chosen === 'campaign' ? 'campaign' : 'url' })}
          />
        </div>
      </Input.Wrapper>
      {kind === 'campaign' ? (
        <ItemSelect
          resource={campaigns}
          label={words.campaign}
          description={words.campaignHint}
          value={form.values.campaignId}
          error={form.errorOf('campaignId')}
          onChange={(campaignId) => form.set({ campaignId })}
          required
        />
      ) : (
        <>
          <ItemSelect
            resource={networks}
            label={words.network}
            description={words.networkHint}
            value={form.values.affiliateNetworkId}
            error={form.errorOf('affiliateNetworkId')}
            onChange={(affiliateNetworkId) => form.set({ affiliateNetworkId })}
          />
          <UrlField
            label={words.url}
            description={words.urlHint}
            value={form.values.url}
            error={form.errorOf('url')}
            onChange={(url) => form.set({ url })}
            purpose="offer"
            clickIdParam={network?.clickIdParam}
            required
          />
        </>
      )}
    </>
  )
}

function Payout({ form }: OfferFormProps) {
  return (
    <>
      <Pair>
        <TextInput
          {...form.text('payout')}
          label={words.payout}
          description={words.payoutHint}
          inputMode="decimal"
        />
        <OfferCurrency form={form} />
      </Pair>
      {form.values.payout.trim() !== '' && (
        <Select
          label={words.payoutMode}
          data={toOptions(words.payoutModes)}
          value={form.values.payoutMode}
          error={form.errorOf('payoutMode')}
          onChange={(payoutMode) => isKey(words.payoutModes, payoutMode) && form.set({ payoutMode })}
          allowDeselect={false}
        />
      )}
    </>
  )
}

const CAPS = { daily: words.dailyCap, monthly: words.monthlyCap, total: words.totalCap } as const

function Caps({ form }: OfferFormProps) {
  const { caps } = form.values
  const isCapped = caps.daily !== null || caps.monthly !== null || caps.total !== null
  const isUsed = isCapped || form.hasErrorAt('caps')
  return (
    <Fold title={words.caps} aside={words.capsAside} isUsed={isUsed}>
      <Pair>
        {(['daily', 'monthly', 'total'] as const).map((period) => (
          <NumberInput
            key={period}
            label={CAPS[period]}
            value={caps[period] ?? ''}
            error={form.errorOf(`caps.${period}`)}
            onChange={(cap) => form.set({ caps: { ...caps, [period]: cap === '' ? null : Number(cap) } })}
            min={1}
            allowDecimal={false}
          />
        ))}
        <Select
          label={words.capZone}
          data={TIME_ZONES}
          value={caps.timeZone}
          error={form.errorOf('caps.timeZone')}
          onChange={(timeZone) => timeZone !== null && form.set({ caps: { ...caps, timeZone } })}
          searchable
          allowDeselect={false}
        />
      </Pair>
    </Fold>
  )
}

/** It matters without caps too: to countries, targeting and pauses. */
function Overflow({ form }: OfferFormProps) {
  return (
    <Box mt="md">
      <ItemSelect
        resource={offers}
        label={words.fallbackOffer}
        description={words.fallbackOfferHint}
        placeholder={texts.none}
        value={form.values.fallbackOfferId}
        error={form.errorOf('fallbackOfferId')}
        onChange={(fallbackOfferId) => form.set({ fallbackOfferId })}
      />
    </Box>
  )
}

function toValues(
  item: Offer | undefined,
  fresh: { readonly currency: string; readonly timeZone: string; readonly advertiserId: string },
) {
  const kind: keyof typeof words.kinds = (item?.campaignId ?? '') === '' ? 'url' : 'campaign'
  const advertiserId = item === undefined ? fresh.advertiserId : item.advertiserId
  const owner: keyof typeof termsTexts.owners = advertiserId === '' ? 'network' : 'advertiser'
  return {
    kind,
    owner,
    advertiserId,
    terms: toTermsValues(item?.terms ?? undefined, fresh.timeZone),
    name: item?.name ?? '',
    affiliateNetworkId: item?.affiliateNetworkId ?? '',
    url: item?.url ?? '',
    campaignId: item?.campaignId ?? '',
    payout: item?.payout ?? '',
    payoutMode: item?.payoutMode ?? ('auto' as const),
    currency: item?.currency ?? fresh.currency,
    defaultEvent: item?.defaultEvent ?? 'sale',
    events: item?.events ?? [],
    caps: item?.caps ?? { daily: null, monthly: null, total: null, timeZone: fresh.timeZone },
    fallbackOfferId: item?.fallbackOfferId ?? '',
    countries: item?.countries ?? [],
    tags: item?.tags ?? [],
    legacyIds: item?.legacyIds ?? [],
  }
}

function toBody({ kind, owner, terms, ...values }: OfferValues, timeZone: string): OfferBody {
  if (owner === 'advertiser') {
    const none = { affiliateNetworkId: '', campaignId: '', payout: null }
    return { ...values, ...none, terms: toTermsBody(terms, timeZone) }
  }
  const target = kind === 'url' ? { campaignId: '' } : { url: '', affiliateNetworkId: '' }
  const payout = values.payout.trim() === '' ? null : values.payout
  return { ...values, ...target, payout, advertiserId: '', terms: null }
}
