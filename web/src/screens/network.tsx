import { NumberInput, Select, Stack, TextInput } from '@mantine/core'
import { networkCatalogue } from '../catalogue.ts'
import { ChangeHistory } from '../parts/change-history.tsx'
import { EditScreen } from '../parts/edit-screen.tsx'
import { Fold } from '../parts/fold.tsx'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout, Pair } from '../parts/form-layout.tsx'
import { NetworkRules } from '../parts/network-rules.tsx'
import { NetworkSnippets } from '../parts/network-snippets.tsx'
import { CurrencySelect } from '../parts/pickers.tsx'
import { SenderGuard } from '../parts/sender-guard.tsx'
import { AboutNetwork } from '../parts/template-about.tsx'
import { TemplateStart, useStartsEmpty } from '../parts/template-start.tsx'
import { useSave } from '../resource.ts'
import { type AffiliateNetwork, type AffiliateNetworkBody, networks } from '../resources.ts'
import type { PathParams } from '../router.tsx'
import { useMe } from '../session.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { networkTexts } from '../texts-catalogue.ts'
import { type Form, useForm } from '../use-form.ts'

const SECOND_MS = 1_000
const DAY_MS = 86_400_000
const STATUSES = ['pending', 'approved', 'rejected', 'trash', 'ignore'] as const
type MappedStatus = (typeof STATUSES)[number]
export type Policy = keyof typeof texts.networks.duplicatePolicies

export function NetworkScreen({ params }: { readonly params: PathParams }) {
  return (
    <EditScreen
      resource={networks}
      id={params.id ?? 'new'}
      listTitle={texts.networks.title}
      createTitle={texts.networks.create}
      form={NetworkStart}
    />
  )
}

function NetworkStart({ item }: { readonly item: AffiliateNetwork | undefined }) {
  const isEmpty = useStartsEmpty()
  if (item !== undefined || isEmpty) return <NetworkForm item={item} />
  return (
    <TemplateStart
      catalogue={networkCatalogue}
      what={texts.offers.network.toLowerCase()}
      about={(template) => <AboutNetwork template={template} />}
    />
  )
}

export type NetworkForm = Form<ReturnType<typeof toValues>>

function NetworkForm({ item }: { readonly item: AffiliateNetwork | undefined }) {
  const { currency } = useMe().workspace
  const { save } = useSave(networks)
  const form = useForm(toValues(item, currency), (values) => save(item?.id, toBody(values)))
  return (
    <>
      <FormLayout onSubmit={form.submit} aside={item && <NetworkSnippets network={item} />}>
        <Stack gap="md">
          <TextInput {...form.text('name')} label={texts.form.name} required autoFocus={item === undefined} />
          <Pair>
            <TextInput
              {...form.text('clickIdParam')}
              label={texts.networks.clickIdParam}
              description={texts.networks.clickIdParamHint}
            />
            <CurrencySelect
              description={texts.networks.currencyHint}
              value={form.values.currency}
              error={form.errorOf('currency')}
              onChange={(chosen) => form.set({ currency: chosen })}
            />
          </Pair>
          <Pair>
            <Select
              label={texts.networks.duplicatePolicy}
              data={toOptions(texts.networks.duplicatePolicies)}
              value={form.values.duplicatePolicy}
              error={form.errorOf('duplicatePolicy')}
              onChange={(policy) =>
                isKey(texts.networks.duplicatePolicies, policy) && form.set({ duplicatePolicy: policy })
              }
              allowDeselect={false}
            />
            <TextInput
              {...form.text('token')}
              label={texts.networks.token}
              description={texts.networks.tokenHint}
              autoComplete="off"
            />
          </Pair>
        </Stack>
        <Fold title={networkTexts.more} aside={networkTexts.moreAside} isUsed={hasRules(form)}>
          <NetworkRules form={form} />
        </Fold>
        <Guard form={form} />
        <FormFooter form={form} isNew={item === undefined} cancelHref="/affiliate-networks" />
      </FormLayout>
      {item !== undefined && <ChangeHistory subjectType="affiliate network" subjectId={item.id} />}
    </>
  )
}

function hasRules({ values, hasErrorAt }: NetworkForm): boolean {
  const isSet = values.statusMap.length > 0 || values.eventPolicies.length > 0
  return isSet || hasErrorAt('statusMap') || hasErrorAt('eventPolicies')
}

function hasGuard({ values, hasErrorAt }: NetworkForm): boolean {
  const { signingSecret, ipAllowlist, referrerAllowlist } = values
  const isListed = ipAllowlist.length > 0 || referrerAllowlist.length > 0
  const isTimed = values.clickToConversionMinMs > 0 || values.clickToConversionMaxMs > 0
  return signingSecret !== '' || isListed || isTimed || GUARD_FIELDS.some(hasErrorAt)
}

const GUARD_FIELDS = ['signingSecret', 'ipAllowlist', 'referrerAllowlist', 'clickToConversionMaxMs'] as const

/** Who may send hits of the network, and when. */
function Guard({ form }: { readonly form: NetworkForm }) {
  return (
    <Fold title={networkTexts.guard} aside={networkTexts.guardAside} isUsed={hasGuard(form)}>
      <SenderGuard form={form} />
      <Pair>
        <NumberInput
          label={networkTexts.minSeconds}
          description={networkTexts.minSecondsHint}
          value={form.values.clickToConversionMinMs / SECOND_MS}
          error={form.errorOf('clickToConversionMinMs')}
          onChange={(seconds) =>
            form.set({ clickToConversionMinMs: Math.round(Number(seconds) * SECOND_MS) })
          }
          min={0}
        />
        <NumberInput
          label={networkTexts.maxDays}
          description={networkTexts.maxDaysHint}
          value={form.values.clickToConversionMaxMs / DAY_MS}
          error={form.errorOf('clickToConversionMaxMs')}
          onChange={(days) => form.set({ clickToConversionMaxMs: Math.round(Number(days) * DAY_MS) })}
          min={0}
        />
      </Pair>
    </Fold>
  )
}

function toValues(item: AffiliateNetwork | undefined, currency: string) {
  const duplicatePolicy: Policy = item?.duplicatePolicy ?? 'update'
  return {
    name: item?.name ?? '',
    clickIdParam: item?.clickIdParam ?? '',
    token: item?.token ?? '',
    signingSecret: item?.signingSecret ?? '',
    duplicatePolicy,
    currency: item?.currency ?? currency,
    ipAllowlist: item?.ipAllowlist ?? [],
    referrerAllowlist: item?.referrerAllowlist ?? [],
    clickToConversionMinMs: item?.clickToConversionMinMs ?? 0,
    clickToConversionMaxMs: item?.clickToConversionMaxMs ?? 0,
    statusMap: Object.entries(item?.statusMap ?? {}).map(([word, status]) => ({
      word,
      status: toMappedStatus(status),
    })),
    eventPolicies: Object.entries(item?.eventPolicies ?? {}).map(([event, policy]) => ({ event, policy })),
  }
}

/** The API writes these words alone, but says that it is any text. */
function toMappedStatus(text: string): MappedStatus {
  return STATUSES.find((status) => status === text) ?? 'ignore'
}

function toBody({ statusMap, eventPolicies, ...values }: ReturnType<typeof toValues>): AffiliateNetworkBody {
  const words = statusMap.filter(({ word }) => word.trim() !== '')
  const events = eventPolicies.filter(({ event }) => event.trim() !== '')
  return {
    ...values,
    statusMap: Object.fromEntries(words.map((row) => [row.word.trim(), row.status])),
    eventPolicies: Object.fromEntries(events.map((row) => [row.event.trim(), row.policy])),
  }
}
