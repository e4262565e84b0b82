import { Button, Select, Stack, TagsInput, Textarea, TextInput } from '@mantine/core'
import { AdvertiserToken } from '../parts/advertiser-token.tsx'
import { BillingAddress } from '../parts/billing-address.tsx'
import { CopyField } from '../parts/copy-field.tsx'
import { EditScreen } from '../parts/edit-screen.tsx'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout, Pair } from '../parts/form-layout.tsx'
import { MEANINGS, NetworkRules } from '../parts/network-rules.tsx'
import { Section } from '../parts/page.tsx'
import { CurrencySelect } from '../parts/pickers.tsx'
import { PostbackGuide } from '../parts/postback-guide.tsx'
import { SenderGuard } from '../parts/sender-guard.tsx'
import { useSave } from '../resource.ts'
import { type Advertiser, type AdvertiserBody, advertisers } from '../resources-network.ts'
import type { PathParams } from '../router.tsx'
import { useMe } from '../session.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { networkTexts } from '../texts-catalogue.ts'
import { advertiserTexts as words } from '../texts-network.ts'
import { type Form, useForm } from '../use-form.ts'

export function AdvertiserScreen({ params }: { readonly params: PathParams }) {
  return (
    <EditScreen
      resource={advertisers}
      id={params.id ?? 'new'}
      listTitle={words.title}
      createTitle={words.create}
      form={AdvertiserForm}
    />
  )
}

type AdvertiserValues = ReturnType<typeof toValues>
type FormProps = { readonly form: Form<AdvertiserValues> }

function AdvertiserForm({ item }: { readonly item: Advertiser | undefined }) {
  const { currency } = useMe().workspace
  const { save } = useSave(advertisers)
  const form = useForm(toValues(item, currency), (values) => save(item?.id, toBody(values)))
  return (
    <FormLayout onSubmit={form.submit} aside={item && <Integration advertiser={item} />}>
      <Stack gap="md">
        <TextInput {...form.text('name')} label={texts.form.name} required autoFocus={item === undefined} />
        <Pair>
          <TextInput {...form.text('email')} label={words.email} type="email" />
          <Select
            label={words.status}
            description={words.statusHint}
            data={toOptions(words.statuses)}
            value={form.values.status}
            onChange={(status) => isKey(words.statuses, status) && form.set({ status })}
            allowDeselect={false}
          />
        </Pair>
        <Pair>
          <TextInput
            {...form.text('clickIdParam')}
            label={words.clickIdParam}
            description={words.clickIdParamHint}
          />
          <CurrencySelect
            description={words.currencyHint}
            value={form.values.currency}
            error={form.errorOf('currency')}
            onChange={(chosen) => form.set({ currency: chosen })}
          />
        </Pair>
        <Select
          label={words.duplicate}
          data={toOptions(texts.networks.duplicatePolicies)}
          value={form.values.duplicatePolicy}
          error={form.errorOf('duplicatePolicy')}
          onChange={(duplicatePolicy) =>
            isKey(texts.networks.duplicatePolicies, duplicatePolicy) && form.set({ duplicatePolicy })
          }
          allowDeselect={false}
        />
      </Stack>
      <Section title={words.billing}>
        <BillingAddress
          value={form.values.billing}
          errorOf={(path) => form.errorOf(`billing.${path}`)}
          onChange={(billing) => form.set({ billing })}
        />
      </Section>
      <Section title={networkTexts.guard}>
        <SenderGuard form={form} />
      </Section>
      <NetworkRules form={form} />
      <Own form={form} />
      <FormFooter form={form} isNew={item === undefined} cancelHref="/advertisers" />
    </FormLayout>
  )
}

/** For the network's own people. */
function Own({ form }: FormProps) {
  return (
    <Section title={texts.form.more}>
      <TagsInput
        label={words.tags}
        value={form.values.tags}
        error={form.errorOf('tags')}
        onChange={(tags) => form.set({ tags })}
      />
      <Textarea {...form.text('note')} label={words.note} description={words.noteHint} autosize minRows={2} />
    </Section>
  )
}

/** What the advertiser gets, and how it proves who it is. */
function Integration({ advertiser }: { readonly advertiser: Advertiser }) {
  return (
    <>
      <Section title={words.integration} aside={words.integrationAside}>
        <CopyField label={words.postback} value={advertiser.postbackUrl} description={words.postbackHint} />
        <PostbackGuide postbackUrl={advertiser.postbackUrl} />
        <Button
          component="a"
          href={`/offers/new?advertiser=${encodeURIComponent(advertiser.id)}`}
          variant="default"
          w="fit-content"
        >
          {words.toOffers}
        </Button>
      </Section>
      <AdvertiserToken advertiser={advertiser} />
    </>
  )
}

function toValues(item: Advertiser | undefined, currency: string) {
  const { company = '', address = '', taxId = '' } = item?.billing ?? {}
  return {
    name: item?.name ?? '',
    status: item?.status ?? ('active' as const),
    email: item?.email ?? '',
    billing: { company, address, taxId },
    clickIdParam: item?.clickIdParam ?? '',
    currency: item?.currency ?? currency,
    duplicatePolicy: item?.duplicatePolicy ?? ('update' as const),
    signingSecret: item?.signingSecret ?? '',
    ipAllowlist: item?.ipAllowlist ?? [],
    referrerAllowlist: item?.referrerAllowlist ?? [],
    statusMap: Object.entries(item?.statusMap ?? {}).map(([word, status]) => ({
      word,
      status: isKey(MEANINGS, status) ? status : ('ignore' as const),
    })),
    eventPolicies: Object.entries(item?.eventPolicies ?? {}).map(([event, policy]) => ({ event, policy })),
    tags: item?.tags ?? [],
    note: item?.note ?? '',
  }
}

function toBody({ statusMap, eventPolicies, ...values }: AdvertiserValues): AdvertiserBody {
  const words = statusMap.filter(({ word }) => word.trim() !== '')
  const events = eventPolicies.filter(({ event }) => event.trim() !== '')
  return {
    ...values,
    statusMap: Object.fromEntries(words.map((row) => [row.word.trim(), row.status])),
    eventPolicies: Object.fromEntries(events.map((row) => [row.event.trim(), row.policy])),
  }
}
