import { Select, Stack, Text, TextInput } from '@mantine/core'
import { CopyField } from '../parts/copy-field.tsx'
import { EditScreen } from '../parts/edit-screen.tsx'
import { EMPTY_PATH, FlowPaths, type Path } from '../parts/flow-paths.tsx'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout, Pair } from '../parts/form-layout.tsx'
import { Section } from '../parts/page.tsx'
import { CurrencySelect, ItemSelect } from '../parts/pickers.tsx'
import { useSave } from '../resource.ts'
import { type Campaign, type CampaignBody, campaigns, sources } from '../resources.ts'
import type { PathParams } from '../router.tsx'
import { useMe } from '../session.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { type Form, useForm } from '../use-form.ts'

export function CampaignScreen({ params }: { readonly params: PathParams }) {
  return (
    <EditScreen
      resource={campaigns}
      id={params.id ?? 'new'}
      listTitle={texts.campaigns.title}
      createTitle={texts.campaigns.create}
      form={CampaignForm}
    />
  )
}

function CampaignForm({ item }: { readonly item: Campaign | undefined }) {
  const { currency } = useMe().workspace
  const { save } = useSave(campaigns)
  const form = useForm(toValues(item, currency), (values) => save(item?.id, toBody(values)))
  return (
    <FormLayout onSubmit={form.submit} aside={<Link item={item} />}>
      <Basics form={form} isNew={item === undefined} />
      <Section title={texts.campaigns.flow} aside={texts.campaigns.flowAside}>
        <FlowPaths
          paths={form.values.paths}
          errorOf={form.errorOf}
          onChange={(paths) => form.set({ paths })}
        />
      </Section>
      <Cost form={form} />
      <Section title={texts.form.more}>
        <Pair>
          <TextInput
            {...form.text('slug')}
            label={texts.campaigns.slug}
            description={texts.campaigns.slugHint}
          />
          <Select
            label={texts.campaigns.redirectMode}
            data={toOptions(texts.campaigns.redirectModes)}
            value={form.values.redirectMode}
            error={form.errorOf('redirectMode')}
            onChange={(mode) =>
              isKey(texts.campaigns.redirectModes, mode) && form.set({ redirectMode: mode })
            }
            allowDeselect={false}
          />
        </Pair>
        <TextInput
          {...form.text('fallbackUrl')}
          label={texts.campaigns.fallback}
          description={texts.campaigns.fallbackHint}
          placeholder="https://"
        />
      </Section>
      <FormFooter form={form} isNew={item === undefined} cancelHref="/campaigns" />
    </FormLayout>
  )
}

function Basics({ form, isNew }: { readonly form: Form<CampaignValues>; readonly isNew: boolean }) {
  return (
    <Stack gap="md" mb="xl">
      <TextInput {...form.text('name')} label={texts.form.name} required autoFocus={isNew} />
      <Pair>
        <ItemSelect
          resource={sources}
          label={texts.campaigns.source}
          value={form.values.trafficSourceId}
          error={form.errorOf('trafficSourceId')}
          onChange={(trafficSourceId) => form.set({ trafficSourceId })}
          required
        />
        <Select
          label={texts.campaigns.status}
          data={toOptions(texts.campaigns.statuses)}
          value={form.values.status}
          error={form.errorOf('status')}
          onChange={(status) => isKey(texts.campaigns.statuses, status) && form.set({ status })}
          allowDeselect={false}
        />
      </Pair>
    </Stack>
  )
}

function Cost({ form }: { readonly form: Form<CampaignValues> }) {
  const { costModel } = form.values
  const change = (changes: Partial<CostValues>) => form.set({ costModel: { ...costModel, ...changes } })
  return (
    <Section title={texts.campaigns.cost} aside={texts.campaigns.costAside}>
      <Select
        label={texts.campaigns.costType}
        data={toOptions(texts.campaigns.costTypes)}
        value={costModel.type}
        error={form.errorOf('costModel')}
        onChange={(type) => isKey(texts.campaigns.costTypes, type) && change({ type })}
        {...(costModel.type === 'token' ? { description: texts.campaigns.costToken } : {})}
        allowDeselect={false}
      />
      {costModel.type === 'cpc' && (
        <Pair>
          <TextInput
            label={texts.campaigns.costAmount}
            value={costModel.amount}
            error={form.errorOf('costModel.amount')}
            onChange={(event) => change({ amount: event.currentTarget.value })}
            inputMode="decimal"
            required
          />
          <CurrencySelect
            value={costModel.currency}
            error={form.errorOf('costModel.currency')}
            onChange={(currency) => change({ currency })}
          />
        </Pair>
      )}
    </Section>
  )
}

function Link({ item }: { readonly item: Campaign | undefined }) {
  return (
    <Section title={texts.campaigns.linkTitle}>
      {item === undefined ? (
        <Text c="dimmed">{texts.campaigns.linkAfterSave}</Text>
      ) : (
        <CopyField label={texts.campaigns.link} value={item.link} description={texts.campaigns.linkHint} />
      )}
    </Section>
  )
}

type CampaignValues = ReturnType<typeof toValues>
/** The amount and currency stay while another type is tried. */
type CostValues = {
  readonly type: Campaign['costModel']['type']
  readonly amount: string
  readonly currency: string
}

function toValues(item: Campaign | undefined, currency: string) {
  const paths: readonly Path[] = item?.paths ?? [EMPTY_PATH]
  const costModel: CostValues = { amount: '', currency, ...(item?.costModel ?? { type: 'none' }) }
  return {
    name: item?.name ?? '',
    trafficSourceId: item?.trafficSourceId ?? '',
    status: item?.status ?? ('active' as const),
    slug: item?.slug ?? '',
    redirectMode: item?.redirectMode ?? ('302' as const),
    fallbackUrl: item?.fallbackUrl ?? '',
    paths,
    costModel,
  }
}

function toBody({ costModel, slug, paths, ...rest }: CampaignValues): CampaignBody {
  const { type } = costModel
  return {
    ...rest,
    ...(slug.trim() === '' ? {} : { slug: slug.trim() }),
    costModel: type === 'cpc' ? { ...costModel, type } : { type },
    paths: paths.map((path) => ({ ...path, landers: [...path.landers], offers: [...path.offers] })),
  }
}
