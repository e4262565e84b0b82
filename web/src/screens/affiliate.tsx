import { NumberInput, Select, Stack, Tabs, TagsInput, Text, Textarea, TextInput } from '@mantine/core'
import { AffiliateOffers } from '../parts/affiliate-offers.tsx'
import { AffiliateOverview } from '../parts/affiliate-overview.tsx'
import { AffiliateTracking } from '../parts/affiliate-tracking.tsx'
import { BillingAddress } from '../parts/billing-address.tsx'
import { Coupons } from '../parts/coupon-list.tsx'
import { EditScreen } from '../parts/edit-screen.tsx'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout, Pair } from '../parts/form-layout.tsx'
import { LegacyIds } from '../parts/legacy-ids.tsx'
import { Section } from '../parts/page.tsx'
import { ItemSelect } from '../parts/pickers.tsx'
import { SeePortal } from '../parts/see-portal.tsx'
import { useSave } from '../resource.ts'
import { type Affiliate, type AffiliateBody, affiliates, members } from '../resources-network.ts'
import { type PathParams, setQuery, usePlace } from '../router.tsx'
import { useMe } from '../session.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { affiliatePageTexts } from '../texts-coupons.ts'
import { advertiserTexts, affiliateTexts as words } from '../texts-network.ts'
import { type Form, useForm } from '../use-form.ts'
import classes from './affiliate.module.css'

export function AffiliateScreen({ params }: { readonly params: PathParams }) {
  return (
    <EditScreen
      resource={affiliates}
      id={params.id ?? 'new'}
      listTitle={words.title}
      createTitle={words.create}
      form={AffiliateTabs}
      deeds={SeePortal}
    />
  )
}

/** What is looked at often comes first; the address keeps which part is open. */
function AffiliateTabs({ item }: { readonly item: Affiliate | undefined }) {
  const given = usePlace().query.get('tab')
  const { role } = useMe().workspace
  if (item === undefined) return <AffiliateForm item={undefined} />
  const { tabs } = affiliatePageTexts
  return (
    <Tabs
      value={isKey(tabs, given) ? given : 'overview'}
      onChange={(tab) => setQuery({ tab: tab === null || tab === 'overview' ? undefined : tab })}
      keepMounted={false}
    >
      <Tabs.List mb="lg" className={classes.tabs}>
        {toOptions(tabs).map(({ value, label }) => (
          <Tabs.Tab key={value} value={value}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="overview">
        <AffiliateOverview affiliate={item} />
      </Tabs.Panel>
      <Tabs.Panel value="offers">
        <Stack gap={32} maw={760}>
          <AffiliateOffers affiliateId={item.id} />
          {role !== 'affiliate_manager' && <Coupons of={{ affiliateId: item.id }} />}
        </Stack>
      </Tabs.Panel>
      <Tabs.Panel value="tracking">
        <AffiliateTracking affiliateId={item.id} />
      </Tabs.Panel>
      <Tabs.Panel value="details">
        <AffiliateForm item={item} />
      </Tabs.Panel>
    </Tabs>
  )
}

type AffiliateValues = ReturnType<typeof toValues>
type FormProps = { readonly form: Form<AffiliateValues> }

function AffiliateForm({ item }: { readonly item: Affiliate | undefined }) {
  const { role } = useMe().workspace
  const { save } = useSave(affiliates)
  const isScoped = role === 'affiliate_manager'
  const form = useForm(toValues(item), (values) =>
    save(item?.id, isScoped ? toManagersBody(values) : toBody(values)),
  )
  return (
    <FormLayout onSubmit={form.submit}>
      <Stack gap="md">
        <TextInput {...form.text('name')} label={texts.form.name} required autoFocus={item === undefined} />
        <Pair>
          <TextInput {...form.text('email')} label={words.email} type="email" />
          {(role === 'owner' || role === 'manager') && (
            <ItemSelect
              resource={members}
              label={words.manager}
              placeholder={words.nobody}
              value={form.values.managerId}
              error={form.errorOf('managerId')}
              onChange={(managerId) => form.set({ managerId })}
            />
          )}
        </Pair>
        <TagsInput
          label={words.tags}
          description={words.tagsHint}
          value={form.values.tags}
          error={form.errorOf('tags')}
          onChange={(tags) => form.set({ tags })}
        />
        <Textarea
          {...form.text('note')}
          label={words.note}
          description={words.noteHint}
          autosize
          minRows={2}
        />
      </Stack>
      {!isScoped && <Payment form={form} />}
      <Section title={advertiserTexts.billing}>
        <BillingAddress
          value={form.values.billing}
          errorOf={(path) => form.errorOf(`billing.${path}`)}
          onChange={(billing) => form.set({ billing })}
        />
      </Section>
      <Section title={words.more}>
        {isScoped ? <NotYours /> : <Referral form={form} />}
        <Sources form={form} />
      </Section>
      <FormFooter form={form} isNew={item === undefined} cancelHref="/affiliates" />
    </FormLayout>
  )
}

function NotYours() {
  return (
    <Text size="sm" c="dimmed">
      {words.notYours}
    </Text>
  )
}

function Payment({ form }: FormProps) {
  const { payment } = form.values
  const change = (changes: Partial<typeof payment>) => form.set({ payment: { ...payment, ...changes } })
  return (
    <Section title={words.payment} aside={words.paymentAside}>
      <Pair>
        <TextInput
          label={words.method}
          description={words.methodHint}
          value={payment.method}
          error={form.errorOf('payment.method')}
          onChange={(event) => change({ method: event.currentTarget.value })}
        />
        <Select
          label={words.period}
          placeholder={words.asWorkspace}
          data={toOptions(words.periods)}
          value={payment.period}
          onChange={(period) => change({ period: isKey(words.periods, period) ? period : null })}
          clearable
        />
      </Pair>
      <Textarea
        label={words.details}
        description={words.detailsHint}
        value={payment.details}
        error={form.errorOf('payment.details')}
        onChange={(event) => change({ details: event.currentTarget.value })}
        autosize
        minRows={2}
      />
      <TextInput
        label={words.minimum}
        placeholder={words.asWorkspace}
        value={payment.minimum}
        error={form.errorOf('payment.minimum')}
        onChange={(event) => change({ minimum: event.currentTarget.value })}
        inputMode="decimal"
      />
    </Section>
  )
}

/** What decides about money is a manager's of the workspace. */
function Referral({ form }: FormProps) {
  return (
    <>
      <TextInput {...form.text('tier')} label={words.tier} description={words.tierHint} />
      <Pair>
        <ItemSelect
          resource={affiliates}
          label={words.referrer}
          placeholder={words.nobody}
          value={form.values.referrerId}
          error={form.errorOf('referrerId')}
          onChange={(referrerId) => form.set({ referrerId })}
        />
        <NumberInput
          label={words.referralPercent}
          description={words.referralHint}
          value={form.values.referralPercent}
          error={form.errorOf('referralPercent')}
          onChange={(percent) => form.set({ referralPercent: Number(percent) })}
          min={0}
          max={100}
        />
      </Pair>
    </>
  )
}

function Sources({ form }: FormProps) {
  return (
    <>
      <TagsInput
        label={words.blocked}
        description={words.blockedHint}
        value={form.values.blockedSources}
        error={form.errorOf('blockedSources')}
        onChange={(blockedSources) => form.set({ blockedSources })}
      />
      <LegacyIds
        of="affiliate"
        value={form.values.legacyIds}
        errorOf={form.errorOf}
        onChange={(legacyIds) => form.set({ legacyIds })}
      />
    </>
  )
}

function toValues(item: Affiliate | undefined) {
  const { company = '', address = '', taxId = '' } = item?.billing ?? {}
  const { method = '', details = '', minimum = null, period = null } = item?.payment ?? {}
  return {
    name: item?.name ?? '',
    email: item?.email ?? '',
    managerId: item?.managerId ?? '',
    referrerId: item?.referrerId ?? '',
    referralPercent: item?.referralPercent ?? 0,
    tier: item?.tier ?? '',
    tags: item?.tags ?? [],
    blockedSources: item?.blockedSources ?? [],
    payment: { method, details, minimum: minimum ?? '', period },
    billing: { company, address, taxId },
    note: item?.note ?? '',
    legacyIds: item?.legacyIds ?? [],
  }
}

function toBody({ payment, ...values }: AffiliateValues): AffiliateBody {
  return { ...values, payment: { ...payment, minimum: payment.minimum.trim() || null } }
}

/** An affiliate manager names nothing that is not its to change. */
function toManagersBody(values: AffiliateValues): AffiliateBody {
  const { name, email, tags, blockedSources, billing, note, legacyIds } = values
  return { name, email, tags, blockedSources, billing, note, legacyIds }
}
